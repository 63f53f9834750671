package activities

import (
	"context"
	"fmt"
	"strings"

	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/pretrained"
	"temper/model/recipe"
	"temper/model/tokenizer"
)

// InitModelInput asks for the model and the vocabulary that a run begins with.
type InitModelInput struct {
	Run artifact.RunID `json:"run"`
	// Parent is the checkpoint of another run that this one begins with; absent, it begins with Model.
	Parent    *recipe.Parent `json:"parent,omitempty"`
	Model     recipe.Model   `json:"model"`
	Tokenizer string         `json:"tokenizer"`
	// End is the token that ends a response; "" is the tokenizer's own.
	End  string `json:"end,omitempty"`
	Seed uint64 `json:"seed"`
	// Sizes are those of the run's work: a worker refuses a run whose work will not fit its memory.
	Sizes recipe.Sizes `json:"sizes,omitzero"`
}

// InitModelResult names the initial policy and the run's vocabulary.
type InitModelResult struct {
	Policy     artifact.Policy `json:"policy"`
	Vocabulary artifact.Ref    `json:"vocabulary"`
	// Remarks say what the base model has that training leaves out.
	Remarks []string `json:"remarks,omitempty"`
	Recorded
}

// InitModel makes the checkpoint that the run begins with: of a base model, all
// of whose files are checked before any tensor is read, or of random weights. A run
// with a parent begins with the parent's own checkpoint and vocabulary. Of a model that a server
// holds there is no checkpoint, and the vocabulary is that of bytes.
func (a *Activities) InitModel(ctx context.Context, in InitModelInput) (InitModelResult, error) {
	t := task{artifact.Manifest{Kind: artifact.KindCheckpoint, Run: in.Run, Name: "initial"}, in}
	if in.Model.Served != nil {
		t.manifest.Kind = artifact.KindVocabulary
	}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error {
		return a.initModel(ctx, in, m)
	})
	if err != nil {
		return InitModelResult{}, classify(ctx, "init model", err)
	}
	return InitModelResult{artifact.Policy{Checkpoint: m.Outputs[artifact.OutputCheckpoint]}, m.Outputs[artifact.OutputVocabulary], m.Remarks, Recorded{m.Link}}, nil
}

func (a *Activities) initModel(ctx context.Context, in InitModelInput, m *artifact.Manifest) error {
	if in.Parent != nil {
		return a.beginWithParent(ctx, in, m)
	}
	if in.Model.Served != nil { // there is nothing but texts
		in.Tokenizer = tokenizer.Bytes
	}
	spec := InitialModel{Model: in.Model, Seed: in.Seed, Sizes: in.Sizes}
	if in.Model.Base != "" {
		base, err := a.openBase(ctx, in.Model.Base)
		if err != nil {
			return err
		}
		defer base.Close()
		spec.Base, m.Remarks = base, base.Remarks()
	}
	tok, err := a.readTokenizer(ctx, in.Tokenizer, spec.Base)
	if err != nil {
		return err
	}
	var more []int32
	if spec.Base != nil {
		if more, err = spec.Base.EOS(); err != nil {
			return UserErrorf("model.base: %v", err)
		}
	}
	v, ref, err := PutVocabulary(ctx, a.Store, tok, in.End, more)
	if err != nil {
		return err
	}
	m.Outputs = map[string]artifact.Ref{artifact.OutputVocabulary: ref}
	if in.Model.Served != nil {
		return nil
	}
	spec.Tokenizer, spec.VocabSize = v.Tokenizer, tok.VocabSize()
	checkpoint, err := a.Learner.Initial(ctx, spec)
	if err != nil {
		return err
	}
	m.Outputs[artifact.OutputCheckpoint] = checkpoint
	return a.shapeMetrics(ctx, m, checkpoint)
}

// openBase opens a base model and checks its files' headers.
func (a *Activities) openBase(ctx context.Context, uri string) (*pretrained.Model, error) {
	folder, err := a.Sources.OpenFolder(ctx, uri)
	if err != nil {
		return nil, err
	}
	base, err := pretrained.Inspect(ctx, folder)
	if err != nil {
		return nil, a.userUnlessStore(ctx, uri, fmt.Errorf("model.base: %w", err))
	}
	return base, nil
}

// userUnlessStore makes an error about what uri names the owner's mistake, unless
// the store or the context is its cause. A local path is one of this worker's machine.
func (a *Activities) userUnlessStore(ctx context.Context, uri string, err error) error {
	if ctx.Err() != nil || objectstore.IsTransient(err) || objectstore.IsRefused(err) {
		return err
	}
	if !strings.Contains(uri, "://") {
		return UserErrorf("%v (on worker %s)", err, a.Worker)
	}
	return UserErrorf("%v", err)
}

// readTokenizer reads the tokenizer that the recipe names.
func (a *Activities) readTokenizer(ctx context.Context, name string, base *pretrained.Model) (tokenizer.Tokenizer, error) {
	var files map[string][]byte
	var err error
	switch {
	case name == tokenizer.Synthetic || name == tokenizer.Bytes:
		return tokenizer.New(name)
	case name == recipe.TokenizerBase && base == nil:
		return nil, UserErrorf(`tokenizer is "base", but the recipe has no model.base`)
	case name == recipe.TokenizerBase:
		files = base.TokenizerFiles
	default:
		if files, err = a.tokenizerFiles(ctx, name); err != nil {
			return nil, err
		}
	}
	if len(files) == 0 {
		return nil, UserErrorf("tokenizer: %s: the folder has no tokenizer; valid: one with tokenizer.json, or with vocab.json and merges.txt", name)
	}
	tok, err := tokenizer.FromFiles(files)
	if err != nil {
		return nil, UserErrorf("tokenizer: %s: %v", name, err)
	}
	return tok, nil
}

// tokenizerFiles reads the files of a folder, or the one file that uri names.
func (a *Activities) tokenizerFiles(ctx context.Context, uri string) (map[string][]byte, error) {
	if name, ok := tokenizer.SingleFile(uri); ok {
		data, err := a.Sources.ReadURI(ctx, uri)
		if err != nil {
			return nil, fmt.Errorf("tokenizer: %w", err)
		}
		return map[string][]byte{name: data}, nil
	}
	folder, err := a.Sources.OpenFolder(ctx, uri)
	if err != nil {
		return nil, err
	}
	files, err := pretrained.TokenizerFiles(ctx, folder)
	if err != nil {
		return nil, a.userUnlessStore(ctx, uri, fmt.Errorf("tokenizer: %s: %w", uri, err))
	}
	return files, nil
}
