package tokenizer

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

func pieces(text string, next func(string) int) []string {
	var all []string
	for text != "" {
		n := next(text)
		all = append(all, text[:n])
		text = text[n:]
	}
	return all
}

func regexpPieces(t testing.TB, pattern *regexp2.Regexp, text string) []string {
	t.Helper()
	var all []string
	match, err := pattern.FindStringMatch(text)
	for match != nil && err == nil {
		all = append(all, match.String())
		match, err = pattern.FindNextMatch(match)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// compiled gives the patterns to the regular-expression engine. It folds no
// case beyond ASCII, so the long s is spelled out, as Oniguruma matches it.
func compiled(t testing.TB) map[string]*regexp2.Regexp {
	all := map[string]*regexp2.Regexp{}
	for pattern := range patterns {
		spelled := strings.Replace(pattern, "(?i:'s|", "(?i:'s|'ſ|", 1)
		re, err := regexp2.Compile(spelled, regexp2.None)
		if err != nil {
			t.Fatal(err)
		}
		all[pattern] = re
	}
	return all
}

func checkPieces(t testing.TB, engines map[string]*regexp2.Regexp, text string) {
	t.Helper()
	for pattern, next := range patterns {
		got, want := pieces(text, next), regexpPieces(t, engines[pattern], text)
		if !slices.Equal(got, want) {
			t.Fatalf("%q is cut into %q, the engine says %q, by %s", text, got, want, pattern)
		}
	}
}

// Texts of a few characters from each class meet every branch of the patterns.
func TestWordsAgreeWithARegexpEngine(t *testing.T) {
	engines := compiled(t)
	var spaces []string
	for r := rune(0); r < unicode.MaxRune; r++ {
		if unicode.Is(unicode.White_Space, r) {
			spaces = append(spaces, string(r))
		}
	}
	parts := slices.Concat(spaces, strings.Split("'stmdrvelSTMDRVELſK'  \r\n\r\n\taZéß日한१٣5¼Ⅷ²𝟘_.-$€\u0301\u200b\u200d\ufeff\x00\ufffd😀\U0001e900\U00020000\U0010ffff", ""))
	rng := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		var text strings.Builder
		for range rng.IntN(12) {
			text.WriteString(parts[rng.IntN(len(parts))])
		}
		checkPieces(t, engines, text.String())
	}
	for range 1500 {
		var text strings.Builder
		for range rng.IntN(8) {
			r := rune(rng.IntN(unicode.MaxRune + 1))
			if rng.IntN(2) == 0 {
				r &= 0x1ffff
			}
			if utf8.ValidRune(r) {
				text.WriteRune(r)
			}
			text.WriteString(parts[rng.IntN(len(parts))])
		}
		checkPieces(t, engines, text.String())
	}
}

// The table of classes says what package unicode says of every character.
func TestClasses(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		want := other
		switch {
		case unicode.IsLetter(r):
			want = letter
		case unicode.IsNumber(r):
			want = number
		case unicode.IsSpace(r):
			want = space
		}
		text := string(r)
		if got, size := classAt(text, 0); got != want || size != len(text) {
			t.Fatalf("%U has class %d and size %d, want %d", r, got, size, want)
		}
	}
}

func TestWordsOfKnownTexts(t *testing.T) {
	tests := []struct {
		pattern, text string
		want          []string
	}{
		{gpt2Pattern, "I'll 'LL a  b\n\n c 12x", []string{"I", "'ll", " '", "LL", " a", " ", " b", "\n\n", " c", " 12", "x"}},
		{qwenPattern, "I'll'LL a  b\n\n c 12x", []string{"I", "'ll", "'LL", " a", " ", " b", "\n\n", " c", " ", "1", "2", "x"}},
		{qwenPattern, "x  \n \n  y;\r\n", []string{"x", "  \n \n", " ", " y", ";\r\n"}},
		{qwenPattern, "it'ſ\u00a0x", []string{"it", "'ſ", "\u00a0x"}},
		{llama3, "1234567 ٣٤٥٦", []string{"123", "456", "7", " ", "٣٤٥", "٦"}},
		{gpt2Pattern, "a\xff\xfeb \x80", []string{"a", "\xff\xfe", "b", " \x80"}},
		{qwenPattern, "   ", []string{"   "}},
	}
	for _, test := range tests {
		if got := pieces(test.text, patterns[test.pattern]); !slices.Equal(got, test.want) {
			t.Errorf("%q is cut into %q, want %q", test.text, got, test.want)
		}
	}
}

func FuzzWords(f *testing.F) {
	engines := compiled(f)
	f.Add("I'll 'LL a  b\n\n c 12x ſ's'ſ")
	f.Fuzz(func(t *testing.T, text string) {
		checkPieces(t, engines, strings.ToValidUTF8(text, "\ufffd"))
	})
}
