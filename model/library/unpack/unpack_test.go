package unpack

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func packed(t *testing.T, form, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	if form == "gzip" {
		w := gzip.NewWriter(&b)
		w.Write([]byte(text))
		w.Close()
		return b.Bytes()
	}
	w, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(text))
	w.Close()
	return b.Bytes()
}

// all unpacks data as it is read.
func all(data []byte) ([]byte, error) {
	r, err := Reader(Form(data), bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func TestUnpack(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	var lines strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&lines, "{\"n\": %d, \"x\": %d}\n", i, random.Uint64())
	}
	text := lines.String()
	for _, form := range []string{"gzip", "zstd"} {
		data := packed(t, form, text)
		if Form(data) != form {
			t.Fatalf("%s is taken for %q", form, Form(data))
		}
		if got, err := all(data); err != nil || string(got) != text {
			t.Errorf("%s: %d of %d bytes, %v", form, len(got), len(text), err)
		}
		twice := append(bytes.Clone(data), data...) // files that were packed apart
		if got, err := all(twice); err != nil || len(got) != 2*len(text) {
			t.Errorf("%s twice: %d bytes, %v", form, len(got), err)
		}
		if _, err := all(data[:len(data)/2]); err == nil || !strings.Contains(err.Error(), "it is "+form+"-compressed, and cannot be unpacked: ") {
			t.Errorf("half of %s: %v", form, err)
		}
		head, more, err := Head(data[:len(data)*3/4], 1<<30, true)
		if err != nil || !more || len(head) == 0 || !strings.HasPrefix(text, string(head)) {
			t.Errorf("the head of half of %s: %d bytes, %v, %v", form, len(head), more, err)
		}
		if head, more, err := Head(data, 100, false); err != nil || !more || string(head) != text[:100] {
			t.Errorf("100 bytes of %s: %q, %v, %v", form, head, more, err)
		}
		if head, more, err := Head(data, int64(len(text)), false); err != nil || more || string(head) != text {
			t.Errorf("all of %s as a head: %d bytes, %v, %v", form, len(head), more, err)
		}
	}
}

func BenchmarkUnpack(b *testing.B) {
	line := strings.Repeat(`{"question": "How many are left?", "answer": "Seven of the ten, so 3 are.\n#### 3"}`+"\n", 100000)
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write([]byte(line))
	w.Close()
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		if _, err := all(z.Bytes()); err != nil {
			b.Fatal(err)
		}
	}
}
