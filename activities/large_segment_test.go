package activities_test

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/activities/rows"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
)

// reading is a learner that reads what it is to train on, and computes nothing.
type reading struct {
	activities.Learner
	// batch, if not nil, is told of every batch.
	batch                  func(update int, batch []dataset.Tokenized)
	examples, most, tokens int
}

func (r *reading) TrainSFT(ctx context.Context, from artifact.Policy, s activities.SFTSegment, _ func(activities.SFTStats, activities.SaveFunc) error) (artifact.Ref, activities.SFTStats, error) {
	var stats activities.SFTStats
	for update := range s.Batches.Len {
		batch, err := s.Batches.At(ctx, update)
		if err != nil {
			return artifact.Ref{}, stats, err
		}
		r.examples, r.most = r.examples+len(batch), max(r.most, len(batch))
		for _, e := range batch {
			r.tokens += e.Len()
		}
		if r.batch != nil {
			r.batch(update, batch)
		}
		stats.Loss, stats.GradNorm, stats.LearningRate = append(stats.Loss, 0), append(stats.GradNorm, 0), append(stats.LearningRate, 0)
	}
	return from.Checkpoint, stats, nil
}

// heap is what is in use, in MiB.
func heap() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// getting counts what is got of a store on disk.
type getting struct {
	diskStore
	got map[artifact.Ref]int
}

func (g getting) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	g.got[ref]++
	return g.diskStore.Get(ctx, ref)
}

// TestSegmentReadsByBatch: however long a supervised segment is, memory holds one batch of it. Here 2,000 examples in 40
// shards, 64 MB of tokens for each of two epochs, every example once in each, every shard transferred once.
func TestSegmentReadsByBatch(t *testing.T) {
	const n, batchSize, epochs, length = 2000, 16, 2, 8000
	store := getting{diskStore{objectstore.Folder(t.TempDir())}, map[artifact.Ref]int{}}
	p := newPlace(t, store)
	w := rows.NewWriter[dataset.Example](store, rows.Examples, rows.Limits{Rows: 50})
	for i := range n {
		if err := w.Add(t.Context(), dataset.Example{ID: fmt.Sprint(i), Question: "q", Prompt: fmt.Sprintf("%06d", i), Response: strings.Repeat("x", length)}); err != nil {
			t.Fatal(err)
		}
	}
	ref, shards, err := w.Close(t.Context())
	if err != nil || shards != 40 {
		t.Fatalf("%d shards, %v", shards, err)
	}
	in := sftInput(p)
	in.Vocabulary, in.Examples, in.NumExamples = p.vocabulary("bytes"), ref, n
	in.Stage.SFT = &recipe.SFT{BatchSize: batchSize, Epochs: epochs}
	in.FirstUpdate, in.EndUpdate, in.Updates = 0, n*epochs/batchSize, n*epochs/batchSize
	used, before, most := map[int32]int{}, heap(), 0.0
	learner := &reading{Learner: p.learner}
	learner.batch = func(update int, batch []dataset.Tokenized) {
		for _, e := range batch {
			number := int32(0)
			for _, digit := range e.Prompt[len(e.Prompt)-6:] {
				number = number*10 + digit - e.Prompt[0]
			}
			used[number]++
		}
		if update%25 == 24 {
			most = max(most, heap()-before)
		}
	}
	p.acts.Learner = learner
	must(p, p.acts.TrainSFT, in)
	if learner.examples != n*epochs || learner.most != batchSize || len(used) != n {
		t.Errorf("%d examples in batches of up to %d, %d of them different", learner.examples, learner.most, len(used))
	}
	if whole := float64(4*learner.tokens) / (1 << 20); most > 8 || whole < 120 {
		t.Errorf("it held %.1f MiB, and all of its tokens are %.0f", most, whole)
	}
	index, err := dataset.DecodeIndex(p.get(ref))
	if err != nil {
		t.Fatal(err)
	}
	for _, shard := range index.Shards {
		if store.got[shard.Blob] != 1 {
			t.Errorf("a shard is transferred %d times", store.got[shard.Blob])
		}
	}
}

// trainLarge reads an epoch of the large file of examples in its order, batch by batch.
func trainLarge(p *place, dir string) figures {
	file, err := p.acts.Sources.Open(p.t.Context(), "/examples.jsonl")
	if err != nil {
		p.t.Fatal(err)
	}
	in := sftInput(p)
	var d activities.Dataset
	readJSON(p.t, filepath.Join(dir, "examples.jsonl"), &d)
	in.Vocabulary, in.Examples, in.NumExamples = p.vocabulary("bytes"), d.Examples, d.NumExamples
	in.Stage.SFT = &recipe.SFT{BatchSize: 512, Epochs: 1}
	in.FirstUpdate, in.EndUpdate = 0, dataset.Updates(d.NumExamples, 512, 1)
	in.Updates = in.EndUpdate
	learner := &reading{Learner: p.learner}
	p.acts.Learner = learner
	must(p, p.acts.TrainSFT, in)
	return figures{Bytes: file.Size(), Rows: d.NumExamples, Kept: learner.examples}
}
