package jsonkind

import "testing"

func TestOf(t *testing.T) {
	for value, want := range map[string]string{
		"{}": "an object", " [1]": "an array", `"1"`: "a string", "true": "a boolean", "false": "a boolean",
		"\n\tnull ": "null", "1": "a number", "-1.5e3": "a number",
	} {
		if got := Of([]byte(value)); got != want {
			t.Errorf("%s is %s, want %s", value, got, want)
		}
	}
}
