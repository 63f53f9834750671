package jinja

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
)

// reference is a row of testdata/reference.jsonl: a template, and the text or
// the exception that Jinja2 gave for it.
type reference struct {
	Name, Template      string
	Messages, Tools     json.RawMessage
	AddGenerationPrompt bool `json:"add_generation_prompt"`
	Specials            map[string]string
	Text                *string
	Error               string
}

func references(t testing.TB) []reference {
	t.Helper()
	file, err := os.Open("testdata/reference.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var rows []reference
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row reference
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	if lines.Err() != nil || len(rows) < 280 {
		t.Fatalf("%d rows, %v", len(rows), lines.Err())
	}
	return rows
}

func (row reference) render(t testing.TB) (string, error) {
	t.Helper()
	vars := map[string]any{"documents": nil, "add_generation_prompt": row.AddGenerationPrompt}
	for name, text := range map[string]json.RawMessage{"messages": row.Messages, "tools": row.Tools} {
		value, err := Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		vars[name] = value
	}
	for name, value := range row.Specials {
		vars[name] = value
	}
	template, err := Parse(row.Template)
	if err != nil {
		return "", err
	}
	return template.Render(vars, map[string]func(string) (string, error){"raise_exception": func(message string) (string, error) { return "", errors.New(message) }})
}

// TestReference: the same text as Jinja2, and an error where it raises an exception.
func TestReference(t *testing.T) {
	for _, row := range references(t) {
		t.Run(row.Name, func(t *testing.T) {
			got, err := row.render(t)
			switch {
			case err != nil && (strings.Contains(err.Error(), "internal error") || strings.Contains(err.Error(), "\n")):
				t.Errorf("%.200s\ngives %v", row.Template, err)
			case row.Text == nil && err == nil:
				t.Errorf("%.200s\ngives  %q\nnot the error %s", row.Template, got, row.Error)
			case row.Text != nil && err != nil:
				t.Errorf("%.200s\ngives the error %v\nnot %q", row.Template, err, *row.Text)
			case row.Text != nil && got != *row.Text:
				t.Errorf("%.200s\ngives %q\nnot   %q", row.Template, got, *row.Text)
			}
		})
	}
}
