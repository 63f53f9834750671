package learner

import (
	"context"
	"fmt"

	"temper/activities"
	"temper/model/checkpoint"
	"temper/model/compute"
	"temper/model/dataset"
	"temper/model/objective"
	"temper/model/train"
	"temper/model/transformer"
)

// tokenScores are what a policy says of a response, by token.
type tokenScores struct{ logProbs, entropies, values []float64 }

// score sees to it that scores holds what the trainer's weights say of some sequences.
func (s *policyStep) score(ctx context.Context, part []int) error {
	var missing []int
	for _, i := range part {
		if _, ok := s.scores[i]; !ok {
			missing = append(missing, i)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	scores, err := s.learner.scoresOf(ctx, s.trainer.Weights(), s.update, s.examples, missing)
	if err != nil {
		return err
	}
	s.stats.Forward = s.stats.Forward.Plus(readPass(s.examples, missing))
	if s.scores == nil {
		s.scores = map[int]tokenScores{}
	}
	for k, i := range missing {
		s.scores[i] = scores[k]
	}
	return nil
}

// scoresOf says what weights say of some responses, at the update's temperature.
func (l *Learner) scoresOf(ctx context.Context, w *transformer.Weights, u activities.Update, examples []dataset.Tokenized, part []int) ([]tokenScores, error) {
	rows := make([]train.Row, len(part))
	for k, i := range part {
		rows[k].Tokens = append(append(rows[k].Tokens, examples[i].Prompt...), examples[i].Response...)
		rows[k].Weights = make([]float32, len(rows[k].Tokens))
	}
	pace := l.pace.scoring(ctx, w.Config, rows, u.Numerics)
	defer pace.end()
	scored, err := l.graphs.engine(w.Config, u.Numerics).LogProbs(ctx, w, rows, u.Temperature, pace.trained)
	if err != nil {
		return nil, err
	}
	out := make([]tokenScores, len(part))
	for k, i := range part {
		first, n := len(examples[i].Prompt), len(examples[i].Response)
		out[k].logProbs = doubles(scored[k].LogProbs[first:][:n])
		out[k].entropies = doubles(scored[k].Entropies[first-1:][:n]) // of what the token was drawn from
		if scored[k].Values != nil {
			out[k].values = doubles(scored[k].Values[first-1:][:n])
		}
	}
	return out, nil
}

// readPass is what scoresOf reads: every token's logits are wanted.
func readPass(examples []dataset.Tokenized, part []int) compute.Pass {
	var p compute.Pass
	for _, i := range part {
		tokens := float64(examples[i].Len())
		p = p.Plus(compute.Row(tokens, tokens))
	}
	return p
}

// addReference fills the log-probabilities under the update's reference policy. The
// draft stays in memory meanwhile.
func (l *Learner) addReference(ctx context.Context, d *draft, u activities.Update, examples []dataset.Tokenized, batch objective.Batch) error {
	if u.Reference.Checkpoint.IsZero() {
		return fmt.Errorf("the update of %s step %d names no reference policy, which its objective %q needs", u.Stage, u.Step+1, u.Objective.Kind)
	}
	l.inHand = d.bytes()
	defer func() { l.inHand = nil }()
	reference, err := l.resolve(ctx, u.Reference)
	if err != nil {
		return fmt.Errorf("reference policy: %w", err)
	}
	lengths := exampleLengths(examples)
	w := reference.weights.WithValueHead(false)
	work := append(reference.bytes(), l.scoringBytes(w.Config, l.graphs.engine(w.Config, u.Numerics), lengths)...)
	if err := l.makeRoom("scoring by the reference policy", reference, work); err != nil {
		return err
	}
	scores, err := l.scoresOf(ctx, w, u, examples, all(batch))
	if err != nil {
		return err
	}
	for i := range batch.Sequences {
		batch.Sequences[i].Reference = scores[i].logProbs
	}
	return nil
}

// setValueHead gives a draft a value head of zeros, with moments of zeros, or takes
// it away: a policy has one as long as its objective does.
func (d *draft) setValueHead(has bool) error {
	w := d.weights.WithValueHead(has)
	if w == d.weights {
		return nil
	}
	config, err := checkpoint.SetValueHead(d.document.Config, has)
	if err != nil {
		return err
	}
	d.document.Config, d.weights = config, w
	d.moments = d.moments.Fit(w.Config)
	return nil
}

func chosen(examples []dataset.Tokenized, part []int) []dataset.Tokenized {
	some := make([]dataset.Tokenized, len(part))
	for k, i := range part {
		some[k] = examples[i]
	}
	return some
}

// all are the indices of a batch's sequences.
func all(b objective.Batch) []int {
	indices := make([]int, len(b.Sequences))
	for i := range indices {
		indices[i] = i
	}
	return indices
}

func doubles(values []float32) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}
