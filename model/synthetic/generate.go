package synthetic

import (
	"fmt"
	"math/rand/v2"

	"temper/model/dataset"
	"temper/model/recipe"
)

// maxTries is how many draws in a row may bring nothing new before a held-out set
// counts as exhausted. Where that can happen, each problem is a per mille of the draws or more.
const maxTries = 20_000

// Generate draws the dataset of that name in a recipe. Kind "problems" gives
// problems, the other kinds examples; the other result is nil. The data are a
// pure function of spec and its seed, or, where that is 0, of spec, runSeed and name.
//
// Training data are drawn independently, so that a problem may come up again,
// from the identities that are not held out. Held-out data are drawn from the
// held-out identities without repeats; Count 0 with CodeFraction 1 takes all of
// them, in a fixed order. The ID of a problem is its identity (with "@x" for the
// first example of a code problem), the ID of an example that of its problem, a
// slash and the number of the response.
func Generate(name string, spec recipe.Synthetic, runSeed uint64) (problems []dataset.Problem, examples []dataset.Example, err error) {
	if err := check(spec); err != nil {
		return nil, nil, fmt.Errorf("data.%s.synthetic.%w", name, err)
	}
	seed := dataSeed(name, spec, runSeed)
	tasks, err := drawTasks(newGenerator(seed, "tasks"), spec)
	if err != nil {
		return nil, nil, fmt.Errorf("data.%s.synthetic.%w", name, err)
	}
	rng := newGenerator(seed, "texts")
	for _, t := range tasks {
		switch {
		case spec.Worded:
			problems = append(problems, t.worded())
		case spec.Kind == recipe.Problems:
			problems = append(problems, t.problem())
		case spec.Kind == recipe.BaseText:
			examples = append(examples, t.baseText(rng))
		case spec.Kind == recipe.Demonstrations:
			for response := range max(1, spec.ResponsesPerPrompt) {
				examples = append(examples, t.demonstration(rng, drawStyle(rng, spec.Styles), response))
			}
		}
	}
	if spec.Planted != nil {
		more, err := planted(spec, tasks, seed)
		if err != nil {
			return nil, nil, fmt.Errorf("data.%s.synthetic.planted: %w", name, err)
		}
		problems = append(problems, more...)
	}
	return problems, examples, nil
}

// dataSeed is the spec's own seed, or, where that is 0, one for the dataset in the run.
func dataSeed(name string, spec recipe.Synthetic, runSeed uint64) uint64 {
	if spec.Seed != 0 {
		return spec.Seed
	}
	return recipe.DeriveSeed(runSeed, "data "+name)
}

// newGenerator returns a math/rand/v2 generator on the PCG source. Tasks and
// texts have generators of their own: the first tasks do not depend on how many
// follow, nor on styles and numbers of responses.
func newGenerator(seed uint64, purpose string) *rand.Rand {
	return rand.New(rand.NewPCG(recipe.DeriveSeed(seed, "synthetic "+purpose), 0))
}

// drawTasks draws the tasks that spec asks for, one for each prompt.
func drawTasks(rng *rand.Rand, spec recipe.Synthetic) ([]task, error) {
	if spec.HeldOut && spec.Count == 0 {
		return heldOutCode(), nil
	}
	tasks := make([]task, 0, spec.Count)
	seen := map[string]bool{}
	for len(tasks) < spec.Count {
		wantCode := rng.Float64() < spec.CodeFraction
		t := drawTask(rng, spec, wantCode)
		for tries := 0; spec.HeldOut && seen[t.id]; tries++ { // in the same domain, so that CodeFraction holds
			if tries == maxTries {
				return nil, fmt.Errorf("count: %d held-out problems are asked for, but after %d no further %s problem was found", spec.Count, len(tasks), t.domain)
			}
			t = drawTask(rng, spec, wantCode)
		}
		seen[t.id] = true
		tasks = append(tasks, t)
	}
	return tasks, nil
}

// drawTask draws until a task is on the wanted side of the hold-out.
func drawTask(rng *rand.Rand, spec recipe.Synthetic, wantCode bool) task {
	for {
		var t task
		switch {
		case wantCode && len(spec.Depths) > 0:
			t = drawComposition(rng, spec.Depths[rng.IntN(len(spec.Depths))])
		case wantCode:
			t = drawCode(rng)
		default:
			t = drawMath(rng, spec.Operations[rng.IntN(len(spec.Operations))])
		}
		if t.heldOut() == spec.HeldOut {
			return t
		}
	}
}
