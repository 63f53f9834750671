package recipe

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"temper/model/library/spelling"
)

// maxSeed is the largest seed: the largest whole number that every JSON reader keeps exactly.
const maxSeed = 1<<53 - 1

// The bounds of the synthetic task: a math problem labels its operations a to e.
const (
	minOperations = 1
	maxOperations = 5
	// maxDepth is the largest number of atomic functions in a composition.
	maxDepth = 4
)

var (
	vocabularies = []string{"synthetic", "bytes"}
	backends     = []string{"cpu", "cpu:kernels=avx512", "cpu:kernels=avx2", "go"}
	runIDForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,127}$`)
	runNameForm  = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$`)
	nameForm     = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
)

// Validate checks the whole recipe and returns a *FaultsError that lists every
// fault, or nil.
func (r Recipe) Validate() error {
	v := validator{recipe: r}
	v.dotted("name", r.Name)
	v.check("continue_from", r.ContinueFrom == "" || runIDForm.MatchString(r.ContinueFrom),
		"is %q; valid: the Run ID of an earlier run of this name, such as 019ad3f2-7c1e-7d5a-9c3b-2f1d8a6e4b70", r.ContinueFrom)
	v.check("seed", r.Seed <= maxSeed, "is %d; valid: 0 to %d", r.Seed, uint64(maxSeed))
	v.parent(r.Parent)
	if r.Model.Served != nil {
		v.served(*r.Model.Served)
	} else {
		v.model(r.Model)
		v.tokenizer(r.Tokenizer)
		v.numerics(r.Numerics)
	}
	v.prompt(r.Prompt)
	v.datasets()
	v.stages()
	v.search(r.TemperatureSearch)
	v.programs(r.Programs)
	v.benchmarks()
	v.domains()
	if r.Guard.Action != "" {
		v.word("guard.action", r.Guard.Action)
	}
	v.atLeast("guard.empty_steps", r.Guard.EmptySteps, 0)
	if len(v.faults) > 0 {
		return &FaultsError{Faults: v.faults}
	}
	return nil
}

func (v *validator) numerics(n Numerics) {
	v.atLeast("numerics.micro_batch_tokens", n.MicroBatchTokens, 2)
	if n.Backend != "" {
		v.oneOf("numerics.backend", n.Backend, backends)
	}
	if n.Compute != "" {
		v.word("numerics.compute", n.Compute)
	}
	v.atLeast("numerics.generation_rows", n.GenerationRows, 1)
	v.atLeast("numerics.version", n.Version, 0)
	if n.AnyVersion && n.Version != 0 {
		v.fault("numerics.any_version", "is true, and numerics.version is %d; valid: one of them", n.Version)
	}
}

// validator collects faults.
type validator struct {
	recipe Recipe
	faults []Fault
	// earlier is the number of stages before the one that is looked at, whose datasets it can use.
	earlier int
}

func (v *validator) fault(field, format string, args ...any) {
	v.faults = append(v.faults, Fault{Field: field, Problem: fmt.Sprintf(format, args...)})
}

// toGive is a fault that the user mends with a value of their own.
func (v *validator) toGive(field, format string, args ...any) {
	v.faults = append(v.faults, Fault{Field: field, Problem: fmt.Sprintf(format, args...), ToGive: true})
}

func (v *validator) check(field string, ok bool, format string, args ...any) {
	if !ok {
		v.fault(field, format, args...)
	}
}

const nameValid = "valid: 1 to 63 of a-z, 0-9 and -, not beginning or ending with -"

// name checks a name that becomes part of store keys and workflow IDs.
func (v *validator) name(field, name string) {
	v.check(field, nameForm.MatchString(name), "is %q; "+nameValid, name)
}

// dotted checks a name that no path of a value holds, of a run or an endpoint: it may have dots.
func (v *validator) dotted(field, name string) {
	v.check(field, runNameForm.MatchString(name), "is %q; valid: 1 to 63 of a-z, 0-9, - and ., not beginning or ending with - or .", name)
}

// word checks a value of one of the types of words.
func (v *validator) word(field string, w word) { v.oneOf(field, fmt.Sprint(w), w.words()) }

func (v *validator) oneOf(field, word string, valid []string) {
	v.check(field, slices.Contains(valid, word), "is %q; %svalid: %s", word, spelling.DidYouMean(word, valid), strings.Join(valid, ", "))
}

func (v *validator) atLeast(field string, n, least int) {
	v.check(field, n >= least, "is %d; valid: at least %d", n, least)
}

// maxShards is into how many shards work is cut at most: a workflow's history has a dozen events for each, and Temporal ends
// one of 51,200.
const maxShards = 500

// shards checks into how many parts, which may run at once, work is cut.
func (v *validator) shards(field string, n int) {
	v.check(field, n >= 1 && n <= maxShards, "is %d; valid: 1 to %d", n, maxShards)
}

// positive checks a number that must be above 0 (and finite).
func (v *validator) positive(field string, x float64) {
	v.check(field, x > 0 && !math.IsInf(x, 0), "is %g; valid: above 0", x)
}

// between checks low <= x <= high.
func (v *validator) between(field string, x, low, high float64) {
	v.check(field, x >= low && x <= high, "is %g; valid: %g to %g", x, low, high)
}

// divisors lists the divisors of n, as valid values: the smallest, where n is large.
func divisors(n int) string {
	const largest = 1 << 12
	var list []string
	for d := 1; d <= min(n, largest); d++ {
		if n%d == 0 {
			list = append(list, fmt.Sprint(d))
		}
	}
	if n > largest {
		list = append(list, "…")
	}
	return strings.Join(list, ", ")
}
