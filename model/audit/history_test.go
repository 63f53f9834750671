package audit

import "testing"

func TestWithoutField(t *testing.T) {
	for data, want := range map[string]string{
		`{"a":1,"weights":{"key":"k","size":2},"b":[{"weights":3}]}`: `{"a":1,"b":[{"weights":3}]}`,
		`{"a":{"weights":1},"weights":{"key":"k"}}`:                  `{"a":{"weights":1}}`,
		`{"weights":{"key":"k"},"b":2}`:                              `{"b":2}`,
		`{"weights":1}`:                                              `{}`,
		`{"a":"weights"}`:                                            `{"a":"weights"}`,
		`[{"weights":1}]`:                                            `[{"weights":1}]`,
		`{"a":1,"weights":`:                                          `{"a":1,"weights":`,
		``:                                                           ``,
	} {
		if got := string(withoutField([]byte(data), "weights")); got != want {
			t.Errorf("%s becomes %s, want %s", data, got, want)
		}
	}
}
