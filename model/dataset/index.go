package dataset

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sort"

	"temper/model/artifact"
)

// A stored dataset is one blob of JSON lines or, where it is larger than a shard, an Index:
// a small document that names the blobs, each of JSON lines, one after the other.

// A shard has at most ShardBytes and ShardRows. A row that is longer is a shard by itself.
const (
	ShardBytes = 32 << 20
	ShardRows  = 1 << 16
)

// Index is the document of a dataset in shards.
type Index struct {
	// Version is that of the form, IndexVersion. It stands first: that is how an index is known.
	Version int `json:"dataset_index"`
	// Rows is the number of all rows.
	Rows   int     `json:"rows"`
	Shards []Shard `json:"shards"`
}

// Shard is a part of a dataset: a blob of JSON lines, and how many rows it has.
type Shard struct {
	Blob artifact.Ref `json:"blob"`
	Rows int          `json:"rows"`
}

// IndexVersion is the version of the form that Encode writes.
const IndexVersion = 1

// indexBegins is how no row of a dataset begins.
var indexBegins = []byte(`{"dataset_index":`)

// IsIndex says whether a stored dataset is an index.
func IsIndex(data []byte) bool { return bytes.HasPrefix(data, indexBegins) }

// NewIndex is the index of shards.
func NewIndex(shards []Shard) Index {
	index := Index{Version: IndexVersion, Shards: shards}
	for _, s := range shards {
		index.Rows += s.Rows
	}
	return index
}

// Encode writes the index as its document.
func (x Index) Encode() ([]byte, error) {
	data, err := json.Marshal(x)
	if err != nil {
		return nil, fmt.Errorf("encode the index of a dataset: %w", err)
	}
	return data, nil
}

// DecodeIndex reads what Encode wrote.
func DecodeIndex(data []byte) (Index, error) {
	var x Index
	err := json.Unmarshal(data, &x)
	if x.Version > IndexVersion { // whose other fields may be of other types
		return Index{}, fmt.Errorf("decode the index of a dataset: it is of version %d, which a newer temper reads; this one reads %d", x.Version, IndexVersion)
	}
	if err != nil {
		return Index{}, fmt.Errorf("decode the index of a dataset: %w", err)
	}
	if rows := NewIndex(x.Shards).Rows; rows != x.Rows || rows == 0 || slices.ContainsFunc(x.Shards, func(s Shard) bool { return s.Rows < 1 }) {
		return Index{}, fmt.Errorf("decode the index of a dataset: it says %d rows, its shards %d", x.Rows, rows)
	}
	return x, nil
}

// Firsts are the numbers of the first row of each shard, counted over all of them.
func (x Index) Firsts() []int {
	firsts, next := make([]int, len(x.Shards)), 0
	for i, s := range x.Shards {
		firsts[i] = next
		next += s.Rows
	}
	return firsts
}

// ShardOf is the shard that a row is in, by the numbers that Firsts gives.
func ShardOf(firsts []int, row int) int {
	return sort.SearchInts(firsts, row+1) - 1
}
