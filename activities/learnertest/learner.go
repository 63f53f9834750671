// Package learnertest has stand-ins for the ports of package activities, for
// tests of activities and workflows: a Learner that computes digests in place
// of weights, a Sandbox that knows linear functions only, and Sources in memory.
//
// They are deterministic in the way that the real ones must be: a policy is a
// pure function of its name, and a rollout one of its policy and its seed. So
// two histories that did the same work end with the same refs.
package learnertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"temper/activities"
	"temper/activities/liveness"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/compute"
	"temper/model/dataset"
	"temper/model/objective"
	"temper/model/recipe"
	"temper/model/rollout"
)

// Op names a method of Learner or Sandbox, for hooks.
type Op string

// The operations that a hook can stand in front of.
const (
	OpInitial     Op = "initial"
	OpTrain       Op = "train"
	OpSample      Op = "sample"
	OpAdvance     Op = "advance"
	OpSave        Op = "save"
	OpPublish     Op = "publish"
	OpGrade       Op = "grade"
	OpActivations Op = "activations"
)

// Learner is an activities.Learner without a model. The zero value is not usable; see New.
type Learner struct {
	// Entropy is that of every token of the response with a seed, of a policy with so many updates.
	Entropy func(seed uint64, updates int, temperature float64) float64
	// Correct and Cut say whether a response is right and whether it runs into its budget.
	Correct func(seed uint64, updates int) bool
	Cut     func(seed uint64) bool
	// Knows, if not nil, says of which prompts every response is right.
	Knows func(prompt string) bool

	store objectstore.Store
	hooks
}

// Entropy is a quarter of the temperature.
func Entropy(_ uint64, _ int, temperature float64) float64 { return 0.25 * temperature }

// New returns a learner that keeps its policies in store.
func New(store objectstore.Store) *Learner {
	return &Learner{Entropy: Entropy, Correct: Correct, Cut: Cut, store: store, hooks: hooks{calls: map[Op]int{}}}
}

// weights stand in for a model: how often it was updated, and a digest of all that it was updated with.
type weights struct {
	Updates int    `json:"updates"`
	Digest  string `json:"digest"`
	// Tokenizer and Config are the checkpoint's.
	Tokenizer artifact.Ref    `json:"tokenizer"`
	Config    json.RawMessage `json:"config"`
}

// updated returns the weights after one update with a batch.
func (w weights) updated(batch any) (weights, error) {
	digest, err := artifact.Digest([]any{w.Digest, batch})
	return weights{w.Updates + 1, digest, w.Tokenizer, w.Config}, err
}

// Initial makes the checkpoint of a model that was never updated.
func (l *Learner) Initial(ctx context.Context, spec activities.InitialModel) (artifact.Ref, error) {
	if err := l.begin(ctx, OpInitial); err != nil {
		return artifact.Ref{}, err
	}
	if !spec.Parent.IsZero() {
		return spec.Parent, nil
	}
	digest, err := artifact.Digest(spec)
	if err != nil {
		return artifact.Ref{}, err
	}
	config, err := configOf(spec)
	if err != nil {
		return artifact.Ref{}, err
	}
	return l.put(ctx, weights{0, digest, spec.Tokenizer, config}, artifact.Policy{}, artifact.Ref{})
}

// configOf is the base model's config.json, or the recipe's model in its terms.
func configOf(spec activities.InitialModel) (json.RawMessage, error) {
	if spec.Base != nil {
		return spec.Base.ConfigJSON, nil
	}
	type model recipe.Model
	return json.Marshal(struct {
		model
		VocabSize int `json:"vocab_size"`
	}{model(spec.Model), spec.VocabSize})
}

// Batches are the batches of a segment that is in memory.
func Batches(all ...[]dataset.Tokenized) activities.Batches {
	return activities.Batches{Len: len(all), At: func(_ context.Context, update int) ([]dataset.Tokenized, error) { return all[update], nil }}
}

// TrainSFT updates once per batch.
func (l *Learner) TrainSFT(ctx context.Context, from artifact.Policy, s activities.SFTSegment, between func(activities.SFTStats, activities.SaveFunc) error) (artifact.Ref, activities.SFTStats, error) {
	var stats activities.SFTStats
	if err := l.begin(ctx, OpTrain); err != nil {
		return artifact.Ref{}, stats, err
	}
	w, err := l.resolve(ctx, from)
	if err != nil {
		return artifact.Ref{}, stats, err
	}
	save := func(ctx context.Context) (artifact.Ref, error) { return l.put(ctx, w, s.Parent(from), s.Made) }
	for i := range s.Batches.Len {
		if between != nil && i > 0 {
			if err := between(stats, save); err != nil {
				return artifact.Ref{}, stats, err
			}
		}
		if err := ctx.Err(); err != nil {
			if between != nil && i > 0 {
				err = errors.Join(err, between(stats, save))
			}
			return artifact.Ref{}, stats, err
		}
		batch, err := s.Batches.At(ctx, i)
		if err != nil {
			return artifact.Ref{}, stats, err
		}
		if w, err = w.updated([]any{s.FirstUpdate + i, s.Updates, s.ResetOptimizer && i == 0, s.Optimizer, batch}); err != nil {
			return artifact.Ref{}, stats, err
		}
		for _, e := range batch {
			tokens := int64(e.Len())
			stats.Tokens, stats.Slots = stats.Tokens+tokens, stats.Slots+tokens
			stats.Trained = stats.Trained.Plus(compute.Row(float64(tokens), float64(len(e.Response))))
		}
		stats.Loss = append(stats.Loss, 4/float64(1+w.Updates))
		stats.GradNorm = append(stats.GradNorm, 1)
		stats.LearningRate = append(stats.LearningRate, s.Optimizer.LearningRate)
		liveness.Done(ctx)
	}
	ref, err := save(ctx)
	return ref, stats, err
}

// Advance reads the stored update with its rollouts and verdicts and weighs them as a real learner does.
func (l *Learner) Advance(ctx context.Context, p artifact.Policy, update artifact.Ref) (activities.UpdateStats, error) {
	if err := l.begin(ctx, OpAdvance); err != nil {
		return activities.UpdateStats{}, err
	}
	w, err := l.resolve(ctx, p)
	if err != nil {
		return activities.UpdateStats{}, err
	}
	_, stats, err := l.apply(ctx, w, update)
	return stats, err
}

// Save stores a policy as a checkpoint.
func (l *Learner) Save(ctx context.Context, p artifact.Policy) (artifact.Ref, error) {
	if err := l.begin(ctx, OpSave); err != nil {
		return artifact.Ref{}, err
	}
	w, err := l.resolve(ctx, p)
	if err != nil {
		return artifact.Ref{}, err
	}
	return l.put(ctx, w, p, artifact.Ref{})
}

// Publish stores nothing that a Learner without a model could not have otherwise: it names the policy.
func (l *Learner) Publish(ctx context.Context, p artifact.Policy) (artifact.Ref, error) {
	if err := l.begin(ctx, OpPublish); err != nil {
		return artifact.Ref{}, err
	}
	return l.store.Put(ctx, []byte("weights of "+p.Name()))
}

// Activations are numbers that depend on the policy and the prompts: two layers of three.
func (l *Learner) Activations(ctx context.Context, p artifact.Policy, prompts [][]int32, _ recipe.Numerics) ([][][]float64, error) {
	if err := l.begin(ctx, OpActivations); err != nil {
		return nil, err
	}
	w, err := l.resolve(ctx, p)
	if err != nil {
		return nil, err
	}
	out := make([][][]float64, len(prompts))
	for i, prompt := range prompts {
		for layer := range 2 {
			state := make([]float64, 3)
			for k := range state {
				state[k] = float64((1+layer*w.Updates)*(i+1)*(k+1)%7) + float64(len(prompt))
			}
			out[i] = append(out[i], state)
		}
	}
	return out, nil
}

// Updates is how many updates went into a policy, supervised ones included.
func (l *Learner) Updates(ctx context.Context, p artifact.Policy) (int, error) {
	w, err := l.resolve(ctx, p)
	return w.Updates, err
}

// resolve derives a policy from its name.
func (l *Learner) resolve(ctx context.Context, p artifact.Policy) (weights, error) {
	data, err := l.store.Get(ctx, p.Checkpoint)
	if err != nil {
		return weights{}, err
	}
	c, err := checkpoint.Decode(data)
	if err != nil {
		return weights{}, err
	}
	if data, err = l.store.Get(ctx, c.Weights[0]); err != nil {
		return weights{}, err
	}
	var w weights
	if err := json.Unmarshal(data, &w); err != nil {
		return weights{}, fmt.Errorf("weights: %w", err)
	}
	for _, update := range p.Updates {
		if w, _, err = l.apply(ctx, w, update); err != nil {
			return weights{}, err
		}
	}
	return w, nil
}

// apply updates once with a stored batch.
func (l *Learner) apply(ctx context.Context, w weights, ref artifact.Ref) (weights, activities.UpdateStats, error) {
	update, whole, err := activities.ReadUpdate(ctx, l.store, ref)
	if err != nil {
		return w, activities.UpdateStats{}, err
	}
	read := whole.Learnt(update)
	batch := read.Sequences(update)
	addCarriers(batch)
	batch, summary, err := objective.Prepare(update.Objective, batch)
	if err != nil {
		return w, activities.UpdateStats{}, err
	}
	result, err := objective.Evaluate(update.Objective, batch)
	if err != nil {
		return w, activities.UpdateStats{}, err
	}
	gave, err := whole.Signal(update, summary)
	if err != nil {
		return w, activities.UpdateStats{}, err
	}
	var tokens int64
	var trained compute.Pass
	for i, e := range read.Examples() {
		if slices.ContainsFunc(result.DLogProb[i], func(d float64) bool { return d != 0 }) {
			tokens += int64(e.Len())
			trained = trained.Plus(compute.Row(float64(e.Len()), float64(len(e.Response))))
		}
	}
	w, err = w.updated([]any{update, result.DLogProb})
	stats := activities.UpdateStats{
		Loss: result.Loss, LearningRate: update.Optimizer.LearningRate, Signal: gave, TrainedSlots: tokens,
		Rollouts: rollout.Summarize(whole.Rollouts), Trained: trained,
	}
	stats.Signal.Terms = result.Stats
	if stats.Signal.TrainedTokens = tokens; tokens > 0 {
		stats.Signal.GradNorm = 1
	}
	return w, stats, err
}

// addCarriers gives a batch what a policy that never changes would say of it.
func addCarriers(b objective.Batch) {
	for i := range b.Sequences {
		q := &b.Sequences[i]
		zeros := make([]float64, q.Tokens)
		if q.Old == nil { // a demonstration
			q.Old = zeros
		}
		q.LogProb, q.Reference, q.Entropy, q.Value, q.OldValue = q.Old, q.Old, zeros, zeros, zeros
	}
}

// put stores a checkpoint whose content depends on the policy and its parent alone.
func (l *Learner) put(ctx context.Context, w weights, parent artifact.Policy, made artifact.Ref) (artifact.Ref, error) {
	data, err := json.Marshal(w)
	if err != nil {
		return artifact.Ref{}, err
	}
	model, err := l.store.Put(ctx, data)
	if err != nil {
		return artifact.Ref{}, err
	}
	optimizer, err := l.store.Put(ctx, []byte("moments of "+w.Digest))
	if err != nil {
		return artifact.Ref{}, err
	}
	c := checkpoint.Checkpoint{Config: w.Config, Tokenizer: w.Tokenizer, Weights: []artifact.Ref{model}, Optimizer: []artifact.Ref{optimizer}, Parent: parent, Made: made}
	if data, err = c.Encode(); err != nil {
		return artifact.Ref{}, err
	}
	return l.store.Put(ctx, data)
}
