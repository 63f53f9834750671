package tokenizer

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/dlclark/regexp2"

	"temper/model/library/pattern"
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

// patternPieces are the pieces that package pattern divides a text into.
func patternPieces(t testing.TB, compiled *pattern.Pattern, text string) []string {
	t.Helper()
	var all []string
	if err := compiled.Each(text, func(start, end int) { all = append(all, text[start:end]) }); err != nil {
		t.Fatal(err)
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

// engines are two engines for a pattern.
type engines struct {
	ours   *pattern.Pattern
	regexp *regexp2.Regexp
}

// compiled gives the patterns to both engines. regexp2 folds no case beyond ASCII,
// so the long s is spelled out, as Oniguruma matches it, and has no possessive
// quantifiers, which change nothing in cl100k.
func compiled(t testing.TB) map[string]engines {
	all := map[string]engines{}
	for source := range patterns {
		spelled := strings.NewReplacer("(?i:'s|", "(?i:'s|'ſ|", "(?i:[sdmt]", "(?i:[sdmtſ]", "?+", "?", "++", "+").Replace(source)
		re, err := regexp2.Compile(spelled, regexp2.None)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := pattern.Compile(source)
		if err != nil {
			t.Fatal(err)
		}
		all[source] = engines{ours, re}
	}
	return all
}

func checkPieces(t testing.TB, compiled map[string]engines, text string) {
	t.Helper()
	for source, next := range patterns {
		got, want := pieces(text, next), regexpPieces(t, compiled[source].regexp, text)
		if !slices.Equal(got, want) {
			t.Fatalf("%q is cut into %q, regexp2 says %q, by %s", text, got, want, source)
		}
		if ours := patternPieces(t, compiled[source].ours, text); !slices.Equal(ours, got) {
			t.Fatalf("%q is cut into %q, package pattern says %q, by %s", text, got, ours, source)
		}
	}
}

// What is written out divides real text as the pattern does.
func TestWordsOfACorpus(t *testing.T) {
	all := compiled(t)
	for _, name := range []string{"math/math500.jsonl", "code/humaneval/HumanEval.jsonl"} {
		text := string(sharedFile(t, name))
		for source, next := range patterns {
			if !slices.Equal(pieces(text, next), patternPieces(t, all[source].ours, text)) {
				t.Errorf("%s is not cut by %s", name, source)
			}
		}
	}
}

// Cutting before marks changes no IDs.
func TestMarkedWordsAreWhatIsMerged(t *testing.T) {
	tok := fromFile(t, llama2File()).(*loaded)
	whole := *tok
	whole.cuts, whole.cache = nil, newWordCache()
	if len(tok.cuts) != 1 {
		t.Fatalf("%d cuts", len(tok.cuts))
	}
	rng := rand.New(rand.NewPCG(5, 6))
	parts := []string{"a", "b", " ", "  ", "é", "▁", "\n", "€", "ab", "\xff"}
	for range 2000 {
		text := ""
		for range rng.IntN(12) {
			text += parts[rng.IntN(len(parts))]
		}
		got, err := tok.Encode(text)
		want, also := whole.Encode(text)
		if err != nil || also != nil || !slices.Equal(got, want) {
			t.Fatalf("%q: %v, %v; in one piece %v, %v", text, got, err, want, also)
		}
	}
	for merges, want := range map[[2]string]bool{
		{"▁", "a"}: true, {"▁▁", "▁"}: true, {"▁a", "b"}: true, {"a", "▁"}: false, {"▁a", "▁b"}: false, {"▁", "a▁"}: false, {"a▁", "b"}: false, {"▁", "▁a"}: true,
	} {
		if marksBeginTokens([][2]string{merges}) != want {
			t.Errorf("%q: not %v", merges, want)
		}
	}
}

// Texts of a few characters from each class meet every branch of the patterns.
func TestWordsAgreeWithARegexpEngine(t *testing.T) {
	compiled := compiled(t)
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
		checkPieces(t, compiled, text.String())
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
		checkPieces(t, compiled, text.String())
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
	compiled := compiled(f)
	f.Add("I'll 'LL a  b\n\n c 12x ſ's'ſ")
	f.Fuzz(func(t *testing.T, text string) {
		checkPieces(t, compiled, strings.ToValidUTF8(text, "\ufffd"))
	})
}
