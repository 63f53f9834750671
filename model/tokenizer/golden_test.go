package tokenizer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const shared = "../../../shared/data"

// sharedFile reads a file of shared test data; without the data the test is skipped.
func sharedFile(t testing.TB, path string) []byte {
	t.Helper()
	if _, err := os.Stat("../../../shared"); err != nil {
		t.Skip("../shared is absent")
	}
	data, err := os.ReadFile(filepath.Join(shared, path))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var (
	sharedMutex      sync.Mutex
	sharedTokenizers = map[string]Tokenizer{}
)

// sharedTokenizer reads the tokenizer of a folder with only the named files. Each is read once.
func sharedTokenizer(t testing.TB, folder string, names ...string) Tokenizer {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range names {
		files[name] = sharedFile(t, filepath.Join(folder, name))
	}
	sharedMutex.Lock()
	defer sharedMutex.Unlock()
	key := folder + strings.Join(names, " ")
	if sharedTokenizers[key] == nil {
		tok, err := FromFiles(files)
		if err != nil {
			t.Fatal(err)
		}
		sharedTokenizers[key] = tok
	}
	return sharedTokenizers[key]
}

func qwen(t testing.TB) Tokenizer {
	return sharedTokenizer(t, "tokenizer/qwen2.5", "tokenizer.json", "tokenizer_config.json")
}

func gpt2(t testing.TB) Tokenizer { return sharedTokenizer(t, "tokenizer/gpt2", "tokenizer.json") }

type golden struct {
	Text string  `json:"text"`
	IDs  []int32 `json:"ids"`
}

func goldens(t testing.TB, name string) []golden {
	t.Helper()
	var cases []golden
	lines := bufio.NewScanner(bytes.NewReader(sharedFile(t, "tokenizer_goldens/"+name+".jsonl")))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var g golden
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, g)
	}
	if lines.Err() != nil || len(cases) != 176 {
		t.Fatalf("%d cases, %v", len(cases), lines.Err())
	}
	return cases
}

func TestGoldens(t *testing.T) {
	for name, tok := range map[string]Tokenizer{
		"qwen2.5":            qwen(t),
		"gpt2":               gpt2(t),
		"qwen2.5 older form": sharedTokenizer(t, "tokenizer/qwen2.5", "vocab.json", "merges.txt", "tokenizer_config.json"),
	} {
		kind, _, _ := strings.Cut(name, " ")
		for _, g := range goldens(t, kind) {
			for range 2 { // the second time words come from the cache
				ids, err := tok.Encode(g.Text)
				if err != nil || !slices.Equal(ids, g.IDs) {
					t.Errorf("%s: %q: got %v, %v, want %v", name, g.Text, ids, err, g.IDs)
				}
			}
			want := g.Text
			if kind == "qwen2.5" {
				want = norm.NFC.String(want)
			}
			if got := tok.Decode(g.IDs); got != want {
				t.Errorf("%s: %v decodes to %q, want %q", name, g.IDs, got, want)
			}
		}
	}
}

func TestSpecialTokensOfRealVocabularies(t *testing.T) {
	q, g := qwen(t), gpt2(t)
	if q.VocabSize() != 151665 || q.EOS() != 151645 || q.Pad() != 151643 || q.BOS() != NoToken {
		t.Errorf("qwen: size %d, eos %d, pad %d, bos %d", q.VocabSize(), q.EOS(), q.Pad(), q.BOS())
	}
	if g.VocabSize() != 50257 || g.EOS() != 50256 || g.Pad() != 50256 || g.BOS() != NoToken {
		t.Errorf("gpt2: size %d, eos %d, pad %d, bos %d", g.VocabSize(), g.EOS(), g.Pad(), g.BOS())
	}
	if id, ok := q.ID("<|im_start|>"); !ok || id != 151644 {
		t.Errorf("<|im_start|> is %d, %t", id, ok)
	}
	if id, ok := q.ID(" world"); !ok || id != 1879 {
		t.Errorf("the word ' world' is %d, %t", id, ok)
	}
	if special := q.Special(); len(special) != 14 || special[0] != "<|endoftext|>" || special[13] != "<|video_pad|>" {
		t.Errorf("special tokens: %q", special) // <tool_call> and the fill-in-the-middle tokens are not special
	}
	if id, ok := q.ID("no such token"); ok {
		t.Errorf("a token that does not exist is %d", id)
	}
	if got := q.Decode([]int32{9707, 151664, 151665, 151935, -1, 1879}); got != "Hello<|file_sep|>\ufffd\ufffd\ufffd world" {
		t.Errorf("IDs beyond the vocabulary: %q", got)
	}
}

func TestRealVocabularyRoundTripsThroughJSON(t *testing.T) {
	for _, tok := range []Tokenizer{qwen(t), sharedTokenizer(t, "models/stories260K", "tok512.bin")} {
		stored := tok.JSON()
		back, err := Parse(stored)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(back.JSON(), stored) || back.Name() != tok.Name() || !utf8.Valid(stored) {
			t.Errorf("%s: stored description differs", tok.Name())
		}
		for name, data := range tok.Files() {
			if !bytes.Equal(back.Files()[name], data) {
				t.Errorf("%s: %s differs", tok.Name(), name)
			}
		}
	}
}

// The texts and tokens come from the original program, which puts BOS first.
func TestLlama2CGoldens(t *testing.T) {
	tok := sharedTokenizer(t, "models/stories260K", "tok512.bin")
	if tok.VocabSize() != 512 || tok.BOS() != 1 || tok.EOS() != 2 {
		t.Errorf("size %d, bos %d, eos %d", tok.VocabSize(), tok.BOS(), tok.EOS())
	}
	lines := bytes.Split(bytes.TrimSpace(sharedFile(t, "models/stories260K/logit_goldens.jsonl")), []byte("\n"))
	for _, line := range lines {
		var g struct {
			Text   string  `json:"text"`
			Tokens []int32 `json:"tokens"`
		}
		if err := json.Unmarshal(line, &g); err != nil {
			t.Fatal(err)
		}
		ids, err := tok.Encode(g.Text)
		if err != nil || g.Tokens[0] != tok.BOS() || !slices.Equal(ids, g.Tokens[1:]) {
			t.Errorf("%q: got %v, %v, want %v", g.Text, ids, err, g.Tokens)
		}
	}
	for _, text := range []string{string(sharedFile(t, "models/stories260K/greedy_t0.txt")), "", " ", "é€😀\x00\xff", "  two"} {
		ids, err := tok.Encode(text)
		if got := tok.Decode(ids); err != nil || got != text {
			t.Errorf("%q came back as %q, %v", text, got, err)
		}
	}
}

// Qwen3.5's pattern, which package pattern matches, on Qwen2.5's vocabulary.
func TestQwen35(t *testing.T) {
	file := sharedFile(t, "tokenizer/qwen2.5/tokenizer.json")
	const qwen35 = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	quoted := func(pattern string) []byte {
		text, err := json.Marshal(pattern)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	file = bytes.Replace(file, quoted(qwenPattern), quoted(qwen35), 1)
	tok, err := FromFiles(map[string][]byte{"tokenizer.json": file})
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(sharedFile(t, "cases/models/ids_var_qwen3.5_on_qwen2.5.jsonl")) {
		var g golden
		if err := json.Unmarshal(line, &g); err != nil {
			t.Fatal(err)
		}
		if ids, err := tok.Encode(g.Text); err != nil || !slices.Equal(ids, g.IDs) {
			t.Errorf("%q: got %v, %v, want %v", g.Text, ids, err, g.IDs)
		}
	}
}
