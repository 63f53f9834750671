package jinja

import (
	"strings"
	"testing"
	"time"
)

// Templates that would never end, or fill the memory, end with an error.
func TestBombs(t *testing.T) {
	for _, source := range []string{
		`{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}`,
		`{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}`,
		`{{ 'a' * 10000000000 }}`,
		`{{ [1] * 10000000000 }}`,
		`{{ 'ab' * 9223372036854775807 }}`,
		`{{ [] * 9223372036854775807 ~ ''.ljust(2147483647) }}`,
		`{{ 10 ** (10 ** 10) }}`,
		`{{ '%9999999999d' % 1 }}`,
		`{{ ''.center(2147483647)|length }}`,
		`{% set ns = namespace(x='aa') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}`,
		`{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}`,
		`{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}`,
		`{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x|tojson }}`,
		`{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(100) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}`,
		`{% set ns = namespace(x=[]) %}{% for i in range(50000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}`,
		`{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}`,
		`{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}`,
		`{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}`,
		`{% for x in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}`,
		`{% set ns = namespace(x='a') %}{% for i in range(9999) %}{% set ns.x = ns.x.replace('a', 'aaaa') %}{% endfor %}`,
		`{% for i in range(99999) %}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'.ljust(100000) }}{% endfor %}`,
		`{{ [[[1]]]|tojson(indent=2000000000) }}`,
		strings.Repeat("(", 100000),
		strings.Repeat("{{ [", 100000),
		"{{" + strings.Repeat("(", 100000) + "1" + strings.Repeat(")", 100000) + "}}",
		"{{" + strings.Repeat("-", 100000) + "1 }}",
		"{{" + strings.Repeat("not ", 100000) + "1 }}",
		"{{ 1" + strings.Repeat("+1", 1000000) + " }}",
		"{{ x" + strings.Repeat(".x", 1000000) + " }}",
		"{{ 1" + strings.Repeat("|string", 1000000) + " }}",
		strings.Repeat("{% if 1 %}", 100000),
		"{% if 1 %}" + strings.Repeat("{% elif 1 %}", 100000) + "{% endif %}",
		"{% set " + strings.Repeat("(", 100000) + "a",
	} {
		begin := time.Now()
		template, err := Parse(source)
		if err == nil {
			_, err = template.Render(nil, nil)
		}
		if time.Since(begin) > time.Minute {
			t.Errorf("%.80s took a minute", source)
		}
		if source[0] != '(' && err == nil {
			t.Errorf("%.80s: no error", source)
		}
		if err != nil && (strings.Contains(err.Error(), "internal") || len(err.Error()) > 300) {
			t.Errorf("%.80s: %v", source, err)
		}
	}
}

func TestErrorsNameTheLine(t *testing.T) {
	for source, want := range map[string]string{
		"a\n{{ x.y }}":            "line 2: 'x' is undefined",
		"a\n\n{% if %}":           "line 3: expected an expression, got end of statement block",
		"{{ 1 +\n 'a' }}":         "line 1: unsupported operand type(s) for +: 'int' and 'str'",
		"{% for a in [1] %}\nb\n": "line 2: unexpected end of template: the tag of line 1 needs endfor or else",
		"\n{{ raise('a\\nb') }}":  `line 2: a\nb`,
		"{% macro f(x) %}\n{{ x.y.z }}{% endmacro %}\n{{ f({}) }}": "line 2: 'dict object' has no attribute 'y'",
		"{% include 'x' %}": "line 1: {% include %} has no place in a chat template",
		"{{ 'a'|nosuch }}":  "line 1: no filter named 'nosuch'",
		"{#":                "line 1: missing end of comment tag",
	} {
		template, err := Parse(source)
		if err == nil {
			_, err = template.Render(nil, map[string]func(string) (string, error){"raise": func(message string) (string, error) { return "", &Error{1, message} }})
		}
		if err == nil || strings.ReplaceAll(err.Error(), "line 1: a", "a") != want {
			t.Errorf("%q: %v, want %s", source, err, want)
		}
	}
}

// A template has whatever its author likes in it: parsing and rendering end, without a panic.
func FuzzTemplate(f *testing.F) {
	for _, row := range references(f) {
		f.Add(row.Template)
	}
	value, err := Decode([]byte(`[{"role": "user", "content": "a", "tool_calls": [{"function": {"name": "f", "arguments": {"x": [1, 2.5, null]}}}]}]`))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, source string) {
		template, err := Parse(source)
		if err == nil {
			_, err = template.Render(map[string]any{"messages": value, "tools": nil, "bos_token": "<s>"}, nil)
		}
		if err != nil && strings.Contains(err.Error(), "internal error") {
			t.Fatal(err)
		}
	})
}
