package rows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/dataset"
)

// examplesOf are n examples of which every seventh is long.
func examplesOf(n int) []dataset.Example {
	all := make([]dataset.Example, n)
	for i := range all {
		all[i] = dataset.Example{ID: fmt.Sprint(i), Question: "q", Prompt: "p", Response: fmt.Sprintf("response\n%d", i*i)}
		if i%7 == 3 {
			all[i].Response += strings.Repeat(" long", 100)
		}
	}
	return all
}

// written stores rows and gives the dataset's ref and how many shards it has.
func written(t *testing.T, store objectstore.Store, examples []dataset.Example, limits Limits) (artifact.Ref, int) {
	t.Helper()
	w := NewWriter(store, Examples, limits)
	for _, e := range examples {
		if err := w.Add(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	ref, shards, err := w.Close(t.Context())
	if err != nil || w.Rows() != len(examples) {
		t.Fatalf("%d rows, %v", w.Rows(), err)
	}
	return ref, shards
}

// TestOneBlob: what fits into a shard is the lines and nothing else.
func TestOneBlob(t *testing.T) {
	store, examples := objectstore.NewMemory(), examplesOf(20)
	ref, shards := written(t, store, examples, Limits{})
	want, err := dataset.EncodeExamples(examples)
	if err != nil || shards != 1 || ref != artifact.RefOf(want) {
		t.Errorf("it is %v in %d shards, %v", ref, shards, err)
	}
	if ref, shards := written(t, store, nil, Limits{}); !ref.IsZero() || shards != 0 {
		t.Errorf("no row is %v in %d shards", ref, shards)
	}
}

// TestShards: rows come back as they were, by number and in order, wherever shards end.
func TestShards(t *testing.T) {
	examples := examplesOf(50)
	for want, limits := range map[int]Limits{1: {Rows: 50}, 5: {Rows: 10}, 17: {Rows: 3}, 50: {Bytes: 1}, 8: {Bytes: 1000}} {
		store := objectstore.NewMemory()
		ref, shards := written(t, store, examples, limits)
		if shards != want {
			t.Errorf("%+v: %d shards, want %d", limits, shards, want)
		}
		table, err := Open(t.Context(), store, &Shelf{}, Examples, ref)
		if err != nil || table.Len() != len(examples) || len(table.Shards()) != shards {
			t.Fatalf("%+v: %v", limits, err)
		}
		for _, shard := range table.Shards() {
			if limits.Bytes > 0 && int(shard.Blob.Size) > limits.Bytes && shard.Rows > 1 {
				t.Errorf("%+v: a shard has %d rows and %d bytes", limits, shard.Rows, shard.Blob.Size)
			}
		}
		if all, err := table.All(t.Context()); err != nil || !slices.Equal(all, examples) {
			t.Errorf("%+v: %d rows, %v", limits, len(all), err)
		}
		numbers := []int{49, 0, 17, 3, 17, 48}
		picked, err := table.Pick(t.Context(), numbers)
		if err != nil || len(picked) != 5 {
			t.Fatalf("%+v: %v", limits, err)
		}
		for _, i := range numbers {
			if picked[i] != examples[i] {
				t.Errorf("%+v: row %d is %+v", limits, i, picked[i])
			}
		}
		for _, outside := range []int{-1, 50} {
			if _, err := table.At(t.Context(), outside); err == nil || err.Error() != fmt.Sprintf("example %d is not in a dataset of 50", outside) {
				t.Errorf("row %d: %v", outside, err)
			}
		}
	}
}

// counting counts what is got.
type counting struct {
	objectstore.Store
	got map[artifact.Ref]int
}

func (c counting) Get(ctx context.Context, ref artifact.Ref) ([]byte, error) {
	c.got[ref]++
	return c.Store.Get(ctx, ref)
}

// TestShelf: rows in any order cost one transfer of each shard, for all that open the dataset,
// and a worker that has seen many datasets holds the last of them.
func TestShelf(t *testing.T) {
	store, shelf := counting{objectstore.NewMemory(), map[artifact.Ref]int{}}, &Shelf{}
	examples := examplesOf(90)
	ref, _ := written(t, store, examples, Limits{Rows: 9})
	open := func(ref artifact.Ref) *Table[dataset.Example] {
		table, err := Open(t.Context(), store, shelf, Examples, ref)
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	for range 3 {
		table := open(ref)
		for i := range examples {
			if row, err := table.At(t.Context(), i*37%90); err != nil || row != examples[i*37%90] {
				t.Fatalf("row %d is %+v, %v", i*37%90, row, err)
			}
		}
	}
	for _, shard := range open(ref).Shards() {
		if store.got[shard.Blob] != 1 {
			t.Errorf("a shard is transferred %d times", store.got[shard.Blob])
		}
	}
	for i := range mostShelved {
		other, _ := written(t, store, examplesOf(20+i), Limits{Rows: 9})
		open(other)
	}
	if len(shelf.held) != mostShelved || slices.ContainsFunc(shelf.held, func(d *onDisk) bool { return d.of == ref }) {
		t.Errorf("%d datasets are held", len(shelf.held))
	}
}

// TestDamagedDataset: a shard that is lost, and an index that is none, are errors.
func TestDamagedDataset(t *testing.T) {
	store := objectstore.NewMemory()
	for document, want := range map[string]string{
		`{"dataset_index":2,"rows":1,"shards":[]}`:                     "it is of version 2, which a newer temper reads; this one reads 1",
		`{"dataset_index":1,"rows":0,"shards":[]}`:                     "it says 0 rows, its shards 0",
		`{"dataset_index":1,"rows":4,"shards":[{"blob":{},"rows":5}]}`: "it says 4 rows, its shards 5",
		`{"dataset_index":1,"rows":1`:                                  "unexpected end",
	} {
		ref, err := store.Put(t.Context(), []byte(document))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = Open(t.Context(), store, &Shelf{}, Examples, ref); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", document, err)
		}
	}
	lost := artifact.RefOf([]byte("lost"))
	ref, _, err := Join(t.Context(), store, []dataset.Shard{{Blob: lost, Rows: 1}, {Blob: lost, Rows: 1}})
	if err != nil {
		t.Fatal(err)
	}
	table, err := Open(t.Context(), store, &Shelf{}, Examples, ref)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := table.At(t.Context(), 1); !errors.Is(err, objectstore.ErrNotFound) {
		t.Errorf("a row of a lost shard: %v", err)
	}
}
