package tokenizer

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func mustNew(t testing.TB, name string) Tokenizer {
	t.Helper()
	tok, err := New(name)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func TestNewUnknownNameListsValidNames(t *testing.T) {
	_, err := New("qwen")
	want := `tokenizer "qwen": valid values are synthetic, bytes`
	if err == nil || err.Error() != want {
		t.Fatalf("got %v, want %s", err, want)
	}
}

func TestSizesAndChatTokens(t *testing.T) {
	for name, size := range map[string]int{Synthetic: 53, Bytes: 7 + 256} {
		tok := mustNew(t, name)
		if tok.VocabSize() != size || tok.Name() != name || tok.Pad() != 0 || tok.EOS() != 1 {
			t.Errorf("%s: size %d, name %s, pad %d, eos %d", name, tok.VocabSize(), tok.Name(), tok.Pad(), tok.EOS())
		}
		if id, ok := tok.ID(EndThinkToken); id != 5 || !ok || tok.BOS() != NoToken || tok.Files() != nil {
			t.Errorf("%s: </think> is %d, bos %d, files %v", name, id, tok.BOS(), tok.Files())
		}
		if special := tok.Special(); len(special) != 6 || slices.Contains(special, BoxToken) {
			t.Errorf("%s: special tokens %q", name, special)
		}
		got, err := tok.Encode(`<pad><eos><user><asst><think></think>\boxed{`)
		if err != nil || !slices.Equal(got, []int32{0, 1, 2, 3, 4, 5, 6}) {
			t.Errorf("%s: chat tokens are %v, %v", name, got, err)
		}
	}
}

// The IDs follow the order of the task's description (token list and examples).
func TestSyntheticEncode(t *testing.T) {
	tok := mustNew(t, Synthetic)
	tests := []struct {
		text string
		want []int32
	}{
		{"", []int32{}},
		{"<user>9a-2b-3?<asst><think>", []int32{2, 26, 48, 28, 19, 49, 28, 20, 43, 3, 4}},
		{`soa9-2=7nextb7-3=4</think>\boxed{4}<eos>`, []int32{9, 48, 26, 28, 19, 32, 24, 12, 49, 24, 28, 20, 32, 21, 5, 6, 21, 38, 1}},
		{"</think>def f(x):return 2*x+3", []int32{5, 7, 8, 19, 29, 47, 27, 20}},
		{"def f(x)", []int32{51, 52, 46, 44, 46, 33, 47, 34}},
		{"check7+2=9ok", []int32{13, 24, 27, 19, 32, 26, 14}},
		{"then now\nwaithmm{}", []int32{10, 44, 11, 45, 15, 16, 37, 38}},
	}
	for _, test := range tests {
		got, err := tok.Encode(test.text)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q: got %v, %v, want %v", test.text, got, err, test.want)
		}
		if back := tok.Decode(got); back != test.text {
			t.Errorf("%q decodes to %q", test.text, back)
		}
	}
}

func TestSyntheticEncodeNamesTheCharacter(t *testing.T) {
	tok := mustNew(t, Synthetic)
	tests := map[string]string{
		"9a-2é":   `encode: vocabulary "synthetic" has no token for 'é' at byte 4`,
		"12 Tom":  `encode: vocabulary "synthetic" has no token for 'T' at byte 3`,
		"7\xff":   `encode: vocabulary "synthetic" has no token for the byte 0xff at byte 1`,
		"<user":   `encode: vocabulary "synthetic" has no token for '<' at byte 0`,
		"f\ufffd": `encode: vocabulary "synthetic" has no token for '` + "\ufffd" + `' at byte 1`,
	}
	for text, want := range tests {
		ids, err := tok.Encode(text)
		if err == nil || err.Error() != want || ids != nil {
			t.Errorf("%q: got %v, %v, want %s", text, ids, err, want)
		}
	}
}

func TestBytesKeepsPartialCharacters(t *testing.T) {
	tok := mustNew(t, Bytes)
	ids, err := tok.Encode("<user>é€\x00\xff\\box<eos>")
	if err != nil {
		t.Fatal(err)
	}
	want := []int32{2, 7 + 0xc3, 7 + 0xa9, 7 + 0xe2, 7 + 0x82, 7 + 0xac, 7, 7 + 0xff, 7 + '\\', 7 + 'b', 7 + 'o', 7 + 'x', 1}
	if !slices.Equal(ids, want) {
		t.Fatalf("got %v, want %v", ids, want)
	}
	if got := tok.Decode(ids[:4]); got != "<user>é\xe2" {
		t.Errorf("a cut character decodes to %q", got)
	}
	if got := tok.Decode(ids[:4]) + tok.Decode(ids[4:]); got != tok.Decode(ids) {
		t.Errorf("decoding in two parts gives %q", got)
	}
}

// TestDecodeBeyondTheVocabulary: what is no token is shown as such.
func TestDecodeBeyondTheVocabulary(t *testing.T) {
	tok := mustNew(t, Synthetic)
	if got := tok.Decode([]int32{int32(tok.VocabSize()), 0, -1}); got != "\ufffd"+tok.Decode([]int32{0})+"\ufffd" {
		t.Errorf("got %q", got)
	}
}

func TestCheckFit(t *testing.T) {
	for _, test := range []struct {
		tokens, rows int
		want         string
	}{
		{512, 512, ""}, {151665, 152064, ""}, {263, 320, ""},
		{513, 512, "the tokenizer has 513 tokens, but the model's embedding only 512 rows (vocab_size); valid: the tokenizer that the model was trained with"},
		{263, 512, "the tokenizer has only 263 tokens for the 512 rows of the model's embedding (vocab_size): it is another model's; valid: the tokenizer that the model was trained with"},
	} {
		got := ""
		if err := CheckFit(test.tokens, test.rows); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%d tokens, %d rows: %q", test.tokens, test.rows, got)
		}
	}
}

func TestDescriptionRoundTrip(t *testing.T) {
	for _, name := range []string{Synthetic, Bytes} {
		tok := mustNew(t, name)
		back, err := Parse(tok.JSON())
		if err != nil || back.Name() != name || back.VocabSize() != tok.VocabSize() {
			t.Errorf("%s: %v, %v", name, back, err)
		}
		if !strings.Contains(string(tok.JSON()), `"</think>"`) || !utf8.Valid(tok.JSON()) {
			t.Errorf("%s: description is not readable: %s", name, tok.JSON())
		}
	}
}

func TestParseRefusesOtherVocabularies(t *testing.T) {
	stored := mustNew(t, Synthetic).JSON()
	tests := []struct{ data, want string }{
		{`{`, "parse tokenizer: it is truncated: the JSON goes on after byte 1, the last"},
		{`{"name":"gpt2"}`, `parse tokenizer: tokenizer "gpt2": valid values are synthetic, bytes`},
		{string(bytes.Replace(stored, []byte(`"hmm"`), []byte(`"huh"`), 1)),
			`parse tokenizer: the stored vocabulary "synthetic" differs from this program's vocabulary of that name`},
	}
	for _, test := range tests {
		if _, err := Parse([]byte(test.data)); err == nil || err.Error() != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}

// Text that encodes comes back exactly, and encoding what was decoded is a fixed point.
func FuzzTextRoundTrip(f *testing.F) {
	for _, seed := range []string{"", "<user>9a-2b-3?<asst><think>", "def f(x):return 2*x", "é\xff<eos", "sothennownext \n\\boxed{\\boxed"} {
		f.Add(seed)
	}
	vocabularies := []Tokenizer{mustNew(f, Synthetic), mustNew(f, Bytes)}
	f.Fuzz(func(t *testing.T, text string) {
		for _, tok := range vocabularies {
			ids, err := tok.Encode(text)
			if err != nil {
				if tok.Name() == Bytes {
					t.Fatalf("bytes refuses %q: %v", text, err)
				}
				continue
			}
			if got := tok.Decode(ids); got != text {
				t.Fatalf("%s: %q came back as %q", tok.Name(), text, got)
			}
		}
	})
}

// Every sequence of IDs decodes to text that encodes, to a sequence that is no longer.
func FuzzIDRoundTrip(f *testing.F) {
	f.Add([]byte{51, 52, 46, 44, 46, 33, 47, 34, 41}) // the characters of "def f(x):"
	vocabularies := []Tokenizer{mustNew(f, Synthetic), mustNew(f, Bytes)}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, tok := range vocabularies {
			ids := make([]int32, len(raw))
			for i, b := range raw {
				ids[i] = int32(int(b) * 37 % tok.VocabSize())
			}
			text := tok.Decode(ids)
			again, err := tok.Encode(text)
			if err != nil || len(again) > len(ids) || tok.Decode(again) != text {
				t.Fatalf("%s: %v decodes to %q, which encodes to %v, %v", tok.Name(), ids, text, again, err)
			}
		}
	})
}
