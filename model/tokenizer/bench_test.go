package tokenizer

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// madeText is text as training data has it: English, code and mathematics. Words
// are drawn with frequencies that fall as in real text.
func madeText(size int) string {
	rng := rand.New(rand.NewPCG(7, 8))
	syllables := strings.Fields("the an ing er re st on tion com pro al ent men ver sub in ter con di mu la ti ri so ne qua ble")
	words := make([]string, 4000)
	for i := range words {
		for range 1 + rng.IntN(3) {
			words[i] += syllables[rng.IntN(len(syllables))]
		}
	}
	word := func() string { return words[int(float64(len(words))*rng.Float64()*rng.Float64()*rng.Float64())] }
	var text strings.Builder
	for text.Len() < size {
		switch rng.IntN(6) {
		case 0:
			fmt.Fprintf(&text, "def %s_%s(x, n=%d):\n    for i in range(n):\n        x += %s[i] * %d\n    return x\n\n", word(), word(), rng.IntN(100), word(), rng.IntN(1000))
		case 1:
			fmt.Fprintf(&text, "$\\frac{%d}{x^{%d}} + \\sqrt{%d} \\le %d.%02d$, so \\boxed{%d}.\n", rng.IntN(99), rng.IntN(9), rng.IntN(999), rng.IntN(99), rng.IntN(100), rng.IntN(1000))
		default:
			for range 8 + rng.IntN(10) {
				text.WriteString(word() + " ")
			}
			text.WriteString("isn't it?\n")
		}
	}
	return text.String()
}

// benchmarkTokenizer is Qwen2.5's of the shared data, or that of the folder TOKENIZER.
func benchmarkTokenizer(b *testing.B) Tokenizer {
	folder := os.Getenv("TOKENIZER")
	if folder == "" {
		return qwen(b)
	}
	files := map[string][]byte{}
	for _, name := range []string{"tokenizer.json", "tokenizer_config.json"} {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err == nil {
			files[name] = data
		} else if !errors.Is(err, fs.ErrNotExist) || name == "tokenizer.json" {
			b.Fatal(err)
		}
	}
	tok, err := FromFiles(files)
	if err != nil {
		b.Fatal(err)
	}
	return tok
}

// benchmarkTexts are made text and real text, at most a megabyte of each; the real one is of the
// shared data, or the file TEXT.
func benchmarkTexts(b *testing.B) map[string]string {
	const size = 1 << 20
	var text string
	if path := os.Getenv("TEXT"); path == "" {
		text = string(sharedFile(b, "math/prm800k_style_train4500.jsonl"))
	} else if data, err := os.ReadFile(path); err == nil {
		text = string(data)
	} else {
		b.Fatal(err)
	}
	return map[string]string{"made": madeText(size), "real": strings.ToValidUTF8(text[:min(len(text), size)], "")}
}

// benchmarkEncode measures tokens per second and allocations per token. Run it with -cpu 1 for
// the figures of one core: encoding uses no other, but the garbage collector does.
func benchmarkEncode(b *testing.B, next func(Tokenizer) Tokenizer) {
	tok, texts := benchmarkTokenizer(b), benchmarkTexts(b)
	for _, name := range []string{"made", "real"} {
		b.Run(name, func(b *testing.B) {
			text := texts[name]
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			tokens := 0
			before := mallocs()
			for b.Loop() {
				ids, err := next(tok).Encode(text)
				if err != nil {
					b.Fatal(err)
				}
				tokens += len(ids)
			}
			b.ReportMetric(float64(mallocs()-before)/float64(tokens), "allocs/token")
			b.ReportMetric(float64(tokens)/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}

// mallocs is the number of allocations so far.
func mallocs() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}

// BenchmarkEncode encodes a text whose words are all in the cache.
func BenchmarkEncode(b *testing.B) {
	benchmarkEncode(b, func(tok Tokenizer) Tokenizer { return tok })
}

// BenchmarkEncodeUncached encodes a text with a cache that holds nothing yet.
func BenchmarkEncodeUncached(b *testing.B) {
	benchmarkEncode(b, func(tok Tokenizer) Tokenizer {
		fresh := *tok.(*loaded)
		fresh.cache = newWordCache()
		return &fresh
	})
}

func BenchmarkDecode(b *testing.B) {
	tok := benchmarkTokenizer(b)
	for name, text := range benchmarkTexts(b) {
		b.Run(name, func(b *testing.B) {
			ids, err := tok.Encode(text)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				tok.Decode(ids)
			}
			b.ReportMetric(float64(len(ids)*b.N)/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}

func BenchmarkFromFiles(b *testing.B) {
	for _, folder := range []string{"qwen2.5", "gpt2"} {
		b.Run(folder, func(b *testing.B) {
			data := sharedFile(b, "tokenizer/"+folder+"/tokenizer.json")
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := FromFiles(map[string][]byte{"tokenizer.json": data}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestEncodeIsSafeForConcurrentUse(t *testing.T) {
	fresh := func() Tokenizer { return fromFile(t, smallFile()) }
	text := madeText(20_000)
	want, err := fresh().Encode(text)
	if err != nil {
		t.Fatal(err)
	}
	tok := fresh()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 5 {
				if ids, err := tok.Encode(text); err != nil || !slices.Equal(ids, want) {
					t.Error("the IDs differ between goroutines", err)
				}
			}
		})
	}
	group.Wait()
}

// A megabyte of each of these is one word or very many: neither may take quadratic time.
func TestLongTexts(t *testing.T) {
	for _, tok := range []Tokenizer{fromFile(t, smallFile()), fromFile(t, llama2File())} {
		for _, unit := range []string{"ab", " ", "\n", " \n", "a\u0301", "<|im_end|>", "<", "'", "1", "é€", "\xff", "x "} {
			text := strings.Repeat(unit, 1<<20/len(unit))
			ids, err := tok.Encode(text)
			if err != nil || tok.Decode(ids) != text {
				t.Errorf("%s: a megabyte of %q does not come back, %v", tok.Name(), unit, err)
			}
		}
	}
	if text := "e" + strings.Repeat("\u0323\u0301", 1<<18); forms["NFC"].normalize(text) != "ẹ"+strings.Repeat("\u0323", 1<<18-1)+strings.Repeat("\u0301", 1<<18) {
		t.Error("half a million marks are not put in order")
	}
}

// What a loaded vocabulary encodes comes back, normalized where it normalizes.
func FuzzLoadedRoundTrip(f *testing.F) {
	for _, seed := range []string{"", "It's 12\n\n x", "ñn\u0303o <|im_end|>\u0301", "\xff\xfe ab", "   \r\n ſ'S 😀\u200d"} {
		f.Add(seed)
	}
	normalizing := smallFile()
	normalizing["normalizer"] = fields{"type": "NFC"}
	vocabularies := []Tokenizer{fromFile(f, smallFile()), fromFile(f, normalizing), fromFile(f, llama2File())}
	f.Fuzz(func(t *testing.T, text string) {
		for i, tok := range vocabularies {
			ids, err := tok.Encode(text)
			if err != nil {
				t.Fatalf("%s: %q: %v", tok.Name(), text, err)
			}
			want := text
			switch {
			case i == 1 && (strings.Contains(text, "<|im_end|>") || len(text) > 90):
				continue // the parts beside a token are normalized one by one; norm.NFC adds to long rows of marks
			case i == 1:
				want = norm.NFC.String(text)
			case i == 2 && (strings.Contains(text, "s>") || strings.Contains(text, "<unk>") || strings.Contains(text, "▁")):
				continue // every part gets a space of its own; ▁ comes back as a space
			}
			if got := tok.Decode(ids); got != want {
				t.Fatalf("%s: %q came back as %q", tok.Name(), text, got)
			}
			if again, err := tok.Encode(text); err != nil || !slices.Equal(again, ids) {
				t.Fatalf("%s: %q gives %v, then %v", tok.Name(), text, ids, again)
			}
		}
	})
}
