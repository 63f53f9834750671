package artifact

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// A head is the SHA-256 of three lines, and no change of a ledger keeps it.
func TestLedger(t *testing.T) {
	a, b := LinkOf("runs/x/1/math/update-000001-00-0123456789ab.json", []byte("a")), LinkOf("runs/x/1/math/update-000002-00-0123456789ab.json", []byte("b"))
	first := NewLedger("", []Link{a})
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte("\n"+a.Key+"\n"+a.SHA256+"\n"))); first.Head != want {
		t.Errorf("the head is %s, want %s", first.Head, want)
	}
	whole, second := NewLedger("", []Link{a, b}), NewLedger(first.Head, []Link{b})
	if whole.Head != second.Head || whole.Verify() != nil || second.Verify() != nil {
		t.Errorf("in one piece the head is %s, in two %s", whole.Head, second.Head)
	}
	other := b
	other.SHA256 = strings.Repeat("0", 64)
	for name, l := range map[string]Ledger{
		"order":    {Links: []Link{b, a}, Head: whole.Head},
		"digest":   {Links: []Link{a, other}, Head: whole.Head},
		"deleted":  {Links: []Link{a}, Head: whole.Head},
		"added":    {Links: []Link{a, b, b}, Head: whole.Head},
		"previous": {Previous: first.Head, Links: []Link{a, b}, Head: whole.Head},
		"head":     {Links: []Link{a, b}, Head: first.Head},
	} {
		if err := l.Verify(); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A manifest is refused in any place but its own.
func TestCheckKey(t *testing.T) {
	input := RefOf([]byte("{}"))
	m := Manifest{Schema: Schema, Kind: KindUpdate, Run: RunID{Name: "demo", ID: "1"}, Stage: "math@50", Name: "x-y", Step: 3, Shard: 1, Input: input}
	key := Key(m, input.SHA256)
	for _, at := range []string{key, Again(key, 1)} {
		if err := m.CheckKey(at); err != nil {
			t.Error(err)
		}
	}
	for name, change := range map[string]func(*Manifest){
		"run": func(m *Manifest) { m.Run.Name = "other" }, "run ID": func(m *Manifest) { m.Run.ID = "2" }, "stage": func(m *Manifest) { m.Stage = "code" },
		"kind": func(m *Manifest) { m.Kind = KindSFT }, "name": func(m *Manifest) { m.Name = "z" }, "step": func(m *Manifest) { m.Step++ },
		"shard": func(m *Manifest) { m.Shard++ }, "input": func(m *Manifest) { m.Input = RefOf([]byte("[]")) },
		"no input": func(m *Manifest) { m.Input = Ref{} }, "the input's key": func(m *Manifest) { m.Input.Key = "runs/x" },
	} {
		forged := m
		change(&forged)
		if err := forged.CheckKey(key); !errors.Is(err, ErrCorrupt) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	old := Manifest{Kind: KindUpdate, Run: m.Run, Step: 3}
	if err := old.CheckKey(Key(old, "0123456789abcdef")); err != nil {
		t.Errorf("a manifest that names no input: %v", err)
	}
	for _, bad := range []string{"", "runs/demo/1/run/x.json", "-"} {
		if err := m.CheckKey(bad); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
