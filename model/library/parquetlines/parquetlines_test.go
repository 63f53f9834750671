package parquetlines

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

func file(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// decoded are the objects of JSON lines, with whole numbers as they are written.
func decoded(t *testing.T, text []byte) (rows []map[string]any) {
	t.Helper()
	for line := range bytes.Lines(text) {
		var row map[string]any
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		rows = append(rows, row)
	}
	return rows
}

// TestLines: rows that pyarrow wrote are those that it was given.
func TestLines(t *testing.T) {
	want := decoded(t, file(t, "rows.jsonl"))
	for name, rows := range map[string]int{"rows.parquet": 60, "snappy.parquet": 3} {
		data := file(t, name)
		if !Is(data) {
			t.Errorf("%s is not known", name)
		}
		text, more, err := Lines(bytes.NewReader(data), int64(len(data)), 1<<20)
		if err != nil || more {
			t.Fatalf("%s: %v, %v", name, more, err)
		}
		got := decoded(t, text)
		if len(got) != rows {
			t.Fatalf("%s: %d rows, want %d", name, len(got), rows)
		}
		for i := range got {
			if !reflect.DeepEqual(got[i], want[i]) {
				t.Errorf("%s row %d:\n%v, want\n%v", name, i+1, got[i], want[i])
			}
		}
		head, more, err := Lines(bytes.NewReader(data), int64(len(data)), 600)
		if err != nil || !more || len(head) == 0 || len(head) > 600 || !bytes.HasPrefix(text, head) || head[len(head)-1] != '\n' {
			t.Errorf("the head of %s: %q, %v, %v", name, head, more, err)
		}
	}
	if !strings.Contains(string(file(t, "rows.jsonl")), "9223372036854775809") {
		t.Error("no number of 64 bits without a sign")
	}
}

// TestDamaged: a file that is cut or changed is an error and no panic.
func TestDamaged(t *testing.T) {
	data := file(t, "rows.parquet")
	for cut := 0; cut < len(data); cut += 97 {
		if _, _, err := Lines(bytes.NewReader(data[:cut]), int64(cut), 1<<20); err == nil {
			t.Errorf("the first %d bytes are read", cut)
		}
	}
	for at := 4; at < len(data); at += 13 {
		changed := bytes.Clone(data)
		changed[at] ^= 0x55
		Lines(bytes.NewReader(changed), int64(len(changed)), 1<<20) // whatever it says
	}
}

// TestListForms: lists without a group around their items, and a column that only repeats.
func TestListForms(t *testing.T) {
	type row struct {
		Plain []int64  `parquet:"plain"`
		Names []string `parquet:"names,list"`
		At    *int32   `parquet:"at,optional"`
	}
	seven := int32(-7)
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b)
	if _, err := w.Write([]row{{[]int64{1, 2}, []string{"a", "\n"}, &seven}, {nil, nil, nil}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text, _, err := Lines(bytes.NewReader(b.Bytes()), int64(b.Len()), 1<<20)
	if want := `{"plain":[1,2],"names":["a","\n"],"at":-7}` + "\n" + `{"plain":[],"names":[]}` + "\n"; err != nil || string(text) != want {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestDecimals(t *testing.T) {
	for _, test := range []struct {
		x     int64
		scale int
		want  string
	}{{5, 2, "0.05"}, {-5, 2, "-0.05"}, {1234, 2, "12.34"}, {-1234, 4, "-0.1234"}, {12, 0, "12"}, {0, 1, "0.0"}} {
		if got := string(appendDecimal(nil, test.x, test.scale)); got != test.want {
			t.Errorf("%d with %d places is %s, want %s", test.x, test.scale, got, test.want)
		}
	}
}
