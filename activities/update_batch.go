package activities

import (
	"context"
	"fmt"
	"slices"

	"temper/activities/rows"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/objective"
	"temper/model/reward"
	"temper/model/rollout"
	"temper/model/signal"
)

// Batch is what an Update names, read: its rollouts, and the verdict on each.
type Batch struct {
	Rollouts []rollout.Rollout
	Verdicts []reward.Record
	// Groups tells the rollouts of one problem in one shard from all others.
	Groups []int
	// Demonstrations are learnt from beside the rollouts.
	Demonstrations []Demonstration
}

// ReadUpdate reads a stored Update and its batch.
func ReadUpdate(ctx context.Context, store rows.Blobs, ref artifact.Ref) (Update, Batch, error) {
	data, err := store.Get(ctx, ref)
	if err != nil {
		return Update{}, Batch{}, err
	}
	u, err := DecodeUpdate(data)
	if err != nil {
		return Update{}, Batch{}, err
	}
	var batch Batch
	for i, shard := range u.Shards {
		if data, err = store.Get(ctx, shard.Rollouts); err != nil {
			return u, Batch{}, err
		}
		rollouts, err := rollout.Decode(data)
		if err != nil {
			return u, Batch{}, err
		}
		if data, err = store.Get(ctx, shard.Verdicts); err != nil {
			return u, Batch{}, err
		}
		verdicts, err := reward.Decode(data)
		if err != nil {
			return u, Batch{}, err
		}
		if len(verdicts) != len(rollouts) {
			return u, Batch{}, fmt.Errorf("shard %d has %d rollouts but %d verdicts", i, len(rollouts), len(verdicts))
		}
		batch.addGroups(rollouts)
		batch.Rollouts, batch.Verdicts = append(batch.Rollouts, rollouts...), append(batch.Verdicts, verdicts...)
	}
	if !u.Demonstrations.IsZero() {
		if data, err = store.Get(ctx, u.Demonstrations); err != nil {
			return u, Batch{}, err
		}
		if batch.Demonstrations, err = decodeDemonstrations(data); err != nil {
			return u, Batch{}, err
		}
	}
	return u, batch, nil
}

// addGroups numbers the groups of a further shard.
func (b *Batch) addGroups(shard []rollout.Rollout) {
	next := 0
	if n := len(b.Groups); n > 0 {
		next = slices.Max(b.Groups) + 1
	}
	numbers := map[int]int{}
	for _, r := range shard {
		if _, ok := numbers[r.Problem]; !ok {
			numbers[r.Problem] = next + len(numbers)
		}
		b.Groups = append(b.Groups, numbers[r.Problem])
	}
}

// Learnt is what an update learns from: all of its batch or, with dynamic sampling, the
// first groups whose scores are not all equal. Where there are none it is all of it,
// which teaches nothing.
func (b Batch) Learnt(u Update) (learnt Batch) {
	chosen := map[int]bool{}
	for _, g := range b.groups() {
		if mixed, _ := b.mixed(g); mixed && len(chosen) < u.Informative {
			chosen[b.Groups[g[0]]] = true
		}
	}
	if len(chosen) == 0 {
		return b
	}
	problems := map[int]bool{}
	for i, g := range b.Groups {
		if chosen[g] {
			problems[b.Rollouts[i].Problem] = true
			learnt.Rollouts, learnt.Verdicts, learnt.Groups = append(learnt.Rollouts, b.Rollouts[i]), append(learnt.Verdicts, b.Verdicts[i]), append(learnt.Groups, g)
		}
	}
	for _, d := range b.Demonstrations {
		if d.Problem < 0 || problems[d.Problem] {
			learnt.Demonstrations = append(learnt.Demonstrations, d)
		}
	}
	return learnt
}

// Signal is what the whole batch of an update gives to learn from, of which stats are
// those of the prepared part that is learnt from.
func (b Batch) Signal(u Update, stats objective.Stats) (signal.Step, error) {
	step := signal.Of(stats)
	if stats.Rollouts == len(b.Rollouts) {
		return step, nil
	}
	_, all, err := objective.Prepare(objective.Settings{}, b.Sequences(u)) // for its counts: they are the same for all objectives
	whole := signal.Of(all)
	whole.Filtered, whole.Advantages = step.Filtered, step.Advantages
	return whole, err
}

// groups are the indices of the rollouts of every group, in order.
func (b Batch) groups() [][]int {
	var groups [][]int
	for i, g := range b.Groups {
		if i == 0 || g != b.Groups[i-1] {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], i)
	}
	return groups
}

// mixed tells whether two graded rollouts of a group have different scores, and
// whether any is graded.
func (b Batch) mixed(group []int) (mixed, graded bool) {
	var first float64
	for _, i := range group {
		switch r := b.Verdicts[i]; {
		case r.Verdict == reward.Ungradable:
		case !graded:
			first, graded = r.Score, true
		case r.Score != first:
			mixed = true
		}
	}
	return mixed, graded
}

// Examples are the texts of Sequences, in their order: prompts, and what may be learnt
// after them.
func (b Batch) Examples() []dataset.Tokenized {
	var all []dataset.Tokenized
	for _, r := range b.Rollouts {
		all = append(all, dataset.Tokenized{Prompt: r.Prompt[:len(r.Prompt)-r.Hint], Response: r.Answer()})
	}
	for _, d := range b.Demonstrations {
		all = append(all, d.Tokenized)
	}
	return all
}

// Sequences are the batch as an objective reads it: the rollouts, of which a group is
// a problem's and Old are the log-probabilities that they were sampled with, and then
// the demonstrations.
func (b Batch) Sequences(u Update) objective.Batch {
	out := objective.Batch{Budget: u.ResponseBudget, Step: u.Step + 1}
	problems := map[int]int{}
	for i, r := range b.Rollouts {
		problems[r.Problem] = b.Groups[i]
		q := objective.Sequence{
			Group: b.Groups[i], Correct: b.Verdicts[i].Verdict == reward.Correct, Graded: b.Verdicts[i].Verdict != reward.Ungradable,
			Score: b.Verdicts[i].Score, Truncated: r.Truncated(), Tokens: r.Hint + len(r.Response), Hint: r.Hint,
			Old: make([]float64, r.Hint+len(r.Response)),
		}
		for t, p := range r.LogProbs {
			q.Old[r.Hint+t] = float64(p)
		}
		out.Sequences = append(out.Sequences, q)
	}
	out.Sequences = append(out.Sequences, sequences(b.Demonstrations, problems, b.Groups)...)
	return out
}
