package recipe

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// The comments of values that no named recipe explains.
const (
	changedSource = "changed from the named recipe"
	ownSource     = "this recipe's own choice"
)

// ShowYAML writes the whole recipe as YAML, in the order of the struct, with a
// comment behind each number and choice that names its source: the paper, a
// measurement, or that the paper does not print it. A value that differs from
// the named recipe's says so. What it writes decodes to the same recipe.
func ShowYAML(r Recipe) []byte {
	s := shower{sources: sourcesOf(r.Name), base: map[string]string{}}
	if base, err := Named(r.Name); err == nil {
		collector := shower{}
		collector.structure(reflect.ValueOf(base), "", "", "")
		for _, line := range collector.lines {
			s.base[line.path] = line.text
		}
	}
	s.structure(reflect.ValueOf(r), "", "", "")
	return s.render()
}

// shower flattens a recipe into lines.
type shower struct {
	sources []source
	base    map[string]string // the named recipe's lines by path
	lines   []shownLine
}

type shownLine struct {
	text, path string
	cited      bool // a number or a choice, which wants a source
}

// structure writes a struct's fields; first goes before the first line, instead of indent.
func (s *shower) structure(v reflect.Value, path, indent, first string) {
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		key := keyOf(field)
		if stage, ok := v.Interface().(Stage); ok && value.Kind() == reflect.Pointer {
			if !value.IsNil() {
				s.structure(value.Elem(), string(stage.Kind)+"."+stage.Name, indent, "")
			}
			continue
		}
		if strings.Contains(field.Tag.Get("json"), ",omit") && value.IsZero() {
			continue
		}
		lead := indent
		if first != "" {
			lead, first = first, ""
		}
		s.value(value, join(path, key), indent, lead+key+":")
	}
}

// value writes one value behind its key.
func (s *shower) value(v reflect.Value, path, indent, lead string) {
	if t, ok := v.Interface().(Temperature); ok {
		s.line(lead+" "+t.String(), path, true)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		s.value(v.Elem(), path, indent, lead)
	case reflect.Struct:
		s.line(lead, path, false)
		s.structure(v, path, indent+"  ", "")
	case reflect.Map:
		s.mapping(v, path, indent, lead)
	case reflect.Slice:
		s.list(v, path, indent, lead)
	case reflect.String:
		s.line(lead+" "+quote(v.String()), path, isChoice(path))
	default:
		s.line(lead+" "+scalar(v), path, true)
	}
}

func (s *shower) mapping(v reflect.Value, path, indent, lead string) {
	if v.Len() == 0 {
		s.line(lead+" {}", path, false)
		return
	}
	s.line(lead, path, false)
	keys := map[string]reflect.Value{}
	for _, key := range v.MapKeys() {
		keys[key.String()] = key
	}
	for _, key := range sortedKeys(keys) {
		s.value(v.MapIndex(keys[key]), join(path, key), indent+"  ", indent+"  "+quote(key)+":")
	}
}

func (s *shower) list(v reflect.Value, path, indent, lead string) {
	if v.Len() == 0 {
		s.line(lead+" []", path, false)
		return
	}
	if v.Type().Elem().Kind() != reflect.Struct {
		items := make([]string, v.Len())
		for i := range items {
			items[i] = scalar(v.Index(i))
		}
		s.line(lead+" ["+strings.Join(items, ", ")+"]", path, true)
		return
	}
	s.line(lead, path, false)
	for i := range v.Len() {
		s.structure(v.Index(i), join(path, v.Index(i).FieldByName("Name").String()), indent+"    ", indent+"  - ")
	}
}

func (s *shower) line(text, path string, cited bool) {
	s.lines = append(s.lines, shownLine{text, path, cited})
}

// render puts the comments in one column.
func (s *shower) render() []byte {
	width := 0
	for _, line := range s.lines {
		if line.cited && len(line.text) <= 48 {
			width = max(width, len(line.text))
		}
	}
	var b strings.Builder
	for _, line := range s.lines {
		if !line.cited {
			b.WriteString(line.text + "\n")
			continue
		}
		fmt.Fprintf(&b, "%-*s  # %s\n", width, line.text, s.citation(line))
	}
	return []byte(b.String())
}

func (s *shower) citation(line shownLine) string {
	text := sourceOf(s.sources, line.path)
	switch {
	case text == "":
		return ownSource
	case s.base[line.path] != line.text:
		return changedSource
	}
	return text
}

// isChoice says of a text whether it is a setting that wants a source, rather
// than a name, a place or a kind of data.
func isChoice(path string) bool {
	key := path[strings.LastIndex(path, ".")+1:]
	return key == "schedule" || key == "state" || strings.Contains(path, ".objective.") || path == "prompt.format" || path == "guard.action"
}

func scalar(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Float64:
		// Not %g: YAML reads 1e-06 as text.
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.String:
		return quote(v.String())
	}
	return fmt.Sprint(v.Interface())
}

// plainText needs no quotes in YAML: it begins with a letter or slash and is none of the words that YAML reads as something else.
var (
	plainText = regexp.MustCompile(`^[a-zA-Z/][a-zA-Z0-9_./-]*$`)
	yamlWord  = regexp.MustCompile(`(?i)^(y|n|yes|no|on|off|true|false|null|nan|inf)$`)
)

func quote(text string) string {
	if plainText.MatchString(text) && !yamlWord.MatchString(text) {
		return text
	}
	return strconv.Quote(text)
}
