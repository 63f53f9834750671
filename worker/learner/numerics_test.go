package learner

import (
	"testing"

	"temper/deploy/version"
	"temper/model/artifact"
	"temper/model/backend"
	"temper/model/checkpoint"
	"temper/model/rollout"
)

// numericsDigests are what a small recipe ends with in each version of the numerics: the SHA-256 of its
// weights, and of rollouts that they sample, with log-probabilities.
var numericsDigests = map[int][2]string{
	1: {"85815ce58f3da815b704e8ba1330297bbcfcb176cda45f4c4bef392c44774539", "61f0b42a763533c9e1679ddf34e3a5f9c1a0811424a1c063c193cc70675457a9"},
}

// TestNumericsVersion: whatever changes what is computed has a version of its own, so that a run
// that was begun with another one can tell.
func TestNumericsVersion(t *testing.T) {
	b, err := backend.Open(backend.CPU)
	if err != nil {
		t.Fatal(err)
	}
	if !backend.RowsAreAlike(b) {
		t.Skip("no kernels here (they need amd64 with AVX2 and FMA, and GOEXPERIMENT=simd): the digests are those of processors that have them")
	}
	x := newLineage(t, 2)
	data, err := x.store.Get(t.Context(), x.save(x.l))
	if err != nil {
		t.Fatal(err)
	}
	saved, err := checkpoint.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	got := [2]string{saved.Weights[0].SHA256, artifact.RefOf(rollout.Encode(x.sample(x.l, 9))).SHA256}
	want, known := numericsDigests[version.Numerics]
	if !known || got != want || len(saved.Weights) != 1 {
		t.Errorf("numerics %d end with %q, want %q: what is computed has changed. If that is meant, raise version.Numerics and add the digests here", version.Numerics, got, want)
	}
}
