package code

import "regexp"

// future are the imports that have to stand first in a program.
var future = regexp.MustCompile(`(?m)^from[ \t]+__future__[ \t]+import[^\n]*(?:\n|$)`)

// Program is what runs as a program: t.Before, then its source.
func (t Tests) Program(source string) string {
	if t.Before == "" {
		return source
	}
	first := ""
	for _, line := range future.FindAllString(source, -1) {
		first += line
	}
	if first != "" && first[len(first)-1] != '\n' {
		first += "\n"
	}
	return first + t.Before + "\n" + future.ReplaceAllString(source, "\n")
}

// The limits of a test whose problem states none: six CPU seconds, as the LiveCodeBench harness
// that AceReason-Nemotron follows has it (its own number is not printed), and 1 GiB.
const (
	DefaultSeconds = 6
	DefaultBytes   = 1 << 30
)

// Limited is t with its own limits made those that a run states: each is multiplied by its
// factor, for the time and the memory that Python needs where they were set for another
// language. A factor of 0 gives no less than usual: the problem's limit holds where it is
// above the default.
func (t Tests) Limited(timeFactor, memoryFactor float64) Tests {
	if timeFactor > 0 {
		t.TimeSeconds = min(t.TimeSeconds*timeFactor, maxTimeSeconds)
	} else if t.TimeSeconds <= DefaultSeconds {
		t.TimeSeconds = 0
	}
	if memoryFactor > 0 {
		t.MemoryBytes = int64(float64(t.MemoryBytes) * memoryFactor)
	} else if t.MemoryBytes <= DefaultBytes {
		t.MemoryBytes = 0
	}
	return t
}
