package pickle

import (
	"strings"
	"testing"
)

// What Python 3.11 writes, pickle.dumps(TEXT, PROTOCOL).
func TestString(t *testing.T) {
	long := strings.Repeat("x", 300)
	for data, want := range map[string]string{
		"\x80\x02X\x07\x00\x00\x00[1, \xc3\xa9]q\x00.":                                                                   "[1, é]",
		"\x80\x03X\x07\x00\x00\x00[1, \xc3\xa9]q\x00.":                                                                   "[1, é]",
		"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07[1, \xc3\xa9]\x94.":                                         "[1, é]",
		"\x80\x05\x95\x36\x01\x00\x00\x00\x00\x00\x00X\x2c\x01\x00\x00" + long + "\x94.":                                 long,
		"\x80\x04\x95\x36\x01\x00\x00\x00\x00\x00\x00\x8d\x2c\x01\x00\x00\x00\x00\x00\x00" + long + "r\x00\x00\x00\x00.": long,
		"\x80\x04\x8c\x00.": "",
	} {
		if got, err := String([]byte(data)); err != nil || got != want {
			t.Errorf("%q: got %q, %v", data, got, err)
		}
	}
}

// Nothing that could run, and nothing that is cut or claims to be longer than it is.
func TestRefused(t *testing.T) {
	for data, want := range map[string]string{
		"\x80\x04cos\nsystem\n(S'true'\ntR.":                               "operation 0x63",
		"\x80\x04\x95\x08\x00\x00\x00\x00\x00\x00\x00]\x94\x8c\x01a\x94a.": "operation 0x5d",
		"\x80\x04\x8c\x01a\x8c\x01b\x93.":                                  "more than one string",
		"\x80\x04.":                                                        "holds no string",
		"\x80\x04\x8c\x05a.":                                               "ends early",
		"\x80\x04\x8c\x01a":                                                "ends early",
		"":                                                                 "ends early",
		"\x80\x04\x8c\x01\xff.":                                            "not UTF-8",
		"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xffa.": "ends early",
		"[1]": "operation 0x5b",
	} {
		if got, err := String([]byte(data)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %q, %v; want %q", data, got, err, want)
		}
	}
}

func FuzzString(f *testing.F) {
	f.Add([]byte("\x80\x04\x8c\x01a\x94."))
	f.Fuzz(func(t *testing.T, data []byte) {
		if text, err := String(data); err == nil && len(text) > len(data) {
			t.Errorf("%d bytes of %d", len(text), len(data))
		}
	})
}
