package parquetlines

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// column is a leaf or group of a schema. leaves is how many leaf columns it has: in a row
// they stand side by side.
type column struct {
	key                      string // its name as JSON, and a colon
	optional, repeated, list bool
	leaves                   int
	fields                   []*column
	value                    func([]byte, parquet.Value) []byte // of a leaf
}

func columnOf(c *parquet.Column) (*column, error) {
	n := &column{key: string(appendText(nil, c.Name())) + ":", optional: c.Optional(), repeated: c.Repeated()}
	if c.Leaf() {
		n.leaves = 1
		n.value = valueOf(c.Type())
		if n.value == nil {
			return nil, fmt.Errorf("column %s is of type %s, which is not read", strings.Join(c.Path(), "."), c.Type())
		}
		return n, nil
	}
	for _, field := range c.Columns() {
		f, err := columnOf(field)
		if err != nil {
			return nil, err
		}
		n.fields, n.leaves = append(n.fields, f), n.leaves+f.leaves
	}
	if len(n.fields) == 0 {
		return nil, fmt.Errorf("column %s has no fields", strings.Join(c.Path(), "."))
	}
	n.list = isList(c) && len(n.fields) == 1 && n.fields[0].repeated
	return n, nil
}

func isList(c *parquet.Column) bool {
	if t := c.Type().LogicalType(); t != nil {
		if _, ok := t.Value.(*format.ListType); ok {
			return true
		}
	}
	converted := c.Type().ConvertedType()
	return converted != nil && *converted == deprecated.List
}

// append adds the column's value in JSON. The values of its leaves are those of one place
// above it, which rep repetitions and def definitions lead to (the levels of Dremel).
func (n *column) append(b []byte, columns [][]parquet.Value, rep, def int) []byte {
	switch {
	case n.repeated:
		return n.appendItems(b, columns, rep, def, n.appendOne)
	case n.optional:
		def++
		if len(columns[0]) == 0 || columns[0][0].DefinitionLevel() < def {
			return append(b, "null"...)
		}
	}
	return n.appendOne(b, columns, rep, def)
}

// appendItems adds the array of a repeated column, whose items one adds.
func (n *column) appendItems(b []byte, columns [][]parquet.Value, rep, def int, one func([]byte, [][]parquet.Value, int, int) []byte) []byte {
	rep, def = rep+1, def+1
	b = append(b, '[')
	if len(columns[0]) == 0 || columns[0][0].DefinitionLevel() < def {
		return append(b, ']')
	}
	rest := append([][]parquet.Value{}, columns...)
	item := make([][]parquet.Value, len(columns))
	for first := true; len(rest[0]) > 0; first = false {
		for i, values := range rest {
			end := min(1, len(values))
			for end < len(values) && values[end].RepetitionLevel() > rep {
				end++
			}
			item[i], rest[i] = values[:end], values[end:]
		}
		if !first {
			b = append(b, ',')
		}
		b = one(b, item, rep, def)
	}
	return append(b, ']')
}

// appendOne adds one value of the column that is there.
func (n *column) appendOne(b []byte, columns [][]parquet.Value, rep, def int) []byte {
	switch {
	case n.value != nil:
		return n.value(b, columns[0][0])
	case n.list: // a group around a repeated column, which is a group around each item
		items := n.fields[0]
		if len(items.fields) == 1 {
			return items.appendItems(b, columns, rep, def, items.fields[0].append)
		}
		return items.append(b, columns, rep, def)
	}
	b = append(b, '{')
	start := len(b)
	for _, f := range n.fields {
		before := len(b)
		if before > start {
			b = append(b, ',')
		}
		b = append(b, f.key...)
		at := len(b)
		if b = f.append(b, columns[:f.leaves], rep, def); string(b[at:]) == "null" {
			b = b[:before]
		}
		columns = columns[f.leaves:]
	}
	return append(b, '}')
}

// valueOf is how values of a type are written; nil for those that are not read.
func valueOf(t parquet.Type) func([]byte, parquet.Value) []byte {
	scale, unsigned := 0, false
	if logical := t.LogicalType(); logical != nil {
		switch l := logical.Value.(type) {
		case *format.DecimalType:
			scale = int(l.Scale)
		case *format.IntType:
			unsigned = !l.IsSigned
		case *format.NullType: // a column without any value
			return func(b []byte, _ parquet.Value) []byte { return append(b, "null"...) }
		}
	}
	switch t.Kind() {
	case parquet.Boolean:
		return func(b []byte, v parquet.Value) []byte { return strconv.AppendBool(b, v.Boolean()) }
	case parquet.Int32:
		return func(b []byte, v parquet.Value) []byte {
			if unsigned {
				return strconv.AppendUint(b, uint64(v.Uint32()), 10)
			}
			return appendDecimal(b, int64(v.Int32()), scale)
		}
	case parquet.Int64:
		return func(b []byte, v parquet.Value) []byte {
			if unsigned {
				return strconv.AppendUint(b, v.Uint64(), 10)
			}
			return appendDecimal(b, v.Int64(), scale)
		}
	case parquet.Float:
		return func(b []byte, v parquet.Value) []byte { return appendFloat(b, float64(v.Float()), 32) }
	case parquet.Double:
		return func(b []byte, v parquet.Value) []byte { return appendFloat(b, v.Double(), 64) }
	case parquet.ByteArray, parquet.FixedLenByteArray:
		if scale != 0 {
			return nil
		}
		return func(b []byte, v parquet.Value) []byte {
			if raw := v.ByteArray(); !utf8.Valid(raw) {
				return appendText(b, base64.StdEncoding.EncodeToString(raw))
			}
			return appendText(b, string(v.ByteArray()))
		}
	}
	return nil
}

// appendDecimal adds a whole number of 10^-scale.
func appendDecimal(b []byte, x int64, scale int) []byte {
	digits := strconv.FormatInt(x, 10)
	if scale <= 0 {
		return append(append(b, digits...), strings.Repeat("0", -scale)...)
	}
	if x < 0 {
		b, digits = append(b, '-'), digits[1:]
	}
	digits = strings.Repeat("0", max(0, scale+1-len(digits))) + digits
	point := len(digits) - scale
	return append(append(append(b, digits[:point]...), '.'), digits[point:]...)
}

// appendFloat adds a number; what JSON has none for is null.
func appendFloat(b []byte, x float64, bits int) []byte {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, x, 'g', -1, bits)
}

func appendText(b []byte, text string) []byte {
	quoted, _ := json.Marshal(text) // a string has always a form
	return append(b, quoted...)
}
