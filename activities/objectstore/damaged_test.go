package objectstore

import (
	"errors"
	"slices"
	"testing"

	"temper/model/artifact"
)

func TestNoteDamage(t *testing.T) {
	m := NewMemory()
	s := NoteDamage(m)
	whole, err := s.Put(t.Context(), []byte("whole"))
	if err != nil {
		t.Fatal(err)
	}
	rotten, err := s.Put(t.Context(), []byte("rotten"))
	if err != nil {
		t.Fatal(err)
	}
	m.Rot(rotten.Key, []byte("rotted"))
	missing := artifact.RefOf([]byte("missing"))
	for range 2 {
		if _, err := s.Get(t.Context(), whole); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(t.Context(), rotten); !errors.Is(err, artifact.ErrCorrupt) {
			t.Errorf("rotten: %v", err)
		}
		if _, err := s.Get(t.Context(), missing); !errors.Is(err, ErrNotFound) {
			t.Errorf("missing: %v", err)
		}
	}
	noted, err := Damaged(t.Context(), s)
	if err != nil || len(noted) != 2 || !slices.Contains(noted, rotten) || !slices.Contains(noted, missing) {
		t.Errorf("noted %v, error %v", noted, err)
	}
	if err := s.Create(t.Context(), damagedPrefix+"not-a-note", nil); err != nil {
		t.Fatal(err)
	}
	if again, err := Damaged(t.Context(), s); err != nil || len(again) != 2 {
		t.Errorf("noted %v, error %v", again, err)
	}
}
