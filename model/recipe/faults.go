package recipe

import (
	"fmt"
	"strings"

	"temper/model/library/jsonkind"
	"temper/model/library/spelling"
)

// Fault is one thing that is wrong with a recipe.
type Fault struct {
	// Field is the path of the value, as in "rl[1].optimizer.schedule".
	Field string
	// Problem says what is wrong and what is valid, as in `is "linear"; valid: constant, cosine`.
	Problem string
	// ToGive says that the value is the user's to give: nothing that stands there is wrong.
	ToGive bool
}

// unknown is the fault of a key that does not exist.
func unknown(path, key string, valid []string) Fault {
	return Fault{Field: join(path, key), Problem: "is unknown; " + spelling.DidYouMean(key, valid) + "valid: " + strings.Join(valid, ", ")}
}

// String is the fault as one line.
func (f Fault) String() string { return f.Field + " " + f.Problem }

// FaultsError lists every fault of a recipe. Its text has one line per fault.
type FaultsError struct {
	Faults []Fault

	unreadable bool // the recipe could not be decoded, so Validate has nothing to add
}

// mostFaults is how many faults are listed: a screen has some more lines.
const mostFaults = 20

// Error lists the faults, one per line.
func (e *FaultsError) Error() string {
	var lines []string
	for i, f := range e.Faults {
		if i == mostFaults {
			lines = append(lines, fmt.Sprintf("and %d more", len(e.Faults)-i))
			break
		}
		lines = append(lines, jsonkind.Clip(f.String()))
	}
	return strings.Join(lines, "\n")
}

// OnlyToGive reports whether the recipe is valid but for values that are the user's to give.
func (e *FaultsError) OnlyToGive() bool {
	for _, f := range e.Faults {
		if !f.ToGive {
			return false
		}
	}
	return true
}

func (e *FaultsError) list() []Fault {
	if e == nil {
		return nil
	}
	return e.Faults
}
