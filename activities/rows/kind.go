package rows

import "temper/model/dataset"

// Kind is what the rows of a dataset are.
type Kind[T any] struct {
	// Name is the word for one row, in errors.
	Name string
	// Encode makes lines of rows, and Decode a row of a line.
	Encode func([]T) ([]byte, error)
	Decode func(line []byte) (T, error)
}

// The kinds of rows that there are.
var (
	Problems = Kind[dataset.Problem]{"problem", dataset.EncodeProblems, dataset.DecodeProblem}
	Examples = Kind[dataset.Example]{"example", dataset.EncodeExamples, dataset.DecodeExample}
)
