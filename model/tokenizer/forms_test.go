package tokenizer

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestNFC(t *testing.T) {
	marks := strings.Repeat("\u0301", 40)
	tests := []struct{ text, want string }{
		{"plain", "plain"},
		{"n\u0303o", "ño"},
		{"\u1112\u1161\u11ab", "한"},
		{"하\u11ab", "한"},
		{"한\u11ab", "한\u11ab"},
		{"\u212b\u2126", "ÅΩ"},
		{"q\u0307\u0323", "q\u0323\u0307"},
		{"a\u0315\u0301", "á\u0315"},
		{"\u0958", "\u0915\u093c"}, // excluded from composition
		{"e" + marks, "é" + marks[2:]},
		{"a" + marks + "\u0323", "ạ" + marks},
		{"e\u0301\xff\u0301e\u0301", "é\xff\u0301é"},
		{"\u0301e\u0301", "\u0301é"},
	}
	for _, test := range tests {
		if got := forms["NFC"].normalize(test.text); got != test.want {
			t.Errorf("%+q becomes %+q, want %+q", test.text, got, test.want)
		}
	}
}

// Every character by itself and after a letter with a mark becomes what package norm makes of it.
func TestNFCOfEveryCharacter(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if r == 0x32000 { // no character is assigned from here to U+E0000, and none after U+E0FFF
			r = 0xe0000
		}
		if r == 0xe1000 {
			break
		}
		if !utf8.ValidRune(r) {
			continue
		}
		for _, text := range []string{string(r), "o\u0323" + string(r)} {
			if got, want := forms["NFC"].normalize(text), norm.NFC.String(text); got != want {
				t.Fatalf("%+q becomes %+q, want %+q", text, got, want)
			}
		}
	}
}

// Decomposed texts with fewer than 30 marks in a row, where package norm adds nothing, agree with it.
func TestNFCAgreesWithNorm(t *testing.T) {
	alphabet := []rune("aeoqAS가각힣\u1100\u1112\u1161\u1175\u11a8\u11c2\u0301\u0300\u0323\u0307\u0327\u0345\u0338\u093c\u0915\u09c7\u09be\u0344\u1e9b\u2126\ufb1d\u3099か\U0001d15e\U000110ba\U00011099")
	rng := rand.New(rand.NewPCG(3, 4))
	for range 50000 {
		var text []rune
		for range 1 + rng.IntN(12) {
			text = append(text, alphabet[rng.IntN(len(alphabet))])
		}
		if got, want := forms["NFC"].normalize(string(text)), norm.NFC.String(string(text)); got != want {
			t.Fatalf("%+q becomes %+q, want %+q", string(text), got, want)
		}
	}
}

func FuzzNFC(f *testing.F) {
	f.Add("n\u0303\u0323\xff\u1112\u1161")
	f.Fuzz(func(t *testing.T, text string) {
		got := forms["NFC"].normalize(text)
		if again := forms["NFC"].normalize(got); again != got || !norm.NFC.IsNormalString(strings.ReplaceAll(got, "\u034f", "")) && len(text) < 60 {
			t.Fatalf("%+q becomes %+q, then %+q", text, got, again)
		}
		if len(text) < 30 && got != norm.NFC.String(text) {
			t.Fatalf("%+q becomes %+q, want %+q", text, got, norm.NFC.String(text))
		}
	})
}
