package main

import (
	"fmt"
	"strconv"
	"strings"
)

// Cell names one measurement: parity/fp32, train/0.5b/2048 (tokens per row) or
// generate/1.5b/256 (rows that are decoded together).
type Cell struct {
	Kind  string // parity, train or generate
	Model string // of parity: the precision
	Size  int    // 0 for parity
}

const (
	parity   = "parity"
	training = "train"
	decoding = "generate"
)

// Engines that a cell runs on.
const (
	temper = "temper"
	hf     = "hf" // PyTorch with Hugging Face transformers
)

// precisions are the parity cells, by what matrix products are computed in.
var precisions = []string{"fp32", "tf32", "bf16"}

// order lists the cells by importance: time on a device may end anywhere.
var order = []string{
	"parity/fp32", "train/0.5b/2048", "generate/0.5b/64", "parity/tf32", "parity/bf16",
	"train/0.5b/8192", "generate/0.5b/256", "train/1.5b/2048", "generate/1.5b/64",
	"train/0.5b/16384", "train/1.5b/8192", "generate/1.5b/256", "train/1.5b/16384",
}

// String is the name that ParseCell reads.
func (c Cell) String() string {
	if c.Kind == parity {
		return c.Kind + "/" + c.Model
	}
	return fmt.Sprintf("%s/%s/%d", c.Kind, c.Model, c.Size)
}

// ParseCell reads the name of a cell. Any model and size are valid, not only
// those of the tables.
func ParseCell(name string) (Cell, error) {
	parts := strings.Split(name, "/")
	fail := func(format string, args ...any) (Cell, error) {
		return Cell{}, fmt.Errorf("cell %q: "+format, append([]any{name}, args...)...)
	}
	switch {
	case len(parts) == 2 && parts[0] == parity:
		for _, p := range precisions {
			if parts[1] == p {
				return Cell{Kind: parity, Model: p}, nil
			}
		}
		return fail("precision is %q; want %s", parts[1], strings.Join(precisions, ", "))
	case len(parts) == 3 && (parts[0] == training || parts[0] == decoding):
		if _, ok := shapes[parts[1]]; !ok {
			return fail("model is %q; want %s", parts[1], strings.Join(shapeNames(), ", "))
		}
		size, err := strconv.Atoi(parts[2])
		if err != nil || size < 2 {
			return fail("size is %q; want a number of tokens or rows, 2 or more", parts[2])
		}
		return Cell{Kind: parts[0], Model: parts[1], Size: size}, nil
	}
	return fail("want parity/PRECISION, train/MODEL/TOKENS or generate/MODEL/ROWS")
}

// selectCells returns the cells that only names, in the order of importance:
// whole names or their beginnings up to a slash, separated by commas. Cells
// outside the tables must be named in full and come last. "" selects all of
// the tables.
func selectCells(only string) ([]Cell, error) {
	var picked []Cell
	have := map[Cell]bool{}
	pick := func(name string) error {
		c, err := ParseCell(name)
		if err == nil && !have[c] {
			have[c] = true
			picked = append(picked, c)
		}
		return err
	}
	wanted := strings.Split(only, ",")
	for _, name := range order {
		for _, w := range wanted {
			if only == "" || name == w || strings.HasPrefix(name, w+"/") {
				if err := pick(name); err != nil {
					return nil, err
				}
			}
		}
	}
	for _, w := range wanted {
		known := only == ""
		for _, name := range order {
			known = known || name == w || strings.HasPrefix(name, w+"/")
		}
		if !known {
			if err := pick(w); err != nil {
				return nil, err
			}
		}
	}
	return picked, nil
}
