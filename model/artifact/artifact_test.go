package artifact

import (
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"
)

// A ref names bytes by size and SHA-256, and nothing else passes for them.
func TestRef(t *testing.T) {
	data := []byte("abc")
	const sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // FIPS 180-2, B.1
	ref := RefOf(data)
	if ref != (Ref{Key: "blobs/sha256/ba/" + sum, SHA256: sum, Size: 3}) || ref.Short() != sum[:12] || (Ref{SHA256: "ab"}).Short() != "ab" {
		t.Errorf("the ref of abc is %+v, for short %s", ref, ref.Short())
	}
	written, err := RefOfWritten(func(w io.Writer) error {
		for _, part := range []string{"a", "", "bc"} {
			if _, err := io.WriteString(w, part); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || written != ref {
		t.Errorf("written in parts it is %+v (%v)", written, err)
	}
	if err := ref.Verify(data); err != nil {
		t.Error(err)
	}
	for _, other := range []string{"abd", "abcd", "", "ab"} {
		if err := ref.Verify([]byte(other)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%q passes for abc: %v", other, err)
		}
	}
	if ref.IsZero() || !(Ref{}).IsZero() || (Ref{Size: 1}).IsZero() {
		t.Error("a ref that names nothing is not told from one that does")
	}
}

// Equal values have equal digests, whatever the order of a map; what has no JSON form has none.
func TestDigest(t *testing.T) {
	a, err := Digest(map[string]int{"a": 1, "b": 2})
	if err != nil || a != RefOf([]byte(`{"a":1,"b":2}`)).SHA256 {
		t.Errorf("%s, %v", a, err)
	}
	if _, err := Digest(math.NaN()); err == nil {
		t.Error("NaN has a digest")
	}
}

// A policy's name says its checkpoint and its updates in their order, and Then leaves
// the policy that it is asked of as it was.
func TestPolicy(t *testing.T) {
	a, b := RefOf([]byte("a")), RefOf([]byte("b"))
	start := Policy{Checkpoint: RefOf([]byte("c"))}
	one := start.Then(a)
	two, other := one.Then(b), one.Then(a)
	if len(start.Updates) != 0 || len(one.Updates) != 1 || two.Updates[1] != b || other.Updates[1] != a {
		t.Errorf("%+v, %+v, %+v", one, two, other)
	}
	names := map[string]bool{}
	for _, p := range []Policy{start, one, two, other, start.Then(b), start.Then(b).Then(a)} {
		names[p.Name()] = true
	}
	if len(names) != 6 || len(start.Name()) != 24 {
		t.Errorf("six policies have the names %v", names)
	}
}

// How long work took is its own time and what earlier attempts spared it.
func TestWallSeconds(t *testing.T) {
	w := Work{Started: time.Unix(10, 0), Ended: time.Unix(13, 5e8), EarlierSeconds: 2}
	if got := w.WallSeconds(); got != 5.5 {
		t.Errorf("%g seconds, want 5.5", got)
	}
}

// A manifest of this form is read, one of a later form is not.
func TestSchemaOfManifests(t *testing.T) {
	for schema, want := range map[int]bool{0: true, Schema: true, Schema + 1: false} {
		data, err := Manifest{Schema: schema, Kind: KindReport}.Encode()
		if err != nil {
			t.Fatal(err)
		}
		m, err := DecodeManifest(data)
		if (err == nil) != want || want && m.Schema != schema || !want && !strings.Contains(err.Error(), "reads up to 1") {
			t.Errorf("schema %d: %+v, %v", schema, m, err)
		}
		if errors.Is(err, ErrCorrupt) {
			t.Errorf("schema %d is called damaged", schema)
		}
	}
}
