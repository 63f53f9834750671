package recipe

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
)

// Parent names the checkpoint that a run begins with, which a stage of another run has made.
// Model, tokenizer and prompt.end are then those of the other run: a recipe that says
// otherwise is refused. A dataset that the other run's stages have made is taken over where the recipe says so (Made).
type Parent struct {
	// Run and ID are the other run's name and Run ID.
	Run string `json:"run"`
	ID  string `json:"id"`
	// Stage is the stage whose checkpoint it is, one that trains.
	Stage string `json:"stage"`
	// Checkpoint is the SHA-256 of the checkpoint, in lower-case hex.
	Checkpoint string `json:"checkpoint"`
}

// String is the parent for people: demo@sft.
func (p Parent) String() string { return p.Run + "@" + p.Stage }

// Text says which checkpoint it is.
func (p Parent) Text() string {
	return fmt.Sprintf("the checkpoint of run %s after %s (Run ID %s, %.12s)", p.Run, p.Stage, p.ID, p.Checkpoint)
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// parent checks that one checkpoint is named, not that it is there.
func (v *validator) parent(p *Parent) {
	if p == nil {
		return
	}
	v.name("parent.run", p.Run)
	for _, f := range []struct {
		field, value, what string
		form               *regexp.Regexp
	}{
		{"parent.id", p.ID, "the Run ID of that run", runIDForm},
		{"parent.stage", p.Stage, "a stage of that run that trains", nameForm},
		{"parent.checkpoint", p.Checkpoint, "the SHA-256 of a checkpoint of that stage", digestForm},
	} {
		if f.value == "" {
			v.fault(f.field, "is missing; valid: %s (starter run fills it in: --set parent=RUN@STAGE)", f.what)
			continue
		}
		v.check(f.field, f.form.MatchString(f.value), "is %q; valid: %s", f.value, f.what)
	}
}

// Inherited is what a run takes over from the one whose checkpoint it begins with.
type Inherited struct {
	Model     Model
	Tokenizer string
	// End is prompt.end.
	End string
}

// Inherited is what a run of the recipe would take over, were it to begin with another's checkpoint.
func (r Recipe) Inherited() Inherited { return Inherited{r.Model, r.Tokenizer, r.Prompt.End} }

// recordedHead is what of a recorded recipe is handed on. The rest of it may be of another version.
type recordedHead struct {
	Model     Model  `json:"model"`
	Tokenizer string `json:"tokenizer"`
	Prompt    Prompt `json:"prompt"`
}

// Inherit fills in what the recipe leaves out of model, tokenizer and prompt from the recipe
// that its parent recorded, in JSON.
func (r *Recipe) Inherit(recorded []byte) error {
	var was recordedHead
	if err := json.Unmarshal(recorded, &was); err != nil {
		return fmt.Errorf("the recorded recipe: %w", err)
	}
	if reflect.ValueOf(r.Model).IsZero() {
		r.Model = was.Model
	}
	if r.Tokenizer == "" {
		r.Tokenizer = was.Tokenizer
	}
	if reflect.ValueOf(r.Prompt).IsZero() {
		r.Prompt = was.Prompt
	}
	return nil
}

// Disagreements lists in what a recipe is other than the recipe, in JSON, of the run whose
// checkpoint it begins with, one line each with both values.
func (i Inherited) Disagreements(recorded []byte) ([]string, error) {
	var was recordedHead
	if err := json.Unmarshal(recorded, &was); err != nil {
		return nil, fmt.Errorf("the recorded recipe: %w", err)
	}
	var trees [2]any
	for n, of := range []Inherited{i, {was.Model, was.Tokenizer, was.Prompt.End}} {
		data, err := json.Marshal(map[string]any{"model": of.Model, "tokenizer": of.Tokenizer, "prompt": map[string]string{"end": of.End}})
		if err != nil {
			return nil, err
		}
		if trees[n], err = tree(data); err != nil {
			return nil, err
		}
	}
	var found []string
	compareTrees("", trees[0], trees[1], &found)
	return found, nil
}
