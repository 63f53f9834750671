package recipe

import (
	"slices"
	"strings"
)

// HandOn is which of its policies a stage leaves for what comes after it, with the optimizer's moments that
// the policy had. Candidates are the policies that were evaluated in the stage (evaluate_every) and its last
// one; the policy that it began with is none. Neither AceReason-Nemotron paper says which policy a stage
// left, so that these rules are ours. Their first RL stage (8K) loses accuracy before it gains, so that
// only its last policy makes sense there.
type HandOn struct {
	// Policy is "last" (or ""), "best" or "person": the run waits until a person has chosen one
	// of the candidates by the update "choose".
	Policy HandOnPolicy `json:"policy,omitempty"`
	// Benchmark is what the best has the highest avg@k on; of equal ones it is the earliest.
	Benchmark string `json:"benchmark,omitempty"`
}

// Chooses says whether the policy is another than the last by itself.
func (h HandOn) Chooses() bool { return h.Policy != "" && h.Policy != HandOnLast }

// HandOnPolicy is which policy a stage leaves; "" is HandOnLast.
type HandOnPolicy string

// Which policy a stage leaves.
const (
	HandOnLast   HandOnPolicy = "last"
	HandOnBest   HandOnPolicy = "best"
	HandOnPerson HandOnPolicy = "person"
)

func (HandOnPolicy) words() []string { return texts(HandOnLast, HandOnBest, HandOnPerson) }

// HandOn is which of its policies a stage leaves: always the last but for stages that train.
func (s Stage) HandOn() HandOn {
	switch {
	case s.SFT != nil:
		return s.SFT.HandOn
	case s.RL != nil:
		return s.RL.HandOn
	}
	return HandOn{}
}

// maxCandidates bounds the policies that a stage chooses from: a run carries all of them with what they were measured at.
const maxCandidates = 60

// handOn checks which policy a stage leaves, of those that are evaluated every so many of its steps, or epochs.
func (v *validator) handOn(at string, h HandOn, steps, every int, on []string) {
	if h.Policy != "" {
		v.word(at+"hand_on.policy", h.Policy)
	}
	v.check(at+"hand_on.policy", !h.Chooses() || every > 0, "is %q, but evaluate_every is 0, so that there is one policy; valid: last, or with evaluate_every", h.Policy)
	if h.Chooses() && every > 0 {
		v.check(at+"evaluate_every", (steps-1)/every < maxCandidates, "is %d, which makes %d policies to choose from; valid: at least %d, which makes %d", every, (steps-1)/every+1, (steps+maxCandidates-1)/maxCandidates, maxCandidates)
	}
	if h.Policy != HandOnBest {
		v.check(at+"hand_on.benchmark", h.Benchmark == "", "is %q, but the policy is %q; valid: only with best", h.Benchmark, h.Policy)
		return
	}
	var names []string
	for _, b := range v.recipe.Evaluation.Benchmarks {
		if len(on) == 0 || slices.Contains(on, b.Name) {
			names = append(names, b.Name)
		}
	}
	if h.Benchmark == "" {
		v.fault(at+"hand_on.benchmark", "is empty; valid with policy best: %s", strings.Join(names, ", "))
		return
	}
	v.oneOf(at+"hand_on.benchmark", h.Benchmark, names)
}
