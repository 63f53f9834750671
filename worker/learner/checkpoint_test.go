package learner

import (
	"errors"
	"slices"
	"testing"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/library/safetensors"
	"temper/model/train"
	"temper/model/transformer"
	"temper/worker/machine"
)

// smallValues is a policy of a few kilobytes before its first update.
func smallValues() values {
	c := transformer.Config{
		ModelType: "qwen2", HiddenAct: "silu", VocabSize: 29, HiddenSize: 16, IntermediateSize: 24, NumHiddenLayers: 2,
		NumAttentionHeads: 4, NumKeyValueHeads: 2, MaxPositionEmbeddings: 64, RopeTheta: 10000, RMSNormEps: 1e-6, TieWordEmbeddings: true,
	}
	w := transformer.NewWeights(c, transformer.InitSpec{EmbeddingStd: 0.5, OutputGain: 0.5}, 3)
	return values{checkpoint.Checkpoint{Config: c.JSON()}, w, train.OptimizerState{}}
}

// TestZeroMoments checks that moments before the first update are named as ever,
// are not written, and are read without being there; that a checkpoint which has
// them stored is read as well; and that others must be there.
func TestZeroMoments(t *testing.T) {
	ctx := t.Context()
	for _, shard := range []int64{1 << 30, 2000} {
		store := objectstore.NewMemory()
		l := New(store, machine.Machine{Cores: 1})
		l.shardBytes = shard
		v := smallValues()
		ref, err := l.storeCheckpoint(ctx, v, artifact.Policy{}, artifact.Ref{})
		if err != nil {
			t.Fatal(err)
		}
		data, err := store.Get(ctx, ref)
		if err != nil {
			t.Fatal(err)
		}
		c, err := checkpoint.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range c.Optimizer {
			if _, err := store.Get(ctx, part); !errors.Is(err, objectstore.ErrNotFound) {
				t.Fatalf("moments of zeros are stored: %v", err)
			}
		}
		loaded := func(c checkpoint.Checkpoint) (*draft, error) {
			t.Helper()
			data, err := c.Encode()
			if err != nil {
				t.Fatal(err)
			}
			ref, err := store.Put(ctx, data)
			if err != nil {
				t.Fatal(err)
			}
			return l.load(ctx, ref)
		}
		same := func(d *draft, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			if difference := d.difference(v); difference != "" {
				t.Fatalf("what was loaded differs: %s", difference)
			}
		}
		same(loaded(c))
		if shard == 1<<30 { // what an earlier version stored
			old, err := store.Put(ctx, safetensors.Encode(zeroTensors(v.weights.Config), v.moments.Metadata()))
			if err != nil || !slices.Equal(c.Optimizer, []artifact.Ref{old}) {
				t.Fatalf("the checkpoint names %v, an earlier version stored %v (%v)", c.Optimizer, old, err)
			}
			same(loaded(c))
			other, err := store.Put(ctx, safetensors.Encode(zeroTensors(v.weights.Config), map[string]string{"step": "0", "other": "bytes"}))
			if err != nil {
				t.Fatal(err)
			}
			c.Optimizer = []artifact.Ref{other}
			same(loaded(c))
		}
		c.Optimizer = []artifact.Ref{artifact.RefOf([]byte("not there"))}
		if _, err := loaded(c); !errors.Is(err, objectstore.ErrNotFound) {
			t.Errorf("moments that are neither zeros nor there: %v", err)
		}
	}
}

func zeroTensors(c transformer.Config) []safetensors.Tensor {
	var tensors []safetensors.Tensor
	for _, s := range train.Moments(c) {
		n := 1
		for _, d := range s.Shape {
			n *= d
		}
		tensors = append(tensors, safetensors.Tensor{Name: s.Name, Shape: s.Shape, Data: make([]float32, n)})
	}
	return tensors
}
