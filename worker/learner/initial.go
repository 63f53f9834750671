package learner

import (
	"context"
	"encoding/json"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/recipe"
	"temper/model/tokenizer"
	"temper/model/train"
	"temper/model/transformer"
)

// Initial makes the checkpoint of a base model or of random weights. A parent's is returned as it is.
func (l *Learner) Initial(ctx context.Context, spec activities.InitialModel) (artifact.Ref, error) {
	if !spec.Parent.IsZero() {
		_, config, err := l.document(ctx, spec.Parent)
		if err != nil {
			return artifact.Ref{}, err
		}
		return spec.Parent, l.checkRun(config, spec.Sizes)
	}
	made, err := initialModel(ctx, spec, func(c transformer.Config) error {
		if err := l.checkRun(c, spec.Sizes); err != nil {
			return err
		}
		return l.makeRoom("loading a model", nil, append(policyBytes(c, false), l.fileBytes(c)...))
	})
	if err != nil {
		return artifact.Ref{}, err
	}
	var how artifact.Ref
	if spec.Base == nil { // a base model's weights say what they are, wherever its folder lay
		document, err := json.Marshal(spec)
		if err != nil {
			return artifact.Ref{}, err
		}
		if how, err = l.store.Put(ctx, document); err != nil {
			return artifact.Ref{}, err
		}
	}
	return l.storeCheckpoint(ctx, values{made.document, made.weights, train.OptimizerState{}}, artifact.Policy{}, how)
}

// initial is a model before its first update, with what its checkpoints carry along.
type initial struct {
	document checkpoint.Checkpoint
	weights  *transformer.Weights
}

// initialModel makes it, if check has nothing against its shape.
func initialModel(ctx context.Context, spec activities.InitialModel, check func(transformer.Config) error) (initial, error) {
	made := initial{document: checkpoint.Checkpoint{Tokenizer: spec.Tokenizer}}
	if spec.Base != nil {
		err := made.load(ctx, spec, check)
		return made, err
	}
	config := configOf(spec.Model, spec.VocabSize)
	if err := config.Validate(); err != nil {
		return made, activities.UserErrorf("model: %v", err)
	}
	if err := check(config); err != nil {
		return made, err
	}
	made.document.Config = config.JSON()
	made.weights = transformer.NewWeights(config, transformer.InitSpec{
		EmbeddingStd: spec.Model.Init.EmbeddingStd, OutputGain: spec.Model.Init.OutputGain,
	}, spec.Seed)
	return made, nil
}

// load reads a base model. Everything is checked before the first tensor is read.
func (m *initial) load(ctx context.Context, spec activities.InitialModel, check func(transformer.Config) error) error {
	raw, config, err := transformer.Derive(spec.Base.ConfigJSON, transformer.Changes{
		MaxPositionEmbeddings: spec.Model.MaxPositionEmbeddings, RopeTheta: spec.Model.RopeTheta,
	})
	if err != nil {
		return activities.UserErrorf("model.base: %v", err)
	}
	if err := tokenizer.CheckFit(spec.VocabSize, config.VocabSize); err != nil {
		return activities.UserErrorf("model.base: %v", err)
	}
	if err := check(config); err != nil {
		return err
	}
	m.document.Config, m.document.GenerationConfig = raw, spec.Base.GenerationConfig
	m.weights, err = transformer.LoadWeights(ctx, config, spec.Base)
	if err != nil && ctx.Err() == nil && !objectstore.IsTransient(err) && !objectstore.IsRefused(err) {
		return activities.UserErrorf("model.base: %v", err)
	}
	return err
}

// configOf is a recipe's model in the terms of config.json.
func configOf(m recipe.Model, vocabSize int) transformer.Config {
	return transformer.Config{
		ModelType: "qwen2", HiddenAct: "silu", Architectures: []string{"Qwen2ForCausalLM"},
		VocabSize: vocabSize, HiddenSize: m.HiddenSize, IntermediateSize: m.IntermediateSize,
		NumHiddenLayers: m.NumHiddenLayers, NumAttentionHeads: m.NumAttentionHeads, NumKeyValueHeads: m.NumKeyValueHeads,
		MaxPositionEmbeddings: m.MaxPositionEmbeddings, RopeTheta: m.RopeTheta, RMSNormEps: m.RMSNormEps,
		TieWordEmbeddings: m.TieWordEmbeddings,
	}
}
