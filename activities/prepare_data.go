package activities

import (
	"bytes"
	"context"
	"fmt"

	"temper/activities/liveness"
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

// PrepareData generates or reads a dataset, checks that every problem holds what its
// domain judges by and that the vocabulary can say all of it, drops what is longer than
// the recipe's limits, and stores it.
func (a *Activities) PrepareData(ctx context.Context, in PrepareDataInput) (Dataset, error) {
	t := task{artifact.Manifest{Kind: artifact.KindDataset, Run: in.Run, Name: in.Name}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		return a.prepareData(ctx, in, m)
	})
	if err != nil {
		return Dataset{}, classify(ctx, "prepare data."+in.Name, err)
	}
	return datasetOf(m), nil
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
	left := newLeftOut()
	problems, examples, err := a.load(ctx, in, v, left)
	if err != nil {
		return err
	}
	all, unused := len(problems)+len(examples), len(problems) == 0 && in.MaxExampleTokens == 0
	switch {
	case all > 0: // a file has a record at least
	case left.unselected > 0 && len(left.unjudged) == 0:
		return UserErrorf("data.%s: none of the %d rows of %s is selected by since and ids", in.Name, left.unselected, in.Dataset.URI)
	case len(left.unjudged) > 0:
		return UserErrorf("data.%s: no program can be judged by any row of %s: %s", in.Name, in.Dataset.URI, counted(left.unjudged))
	default:
		return UserErrorf("data.%s.calculations leave out all of %s: none is of whole numbers up to max_number %d that stand in its prompt",
			in.Name, in.Dataset.URI, in.Dataset.Calculations.MaxNumber)
	}
	if problems, err = keepProblems(ctx, v.tok, in, problems, left); err != nil {
		return err
	}
	if examples, err = keepExamples(ctx, v, in, examples, left); err != nil {
		return err
	}
	if len(problems)+len(examples) == 0 && !unused {
		return UserErrorf("data.%s: none of its %d records fits the recipe's token limits (examples %d, prompts %d)",
			in.Name, all, in.MaxExampleTokens, in.MaxPromptTokens)
	}
	m.Outputs = map[string]artifact.Ref{}
	m.Metrics = map[string]float64{artifact.MetricDropped: float64(all - left.unwritten - len(problems) - len(examples))}
	if err := a.putDataset(ctx, m, problems, examples); err != nil {
		return err
	}
	left.record(m)
	if in.Asked {
		return nil
	}
	return readGolds(ctx, in.Domain, problems, m)
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

// slowestBytes is how many bytes of a file are read as records in a second, at least.
const slowestBytes = 1 << 20

// load generates the dataset or reads its files, and counts the rows that are left out.
func (a *Activities) load(ctx context.Context, in PrepareDataInput, v Vocabulary, left *leftOut) ([]dataset.Problem, []dataset.Example, error) {
	from, err := source.Of(in.Dataset)
	if err != nil {
		return nil, nil, UserErrorf("data.%s: %v", in.Name, err)
	}
	frame, err := promptFrame(in.Prompt, in.Domain, v.tok)
	if err != nil {
		return nil, nil, err
	}
	frame.Asked, frame.Said = in.Asked, in.Said
	frame.LeftOut, frame.Skipped = func(reason string) { left.unjudged[reason]++ }, left.skip
	frame.Unselected = func() { left.unselected++ }
	if !from.IsFile() {
		problems, examples, err := from.Generate(in.Name, in.Dataset, frame, in.Seed)
		if err != nil {
			return nil, nil, UserErrorf("data.%s: %v", in.Name, err)
		}
		return problems, examples, checkGenerated(in, problems)
	}
	return a.loadFiles(ctx, in, frame)
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

func keepProblems(ctx context.Context, tok tokenizer.Tokenizer, in PrepareDataInput, problems []dataset.Problem, left *leftOut) ([]dataset.Problem, error) {
	kept := problems[:0]
	for i, p := range problems {
		liveness.Done(ctx)
		asked := p
		asked.Prompt += in.Label
		ids, err := dataset.PromptTokens(tok, asked)
		if err != nil {
			err = fmt.Errorf("problem %d: %w", i+1, err)
			if err := left.unwritable(in, err); err != nil {
				return nil, err
			}
			continue
		}
		if len(ids) <= in.MaxPromptTokens {
			kept = append(kept, p)
		}
	}
	return kept, nil
}

func keepExamples(ctx context.Context, v Vocabulary, in PrepareDataInput, examples []dataset.Example, left *leftOut) ([]dataset.Example, error) {
	if in.MaxExampleTokens == 0 { // a file may hold examples that no stage uses
		return nil, nil
	}
	kept := examples[:0]
	for i, e := range examples {
		liveness.Done(ctx)
		t, err := dataset.Tokenize(v.tok, v.End, e)
		if err != nil {
			err = fmt.Errorf("example %d: %w", i+1, err)
			if err := left.unwritable(in, err); err != nil {
				return nil, err
			}
			continue
		}
		if t.Len() <= in.MaxExampleTokens {
			kept = append(kept, e)
		}
	}
	return kept, nil
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
