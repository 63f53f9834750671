package audit

import (
	"encoding/json"
	"errors"
	"strconv"

	"temper/model/artifact"
	"temper/model/order"
	"temper/model/recipe"
)

// recorded is the recipe that a run recorded.
type recorded struct {
	ref  artifact.Ref
	key  string
	text document
	// whole is the recipe as this version reads it; stages are its stages as they stand.
	whole  recipe.Recipe
	stages map[string]document
	// draws are the orders of people that had work drawn anew.
	draws []int
}

// readRecipe finds the record of the recipe, which all other work has to fit.
func (w *walk) readRecipe() error {
	keys, err := w.store.List(w.ctx, w.run.Prefix())
	if err != nil {
		return err
	}
	for _, key := range keys {
		p, ok := artifact.ParseKey(key)
		if !ok || p.Kind != artifact.KindRecipe && p.Kind != artifact.KindDecision {
			continue
		}
		data, err := w.store.Read(w.ctx, key)
		if errors.Is(err, artifact.ErrCorrupt) {
			continue
		}
		if err != nil {
			return err
		}
		m, err := artifact.DecodeManifest(data)
		if err != nil { // found where all records are read
			continue
		}
		if m.Kind == artifact.KindDecision {
			if m.Given != nil && m.Metrics[artifact.MetricRedraw] == 1 {
				w.recipe.draws = append(w.recipe.draws, int(m.Metrics[artifact.MetricOrder]))
			}
			continue
		}
		ref := m.Outputs[artifact.OutputRecipe]
		if w.recipe.key != "" && ref != w.recipe.ref {
			w.find(ByRecord, key, "the run has two recipes: this and that of %s", w.recipe.key)
			continue
		}
		w.recipe.ref, w.recipe.key = ref, key
	}
	if w.recipe.key == "" {
		w.find(ByRecord, w.run.Prefix(), "no record of the run's recipe is there")
		return nil
	}
	return w.decodeRecipe()
}

// seed is the one that work was to be done with that was done with got: the recipe's, or that of a draw which a person ordered.
func (r recorded) seed(got any) any {
	for _, draw := range r.draws {
		if seed := json.Number(strconv.FormatUint(order.DrawnBy(r.whole.Seed, draw), 10)); sameJSON(got, seed) {
			return got
		}
	}
	return r.text["seed"]
}

func (w *walk) decodeRecipe() error {
	r := &w.recipe
	data, err := w.read(r.key, "recipe", r.ref)
	if data == nil || err != nil {
		return err
	}
	if r.text, err = readDocument(data); err != nil {
		w.find(ByRecord, r.key, "its recipe is none: %v", err)
		return nil
	}
	if err := r.text.into(&r.whole); err != nil {
		w.find(ByRecord, r.key, "its recipe is none: %v", err)
	}
	r.stages = map[string]document{}
	stages, _ := r.text["stages"].([]any)
	for _, s := range stages {
		stage := document(asObject(s))
		r.stages[stage.text("name")] = stage
	}
	return nil
}

func asObject(value any) map[string]any {
	v, _ := value.(map[string]any)
	return v
}

// checkAgainstRecipe compares what was asked for with what the recipe says: the recipe itself, its seed, its
// stages and numerics, and the optimizer and objective of each step.
func (w *walk) checkAgainstRecipe(key string, m artifact.Manifest, input document) error {
	r := w.recipe
	if r.text == nil || input == nil {
		return nil
	}
	if ref, ok := input.ref("recipe"); ok && ref != r.ref {
		w.find(ByRecipe, key, "it was done for recipe %s, and the run's is %s", ref.Short(), r.ref.Short())
	}
	differs := func(what string, got, want any) {
		if got != nil && want != nil && !sameJSON(got, want) {
			w.find(ByRecipe, key, "it was done with another %s than the recipe has", what)
		}
	}
	switch m.Kind {
	case artifact.KindRecipe:
		for _, name := range sortedNames(input.object("recipe")) {
			differs(name, input.object("recipe")[name], r.text[name])
		}
	case artifact.KindSFT:
		differs("seed", input["seed"], r.seed(input["seed"]))
		w.checkNumerics(key, input.object("numerics"))
		stage := input.object("stage")
		planned := r.stages[stage.text("name")]
		differs("stage "+m.Stage, anyOf(stage.without("epochs")), anyOf(planned.without("epochs")))
		if planned != nil && !sameJSON(stage["epochs"], planned["epochs"]) {
			w.extended = append(w.extended, record{key: key, stage: m.Stage})
		}
	case artifact.KindUpdate:
		update, stage := input.object("update"), r.stages[m.Stage]
		w.checkNumerics(key, update.object("numerics"))
		if stage != nil {
			differs("optimizer of stage "+m.Stage, update["optimizer"], stage["optimizer"])
			differs("response budget of stage "+m.Stage, update["response_budget"], stage["max_response_tokens"])
		}
	case artifact.KindDataset:
		differs("data."+m.Name, input["dataset"], r.text.object("data")[m.Name])
	case artifact.KindCheckpoint:
		if m.Stage == "" {
			differs("model", input["model"], r.text["model"])
			differs("parent", input["parent"], r.text["parent"])
			differs("seed", input["seed"], r.text["seed"])
		}
	}
	return nil
}

// checkExtended looks for the orders that gave supervised stages another length than the recipe.
func (w *walk) checkExtended() error {
	ordered := map[string]bool{}
	for _, r := range w.records {
		if r.kind == artifact.KindDecision && r.name == string(order.Extend) {
			ordered[r.stage] = true
		}
	}
	for _, r := range w.extended {
		if !ordered[r.stage] {
			w.find(ByRecipe, r.key, "it was done with another number of epochs than the recipe has, which nobody has ordered")
		}
	}
	return nil
}

// anyOf is a document as a value, nil for none.
func anyOf(d document) any {
	if d == nil {
		return nil
	}
	return map[string]any(d)
}

// checkNumerics compares the settings of training's arithmetic, which are a part of the recipe's.
func (w *walk) checkNumerics(key string, got document) {
	want := w.recipe.text.object("numerics")
	for _, name := range sortedNames(got) {
		if !sameJSON(got[name], want[name]) {
			w.find(ByRecipe, key, "it was done with numerics.%s %v, and the recipe has %v", name, got[name], want[name])
		}
	}
}
