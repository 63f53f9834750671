package artifact

import (
	"fmt"
	"strconv"
	"strings"
)

// The things that stages decide about: the names of their decisions.
const (
	AboutBand   = "band"    // what follows when the entropy of an RL stage leaves its band
	AboutStop   = "stop"    // whether an RL stage ends
	AboutHandOn = "hand-on" // which of its policies a stage leaves
)

// Inside is the name of a stage's policy after a number of its updates, as evaluations inside the
// stage have it: "math-8k@50". (No stage has an @ in its name.)
func Inside(stage string, step int) string { return fmt.Sprintf("%s%s%d", stage, inKey, step) }

// ParseInside takes apart what Inside made; inside is false for the name of a stage, which is
// returned as it is.
func ParseInside(name string) (stage string, step int, inside bool) {
	stage, after, found := strings.Cut(name, inKey)
	if step, err := strconv.Atoi(after); found && err == nil {
		return stage, step, true
	}
	return name, 0, false
}

// Solved is the name under which the rollouts are recorded that decide, after a stage's epoch, which of its
// problems are solved: "code-32k@solved-1".
func Solved(stage string, epoch int) string { return fmt.Sprintf("%s%ssolved-%d", stage, inKey, epoch) }
