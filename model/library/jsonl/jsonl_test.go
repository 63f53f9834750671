package jsonl

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestFields(t *testing.T) {
	o, err := Parse([]byte(`{"id": "a", "n": 1, "tests": { "b": [1,  2] }, "extra": null}`))
	if err != nil {
		t.Fatal(err)
	}
	if rest := o.Without("id", "tests"); len(rest) != 2 || string(rest["n"]) != "1" || string(rest["extra"]) != "null" || len(o) != 4 {
		t.Errorf("without two: %v of %v", rest, o)
	}
	if tests, err := o.Record("tests"); err != nil || string(tests) != `{"b":[1,2]}` {
		t.Errorf("record: %s, %v", tests, err)
	}
	if none, err := o.Record("none"); none != nil || err != nil {
		t.Errorf("a record that is not there: %s, %v", none, err)
	}
	if text, err := o.TextOr("none", "other"); text != "other" || err != nil {
		t.Errorf("a text that is not there: %q, %v", text, err)
	}
	for want, err := range map[string]error{
		`unknown field "extra", the fields are id, n, tests`: o.Only("id", "n", "tests"),
		`field "n": want an object, got a number`:            second(o.Record("n")),
		`field "n": want a string, got a number`:             second(o.TextOr("n", "other")),
		`field "none" is missing`:                            second(o.Texts("id", "none")),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestEach(t *testing.T) {
	var seen []string
	err := Each([]byte("{\"a\":1}\n{}\n{\"b\":2}\n\n"), 2, func(number int, line Object) error {
		seen = append(seen, fmt.Sprint(number, len(line)))
		return nil
	})
	if err != nil || strings.Join(seen, ",") != "1 1,2 0" {
		t.Errorf("the first two of three lines: %v, %v", seen, err)
	}
	wrong := errors.New("wrong")
	if err := Each([]byte("{}\n{}"), 0, func(number int, _ Object) error {
		if number == 2 {
			return wrong
		}
		return nil
	}); !errors.Is(err, wrong) || err.Error() != "line 2: wrong" {
		t.Errorf("got %v", err)
	}
}
