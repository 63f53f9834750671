// Package memory adds up what work takes of a machine's memory before it begins,
// and finds the largest setting that fits. What a kind of work takes is known where
// it is done: train.Engine.Memory and sampling.Options.Memory.
package memory

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Overhead is what a process takes beside all that grows with its work: code,
// compiled graphs, and garbage that is not yet collected.
const Overhead = 256 << 20

// Part is the memory that one thing takes.
type Part struct {
	Name  string
	Bytes int64
}

// Estimate is what work takes, part by part.
type Estimate []Part

// Total is the sum of all parts, in bytes.
func (e Estimate) Total() int64 {
	total := int64(0)
	for _, p := range e {
		total += p.Bytes
	}
	return total
}

// String names the total and the parts, the largest first; small ones are left out.
func (e Estimate) String() string {
	parts := slices.SortedStableFunc(slices.Values(e), func(a, b Part) int { return cmp.Compare(b.Bytes, a.Bytes) })
	var list []string
	for _, p := range parts {
		if p.Bytes*20 >= e.Total() {
			list = append(list, fmt.Sprintf("%s %s", p.Name, Size(p.Bytes)))
		}
	}
	return fmt.Sprintf("%s (%s)", Size(e.Total()), strings.Join(list, ", "))
}

// Size writes bytes for people.
func Size(bytes int64) string {
	if bytes < 1<<30 {
		return fmt.Sprintf("%d MiB", (bytes+1<<19)>>20)
	}
	return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))
}

// Largest is the largest number from 1 to most for which work takes no more than
// limit bytes, or 0 if none does. What work takes must not fall with the number.
func Largest(most int, limit int64, work func(n int) Estimate) int {
	return sort.Search(most, func(i int) bool { return work(i+1).Total() > limit })
}
