package learner

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/learnertest"
	"temper/deploy/version"
	"temper/model/artifact"
	"temper/model/backend"
	"temper/model/checkpoint"
	"temper/model/objective"
	"temper/model/recipe"
	"temper/model/rollout"
)

// numericsDigests are what each kind of computing ends with in each version of the numerics: the beginning of the
// SHA-256 of its weights, rollouts with their log-probabilities, or activations.
var numericsDigests = map[int]map[string]string{
	1: {
		"activations":             "5d17a62e9c79a7d3",
		"objective chord":         "30f3a206289e96a9",
		"objective cispo":         "d0022a6194b04cfc",
		"objective grpo":          "b588e0dbedf5a084",
		"objective gspo":          "ffcb9604511291f9",
		"objective nft":           "a3bbcc3320673acc",
		"objective ppo":           "27640c093f57cb9a",
		"objective sft":           "57b49823fa60f9e8",
		"objective srft":          "f190d87125b754fc",
		"objective uft":           "f591345e0c449ff8",
		"responses":               "61f0b42a763533c9",
		"supervised alone":        "09769442307c8362",
		"supervised in bfloat16":  "c7f7d11e0eecf5d2",
		"supervised layers twice": "09769442307c8362",
		"supervised packed":       "09769442307c8362",
		"two policy steps":        "85815ce58f3da815",
	},
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
	got, want := computed(t), numericsDigests[version.Numerics]
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if got[name] != want[name] {
			t.Errorf("numerics %d: %q: %q, want %q: what is computed has changed. If that is meant, raise version.Numerics, add the digests here, and say so in CHANGELOG.md", version.Numerics, name, got[name], want[name])
		}
	}
	if len(want) != len(got) {
		t.Errorf("numerics %d have %d digests, want %d", version.Numerics, len(want), len(got))
	}
}

// computed are the digests of all kinds of computing, by their names.
func computed(t *testing.T) map[string]string {
	x := newLineage(t, 2)
	found := map[string]string{"two policy steps": x.weights(x.policy), "responses": digestOf(t, rollout.Encode(x.sample(x.l, 9)))}
	prompts := [][]int32{x.examples(1)[0].Prompt, x.examples(2)[3].Prompt}
	activations, err := x.l.Activations(t.Context(), x.policy, prompts, recipe.Numerics{MicroBatchTokens: 256})
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(activations)
	if err != nil {
		t.Fatal(err)
	}
	found["activations"] = digestOf(t, encoded)
	for _, kind := range objective.Kinds() {
		found["objective "+kind] = x.afterStepOf(kind)
	}
	for name, n := range map[string]recipe.Numerics{
		"alone": {}, "packed": {Packing: true}, "layers twice": {GradientCheckpointing: true}, "in bfloat16": {Compute: recipe.ComputeBFloat16},
	} {
		n.MicroBatchTokens = 128
		ref, _, err := x.l.TrainSFT(t.Context(), x.policy, activities.SFTSegment{
			Optimizer: smokeOptimizer, Updates: 2, Numerics: n, Batches: learnertest.Batches(x.examples(3), x.examples(4)),
		}, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		found["supervised "+name] = x.weights(artifact.Policy{Checkpoint: ref})
	}
	return found
}

// afterStepOf is the digest of the weights after a policy step of an objective, in two mini-batches and two epochs, with a
// reference and with demonstrations where it has any use for them.
func (x *lineage) afterStepOf(kind string) string {
	x.t.Helper()
	settings := objective.Settings{Kind: kind, Updates: objective.Updates{MiniBatches: 2, Epochs: 2}}
	switch kind {
	case "chord":
		settings.CHORD.Mu = 0.5
	case "uft":
		settings.UFT.HintSteps = 3
	case "grpo", "ppo":
		settings.KL.Coefficient = 0.1
	}
	data, err := x.store.Get(x.t.Context(), x.updateWith(1, settings, artifact.Policy{Checkpoint: x.policy.Checkpoint}))
	if err != nil {
		x.t.Fatal(err)
	}
	var update activities.Update
	if err := json.Unmarshal(data, &update); err != nil {
		x.t.Fatal(err)
	}
	if settings.Demonstrations() != objective.NoDemonstrations {
		var lines []byte
		for i, e := range x.examples(1)[:4] {
			line, err := json.Marshal(activities.Demonstration{Problem: i, Tokenized: e})
			if err != nil {
				x.t.Fatal(err)
			}
			lines = append(append(lines, line...), '\n')
		}
		update.Demonstrations = x.put(lines)
	}
	if data, err = json.Marshal(update); err != nil {
		x.t.Fatal(err)
	}
	ref := x.put(data)
	if _, err := x.l.Advance(x.t.Context(), x.policy, ref); err != nil {
		x.t.Fatalf("%s: %v", kind, err)
	}
	return x.weights(x.policy.Then(ref))
}

// weights is the digest of a policy's weights.
func (x *lineage) weights(p artifact.Policy) string {
	x.t.Helper()
	ref, err := x.l.Save(x.t.Context(), p)
	if err != nil {
		x.t.Fatal(err)
	}
	data, err := x.store.Get(x.t.Context(), ref)
	if err != nil {
		x.t.Fatal(err)
	}
	saved, err := checkpoint.Decode(data)
	if err != nil || len(saved.Weights) != 1 {
		x.t.Fatalf("%d files of weights, %v", len(saved.Weights), err)
	}
	return saved.Weights[0].SHA256[:16]
}

// digestOf is the beginning of the SHA-256 of what was computed.
func digestOf(t *testing.T, data []byte) string {
	t.Helper()
	if len(strings.TrimSpace(string(data))) == 0 {
		t.Fatal("nothing was computed")
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])[:16]
}
