package artifact

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"
)

func wholeManifest(t *testing.T) (Manifest, []byte) {
	t.Helper()
	m := Manifest{
		Kind: KindUpdate, Run: RunID{Name: "demo", ID: "0001"}, Stage: "math", Step: 3,
		Outputs: map[string]Ref{"update": RefOf([]byte("update"))},
		Metrics: map[string]float64{MetricReward: 0.1, MetricLoss: -1e-9},
		Series:  map[string][]float64{MetricLoss: {1, 2.5}},
		Work:    Work{Worker: noDigest, Started: time.Date(2026, 1, 2, 3, 4, 5, 678, time.UTC), CPUSeconds: 1.25},
	}
	data, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return m, data
}

func TestManifestComesBack(t *testing.T) {
	m, data := wholeManifest(t)
	got, err := DecodeManifest(data)
	if err != nil || !reflect.DeepEqual(got, m) {
		t.Fatalf("got %+v, error %v; want %+v", got, err, m)
	}
	if again, err := got.Encode(); err != nil || !bytes.Equal(again, data) {
		t.Errorf("encoded again it is\n%s\nnot\n%s (error %v)", again, data, err)
	}
}

// TestDamagedManifests flips every bit and cuts at every byte: nothing comes of
// it but the manifest itself (where the damage hit the name of the digest) or ErrCorrupt.
func TestDamagedManifests(t *testing.T) {
	m, data := wholeManifest(t)
	noticed := 0
	check := func(what string, damaged []byte) {
		t.Helper()
		got, err := DecodeManifest(damaged)
		switch {
		case errors.Is(err, ErrCorrupt):
			noticed++
		case err != nil || !reflect.DeepEqual(got, m):
			t.Errorf("%s: %+v, error %v", what, got, err)
		}
	}
	for i := range data {
		for bit := range 8 {
			damaged := bytes.Clone(data)
			damaged[i] ^= 1 << bit
			check(fmt.Sprintf("bit %d of byte %d (%q)", bit, i, data[i]), damaged)
		}
		check(fmt.Sprintf("%d bytes of %d", i, len(data)), data[:i])
	}
	for _, other := range []string{"", "{}", "null", `[]`, `{"kind": ""}`, `{"kind": "update", "digest": "0"}`} {
		if got, err := DecodeManifest([]byte(other)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %+v, error %v", other, got, err)
		}
	}
	if all := 9 * len(data); noticed < all-8*len("digest") {
		t.Errorf("noticed %d damages of %d", noticed, all)
	}
}
