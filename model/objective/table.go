package objective

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Objective is one way to learn from a batch.
type Objective struct {
	// Source says where the formula stands.
	Source string
	// Uses are the fields of Settings, by their paths, that the objective reads,
	// beside kind and updates; a path stands for all below it.
	Uses []string
	// Defaults fills fields whose default is the objective's own; nil if there are none.
	Defaults func(*Settings)
	// Demonstrations says which demonstrations the objective learns from beside rollouts.
	Demonstrations Demonstrations
	// Needs are the carriers that Loss reads under the settings.
	Needs func(Settings) Carriers
	// Loss is the loss of a prepared batch and its derivatives. The settings have
	// their defaults, and the carriers that it needs are there.
	Loss func(Settings, Batch) Result
}

// Demonstrations is how an objective uses responses that were given.
type Demonstrations string

// The ways to use demonstrations.
const (
	NoDemonstrations Demonstrations = ""
	// Drawn: some of them with every batch, whatever its problems.
	Drawn Demonstrations = "drawn"
	// Matched: one of each problem, in its group.
	Matched Demonstrations = "matched"
	// Hints: the rollouts of a problem begin from a prefix of one.
	Hints Demonstrations = "hints"
)

// Table has every objective by its kind. A test may add to it.
var Table = map[string]Objective{
	"grpo": grpo, "gspo": gspo, "cispo": cispo, "ppo": ppo, "nft": nft,
	"sft": sft, "uft": uft, "srft": srft, "chord": chord,
}

// Kinds are the names in Table, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(Table)) }

// Carriers says which per-token quantities of a Sequence an objective reads.
type Carriers struct{ LogProb, Old, Reference, Entropy, Value, OldValue bool }

// Needs are the carriers that must be there before Prepare (Old, Reference and
// OldValue) and Evaluate (all). LogProb is needed where its value counts; with
// one update per batch it may be the same as Old. It is the zero Carriers for
// grpo with one update per batch and no KL term: the derivatives then depend on
// the advantages alone.
func (s Settings) Needs() Carriers {
	s = s.WithDefaults()
	needs := Table[s.Kind].Needs(s)
	if s.KL.Coefficient != 0 {
		needs.Reference = true
		if s.KL.In == InReward {
			needs.Old = true
		} else {
			needs.LogProb = true
		}
	}
	if s.Entropy != 0 {
		needs.Entropy = true
	}
	return needs
}

// OnPolicy says that every batch is used for one update, by the policy that sampled it.
func (s Settings) OnPolicy() bool { return s.Updates.MiniBatches <= 1 && s.Updates.Epochs <= 1 }

// ofRatio are the carriers of an objective that reads importance ratios.
func ofRatio(s Settings) Carriers {
	off := !s.OnPolicy()
	return Carriers{LogProb: off, Old: off}
}

// Evaluate gives the loss of a prepared batch, or of a mini-batch of it, and its
// derivatives. It is an error if the settings have faults or a carrier that is
// needed is missing or has another length than Tokens.
func Evaluate(s Settings, b Batch) (Result, error) {
	if faults := s.Check(); len(faults) > 0 {
		return Result{}, fmt.Errorf("objective: %s", faults[0])
	}
	if err := b.check(s.Needs()); err != nil {
		return Result{}, err
	}
	s = s.WithDefaults()
	o := Table[s.Kind]
	for i := range b.Sequences {
		q := &b.Sequences[i]
		if isRollout(q) && o.uses("advantage") && (q.Advantage == nil || o.uses("value") && q.Return == nil) {
			return Result{}, fmt.Errorf("objective: sequence %d has no advantages or returns; valid: a batch that Prepare gave", i)
		}
	}
	return o.Loss(s, b), nil
}

// check finds carriers that are missing or have the wrong length.
func (b Batch) check(needs Carriers) error {
	for i := range b.Sequences {
		q := &b.Sequences[i]
		if q.Tokens < 1 || q.Hint < 0 || q.Hint > q.Tokens {
			return fmt.Errorf("objective: sequence %d has %d tokens, %d of them a hint; valid: 1 token and above, a hint within them", i, q.Tokens, q.Hint)
		}
		if q.Mask != nil && len(q.Mask) != q.Tokens {
			return fmt.Errorf("objective: the mask of sequence %d has %d values; valid: one for each of its %d tokens", i, len(q.Mask), q.Tokens)
		}
		for _, c := range []struct {
			name   string
			values []float64
			needed bool
		}{
			{"log-probs", q.LogProb, needs.LogProb}, {"old log-probs", q.Old, needs.Old && !q.Demonstration},
			{"reference log-probs", q.Reference, needs.Reference && !q.Demonstration}, {"entropies", q.Entropy, needs.Entropy},
			{"values", q.Value, needs.Value}, {"old values", q.OldValue, needs.OldValue}, {"advantages", q.Advantage, false}, {"returns", q.Return, false},
		} {
			if n := len(c.values); n != q.Tokens && (c.needed && q.counts() || c.values != nil) {
				return fmt.Errorf("objective: sequence %d has %d %s; valid: one for each of its %d tokens", i, n, c.name, q.Tokens)
			}
		}
	}
	return nil
}

// uses tells whether the objective reads the field at a path.
func (o Objective) uses(path string) bool {
	for _, u := range append([]string{"kind", "updates"}, o.Uses...) {
		if path == u || strings.HasPrefix(path, u+".") || strings.HasPrefix(u, path+".") {
			return true
		}
	}
	return false
}

// Demonstrations says which demonstrations the objective learns from beside rollouts.
func (s Settings) Demonstrations() Demonstrations { return Table[s.WithDefaults().Kind].Demonstrations }
