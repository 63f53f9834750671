package recipe

import (
	"cmp"
	"strings"
)

// Solved leaves out of an RL stage, as it goes through its dataset, the problems that every rollout solves
// (AceReason-Nemotron 1.1 §3, second code stage: after the first epoch what every rollout of the previous
// epoch's checkpoint solved leaves). An epoch is a pass over what is left then, in a new order; it
// ends with the policy step that draws its last problem, and that step's batch is filled up from
// the front of another order. Where fewer than problems_per_step problems are left, a step takes all of
// them. Where none is left the stage ends, with a remark.
type Solved struct {
	// Drop is "each_epoch": at the end of every epoch but the stage's last, or "first_epoch": after the first alone.
	Drop SolvedDrop `json:"drop,omitempty"`
	// By is whose rollouts decide: "checkpoint" (or "": Samples new ones of every problem that is left, with the policy
	// at the epoch's end, which becomes a durable checkpoint) or "rollouts" (the epoch's own, which
	// cost nothing and are of all the policies that the epoch had).
	By SolvedBy `json:"by,omitempty"`
	// Samples, Temperature, MaxResponseTokens and Shards are of the new rollouts. Left out, they are the stage's:
	// its group size, the temperature of the epoch that ended, its budget and its shards.
	Samples           int     `json:"samples,omitempty"`
	Temperature       float64 `json:"temperature,omitempty"`
	MaxResponseTokens int     `json:"max_response_tokens,omitempty"`
	Shards            int     `json:"shards,omitempty"`
}

// On says whether problems leave.
func (s Solved) On() bool { return s.Drop != "" }

// SolvedDrop is when problems leave.
type SolvedDrop string

// When problems leave: see Solved.
const (
	SolvedEachEpoch  SolvedDrop = "each_epoch"
	SolvedFirstEpoch SolvedDrop = "first_epoch"
)

func (SolvedDrop) words() []string { return texts(SolvedEachEpoch, SolvedFirstEpoch) }

// SolvedBy is whose rollouts decide which problems leave.
type SolvedBy string

// Whose rollouts decide: see Solved.
const (
	SolvedByCheckpoint SolvedBy = "checkpoint"
	SolvedByRollouts   SolvedBy = "rollouts"
)

func (SolvedBy) words() []string { return texts(SolvedByCheckpoint, SolvedByRollouts) }

// fillSolved puts what a stage gives in the place of what its solved block leaves out. (The temperature is
// that of the epoch, which no number says.)
func (r *Recipe) fillSolved() {
	for _, stage := range r.Stages {
		if stage.RL == nil || !stage.RL.Solved.On() {
			continue
		}
		s := &stage.RL.Solved
		if s.By = cmp.Or(s.By, SolvedByCheckpoint); s.By != SolvedByCheckpoint {
			continue
		}
		s.Samples = cmp.Or(s.Samples, stage.RL.GroupSize)
		s.MaxResponseTokens = cmp.Or(s.MaxResponseTokens, stage.RL.MaxResponseTokens)
		s.Shards = cmp.Or(s.Shards, stage.RL.Shards)
	}
}

// solvedSource is where the value of a path of a solved block comes from where the recipe leaves it out; "" for other paths.
func solvedSource(path string) string {
	at, field, found := strings.Cut(path, ".solved.")
	if !found || !strings.HasPrefix(at, "stages.") {
		return ""
	}
	switch field {
	case "by":
		return "default: AceReason-Nemotron 1.1 §3, the previous epoch's checkpoint"
	case "samples":
		return "default: the stage's group_size; how many is not printed"
	case "max_response_tokens", "shards":
		return "default: the stage's"
	}
	return ""
}

// solved checks what leaves of a stage's problems, which data gives.
func (v *validator) solved(at string, s RL, data Dataset) {
	d := s.Solved
	if d.By != "" {
		v.word(at+"by", d.By)
	}
	if !d.On() {
		v.check(at+"drop", d == Solved{}, "is absent, but there are other fields; valid: %s", strings.Join(SolvedDrop("").words(), ", "))
		return
	}
	v.word(at+"drop", d.Drop)
	if d.By == SolvedByRollouts {
		v.check(at+"by", d == Solved{Drop: d.Drop, By: d.By}, "is %q, which samples nothing; valid: without samples, temperature, max_response_tokens and shards", d.By)
		return
	}
	v.atLeast(at+"samples", d.Samples, 1)
	v.check(at+"temperature", d.Temperature >= 0, "is %g; valid: above 0, or absent", d.Temperature)
	v.budget(at+"max_response_tokens", d.MaxResponseTokens, v.longestPromptOf(data, s.Label))
	v.shards(at+"shards", d.Shards)
}
