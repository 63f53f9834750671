package activities

import (
	"context"
	"fmt"
	"unicode/utf8"

	"temper/activities/liveness"
	"temper/model/artifact"
	"temper/model/collection"
	"temper/model/dataset"
	"temper/model/recipe"
)

// CollectExamplesInput asks for the dataset that a stage keeps of its judged rollouts.
type CollectExamplesInput struct {
	Run        artifact.RunID    `json:"run"`
	Stage      string            `json:"stage"`
	Settings   recipe.Collect    `json:"settings"`
	Labels     recipe.Labels     `json:"labels,omitzero"`
	Vocabulary artifact.Ref      `json:"vocabulary"`
	Dataset    artifact.Ref      `json:"dataset"`
	Shards     List[ScoredShard] `json:"shards"`
	// Demonstrations are the examples that unsolved problems take theirs from.
	Demonstrations artifact.Ref `json:"demonstrations,omitzero"`
	// Before are the examples that the dataset has held so far, for a stage that adds to them.
	Before artifact.Ref `json:"before,omitzero"`
	// MaxExampleTokens is the longest example that the supervised stages take; 0 if none uses the dataset.
	MaxExampleTokens int `json:"max_example_tokens"`
}

// Collected is the dataset, and what of this stage's responses came into it.
type Collected struct {
	Dataset Dataset          `json:"dataset"`
	Stats   collection.Stats `json:"stats"`
	Recorded
}

const (
	inputBefore         = "before"
	inputDemonstrations = "demonstrations"
)

// CollectExamples keeps some of a stage's judged rollouts as a dataset of examples,
// and leaves out what is longer than the supervised stages take or cannot be written
// as text that the vocabulary reads.
func (a *Activities) CollectExamples(ctx context.Context, in CollectExamplesInput) (Collected, error) {
	t := task{artifact.Manifest{Kind: artifact.KindDataset, Run: in.Run, Stage: in.Stage, Name: in.Settings.Into}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		return a.collectExamples(ctx, in, m)
	})
	if err != nil {
		return Collected{}, classify(ctx, fmt.Sprintf("collect %s in %s", in.Settings.Into, in.Stage), err)
	}
	return Collected{
		Dataset: datasetOf(m), Recorded: Recorded{m.Link},
		Stats: collection.FromMetrics(m.Metrics),
	}, nil
}

func (a *Activities) collectExamples(ctx context.Context, in CollectExamplesInput, m *artifact.Manifest) error {
	v, err := a.vocabulary(ctx, in.Vocabulary)
	if err != nil {
		return err
	}
	shards, err := whole(ctx, a.Store, in.Shards)
	if err != nil {
		return err
	}
	judged, err := a.judged(ctx, artifact.Ref{}, shards)
	if err != nil {
		return err
	}
	problems, err := a.problemsAt(ctx, in.Dataset, problemsOf(judged.rollouts))
	if err != nil {
		return err
	}
	rule := collection.Rule{
		Settings: in.Settings, Labels: in.Labels, Fits: fits(ctx, v, in.MaxExampleTokens),
		ID: func(problem string, sample int) string { return fmt.Sprintf("%s/%s/%d", problem, in.Stage, sample) },
	}
	m.Inputs = map[string]artifact.Ref{inputDataset: in.Dataset}
	addShards(m.Inputs, "", shards)
	if !in.Demonstrations.IsZero() {
		if rule.Demonstrations, err = a.allExamples(ctx, in.Demonstrations); err != nil {
			return err
		}
		m.Inputs[inputDemonstrations] = in.Demonstrations
	}
	kept, stats := rule.Keep(problems, judged.responses(v))
	if !in.Before.IsZero() {
		before, err := a.allExamples(ctx, in.Before)
		if err != nil {
			return err
		}
		kept, m.Inputs[inputBefore] = collection.Union(before, kept), in.Before
	}
	m.Outputs, m.Metrics = map[string]artifact.Ref{}, stats.Metrics()
	return a.putDataset(ctx, m, nil, kept)
}

// responses are the judged rollouts as text.
func (j judged) responses(v Vocabulary) []collection.Response {
	responses := make([]collection.Response, len(j.rollouts))
	for i, r := range j.rollouts {
		said := r.Response
		if !r.Truncated() {
			said = said[:len(said)-1] // without the end-of-sequence token
		}
		responses[i] = collection.Response{
			Problem: r.Problem, Sample: r.Sample, Text: v.tok.Decode(said), Verdict: j.verdicts[i].Verdict, Truncated: r.Truncated(),
		}
	}
	return responses
}

// fits says whether supervised training can use an example: whether it is text that the
// vocabulary reads, and no longer than most tokens (0: of any length).
func fits(ctx context.Context, v Vocabulary, most int) func(dataset.Example) bool {
	return func(e dataset.Example) bool {
		liveness.Done(ctx)
		t, err := dataset.Tokenize(v.tok, v.End, e)
		return err == nil && utf8.ValidString(e.Response) && (most == 0 || t.Len() <= most)
	}
}
