package activities

import (
	"bytes"
	"context"
	"maps"

	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/reward/domain"
	"temper/model/source"
	"temper/model/tokenizer"
	"temper/model/tokenizer/chat"
)

// PrepareDataInput asks for one dataset of the recipe.
type PrepareDataInput struct {
	Run        artifact.RunID `json:"run"`
	Name       string         `json:"name"`
	Dataset    recipe.Dataset `json:"dataset"`
	Seed       uint64         `json:"seed"`
	Prompt     recipe.Prompt  `json:"prompt"`
	Vocabulary artifact.Ref   `json:"vocabulary"`
	// Domain is that of the stages and benchmarks that use the dataset, "" if none does.
	Domain recipe.Domain `json:"domain"`
	// Asked says that its problems have nothing to judge by, and are only asked, of a teacher.
	Asked bool `json:"asked,omitempty"`
	// Label is the longest text that stages and benchmarks put at the end of a prompt.
	Label string `json:"label,omitempty"`
	// Said is what rules of curation read of its rows.
	Said recipe.Said `json:"said,omitzero"`
	// MaxExampleTokens is the longest example that the supervised stages take; 0 if none uses the dataset.
	MaxExampleTokens int `json:"max_example_tokens"`
	// MaxPromptTokens is the longest prompt that leaves room for every response budget.
	MaxPromptTokens int `json:"max_prompt_tokens"`
}

// Dataset is a prepared dataset: what later activities read, and how many there are.
type Dataset struct {
	Problems    artifact.Ref `json:"problems,omitzero"`
	NumProblems int          `json:"num_problems"`
	Examples    artifact.Ref `json:"examples,omitzero"`
	NumExamples int          `json:"num_examples"`
	// ProblemShards and ExampleShards are how many blobs hold them where that is more than one.
	ProblemShards int `json:"problem_shards,omitempty"`
	ExampleShards int `json:"example_shards,omitempty"`
	// Tallies say how a teacher's responses were judged, where a rule of curation asks for it.
	Tallies artifact.Ref `json:"tallies,omitzero"`
	// Dropped counts the records that were longer than the recipe's limits.
	Dropped int `json:"dropped"`
}

// PreparedDataset is a dataset with its record, which is no part of what later work is given.
type PreparedDataset struct {
	Dataset
	Recorded
}

// Digest is by what a dataset is named: the SHA-256 of its problems or, where it has none, of its examples.
func (d Dataset) Digest() string {
	if !d.Problems.IsZero() {
		return d.Problems.SHA256
	}
	return d.Examples.SHA256
}

// PrepareData generates or reads a dataset, checks that every problem holds what its
// domain judges by and that the vocabulary can say all of it, drops what is longer than
// the recipe's limits, and stores it.
func (a *Activities) PrepareData(ctx context.Context, in PrepareDataInput) (PreparedDataset, error) {
	t := task{artifact.Manifest{Kind: artifact.KindDataset, Run: in.Run, Name: in.Name}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		return a.prepareData(ctx, in, m)
	})
	if err != nil {
		return PreparedDataset{}, classify(ctx, "prepare data."+in.Name, err)
	}
	return PreparedDataset{datasetOf(m), Recorded{m.Link}}, nil
}

// datasetOf is the dataset that a manifest records.
func datasetOf(m artifact.Manifest) Dataset {
	return Dataset{
		Problems: m.Outputs[artifact.OutputProblems], NumProblems: int(m.Metrics[artifact.MetricNumProblems]),
		Examples: m.Outputs[artifact.OutputExamples], NumExamples: int(m.Metrics[artifact.MetricNumExamples]),
		ProblemShards: int(m.Metrics[artifact.MetricProblemShards]), ExampleShards: int(m.Metrics[artifact.MetricExampleShards]),
		Tallies: m.Outputs[artifact.OutputTallies], Dropped: int(m.Metrics[artifact.MetricDropped]),
	}
}

func (a *Activities) prepareData(ctx context.Context, in PrepareDataInput, m *artifact.Manifest) error {
	v, err := a.vocabulary(ctx, in.Vocabulary)
	if err != nil {
		return err
	}
	for _, label := range []string{in.Prompt.Labels.Correct, in.Prompt.Labels.Incorrect} {
		if _, err := v.tok.Encode(label); err != nil {
			return UserErrorf("prompt.labels has %q, which the tokenizer cannot write: %v", label, err)
		}
	}
	p := newPreparing(in, v, a.datasetWriter(in.Dataset.ShardRows))
	keep := func(problems []dataset.Problem, examples []dataset.Example) error {
		return p.keep(ctx, problems, examples)
	}
	load := func() error { return a.load(ctx, in, v, p.left, keep) }
	if in.Dataset.Made != nil {
		load = func() error { return a.loadMade(ctx, in, m, keep) }
	}
	if err := load(); err != nil {
		return err
	}
	if err := p.checkAny(); err != nil {
		return err
	}
	if err := p.said.check(in, p.problems); err != nil {
		return err
	}
	m.Outputs = map[string]artifact.Ref{}
	m.Metrics = map[string]float64{artifact.MetricDropped: float64(p.all() - p.left.unwritten - p.kept())}
	if err := p.out.close(ctx, m); err != nil {
		return err
	}
	maps.Copy(m.Metrics, p.lengths())
	p.left.record(m)
	p.golds.record(m)
	return nil
}

// putOutput stores data and names it in the manifest; empty data is left out.
func (a *Activities) putOutput(ctx context.Context, m *artifact.Manifest, name string, data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	ref, err := a.Store.Put(ctx, data)
	if err != nil {
		return err
	}
	m.Outputs[name] = ref
	return nil
}

// load generates the dataset or reads its files, gives keep the records as they come and counts
// the rows that are left out.
func (a *Activities) load(ctx context.Context, in PrepareDataInput, v Vocabulary, left *leftOut, keep keepRecords) error {
	from, err := source.Of(in.Dataset)
	if err != nil {
		return UserErrorf("data.%s: %v", in.Name, err)
	}
	frame, err := promptFrame(in.Prompt, in.Domain, v.tok)
	if err != nil {
		return err
	}
	frame.Asked, frame.Said = in.Asked, in.Said
	frame.LeftOut, frame.Skipped = func(reason string) { left.unjudged[reason]++ }, left.skip
	frame.Unselected = func() { left.unselected++ }
	if !from.IsFile() {
		problems, examples, err := from.Generate(in.Name, in.Dataset, frame, in.Seed)
		if err != nil {
			return UserErrorf("data.%s: %v", in.Name, err)
		}
		if err := checkGenerated(in, problems); err != nil {
			return err
		}
		return keep(problems, examples)
	}
	return a.loadFiles(ctx, in, frame, keep)
}

// checkGenerated asks the dataset's domain about problems that no file has.
func checkGenerated(in PrepareDataInput, problems []dataset.Problem) error {
	if in.Domain == "" {
		return nil
	}
	d, err := domain.Of(in.Domain)
	if err != nil {
		return err
	}
	for _, p := range problems {
		if err := d.Check(p); err != nil {
			return UserErrorf("data.%s: problem %s: %v", in.Name, p.ID, err)
		}
	}
	return nil
}

// promptFrame is the recipe's frame for a domain with the tokenizer's chat template.
func promptFrame(p recipe.Prompt, of recipe.Domain, tok tokenizer.Tokenizer) (source.Frame, error) {
	frame := source.TokenFrame()
	if p.Format != recipe.PromptTokens {
		frame = source.Frame{Prompt: p.Texts(), Reserved: tok.Special()}
	}
	frame.Domain = of
	if frame.Format != recipe.PromptChat {
		return frame, nil
	}
	template, err := chat.Load(tok.Files())
	if err != nil {
		return frame, UserErrorf("prompt.format is %q: %v", p.Format, err)
	}
	settings, err := chat.NewSettings(p.Variables, p.Date)
	if err == nil {
		template, err = template.With(settings)
	}
	if err != nil {
		return frame, UserErrorf("prompt: %v", err)
	}
	frame.Chat = func(system, user string) (string, error) {
		return template.Render(chat.Conversation(system, user), nil, true)
	}
	return frame, nil
}
