package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/library/jsonkind"
	"temper/model/library/spelling"
	"temper/model/order"
)

// foundCheckpoint is a checkpoint and what it is of.
type foundCheckpoint struct {
	ref   artifact.Ref
	run   artifact.RunID
	stage string
	// step is the update or policy step after which it was made, of steps; 0 where that is not known.
	step, steps int
	// handedOn says that the stage chose it.
	handedOn bool
}

// String is the checkpoint for people.
func (f foundCheckpoint) String() string {
	at := fmt.Sprintf("update %d", f.step)
	switch {
	case f.handedOn:
		at += ", which the stage handed on"
	case f.steps > f.step:
		at = fmt.Sprintf("policy step %d of %d, not the stage's end", f.step, f.steps)
	case f.steps > 0:
		at = fmt.Sprintf("policy step %d of %d", f.step, f.steps)
	}
	return fmt.Sprintf("run %s (Run ID %s), stage %s, %s: checkpoint %s", f.run.Name, f.run.ID, f.stage, at, f.ref.SHA256)
}

// recordedStage is a stage of a recorded recipe.
type recordedStage struct {
	Name  string `json:"name"`
	Steps int    `json:"steps"` // 0 where the stage is no RL stage
}

// findCheckpoint finds the checkpoint of a stage by the manifests in the store alone:
// the one that the stage handed on, else its newest, or with STAGE@N that after N
// updates. Without a runID it is the newest run of the name; without a stage the
// last that has a checkpoint.
func findCheckpoint(ctx context.Context, store objectstore.Reader, name, runID, stage string) (foundCheckpoint, error) {
	keys, err := store.List(ctx, artifact.Root+name+"/")
	if errors.Is(err, objectstore.ErrBadKey) || err == nil && len(keys) == 0 {
		return foundCheckpoint{}, errNoRun
	}
	if err != nil {
		return foundCheckpoint{}, fmt.Errorf("find the run's checkpoints: %w", err)
	}
	recorded, err := newestRecipe(ctx, store, keys, name, runID)
	if err != nil {
		return foundCheckpoint{}, err
	}
	stages, err := recordedStages(ctx, store, recorded)
	if err != nil {
		return foundCheckpoint{}, err
	}
	whole := stage
	stage, step, inside := artifact.ParseInside(stage)
	valid := make([]string, len(stages))
	for i, s := range stages {
		valid[i] = s.Name
	}
	if stage != "" && !slices.Contains(valid, stage) {
		return foundCheckpoint{}, fmt.Errorf("run %s has no stage %q; %svalid: %s", name, stage, spelling.DidYouMean(stage, valid), strings.Join(valid, ", "))
	}
	book, err := records.Open(ctx, store, recorded.Run)
	if err != nil {
		return foundCheckpoint{}, err
	}
	if err := book.Check(recorded); err != nil {
		return foundCheckpoint{}, err
	}
	for _, s := range slices.Backward(stages) {
		if stage != "" && s.Name != stage {
			continue
		}
		if !inside {
			step = -1
		}
		found, ok, err := checkpointOf(ctx, book, recorded.Run, s, step)
		if err != nil || ok {
			return found, err
		}
	}
	if inside {
		return foundCheckpoint{}, fmt.Errorf("stage %s of run %s has no checkpoint %s; valid: those of checkpoint_every and evaluate_every, and %s for what it left", stage, name, whole, stage)
	}
	if stage != "" {
		return foundCheckpoint{}, fmt.Errorf("stage %s of run %s has no checkpoint yet; the stages are %s", stage, name, strings.Join(valid, ", "))
	}
	return foundCheckpoint{}, fmt.Errorf("run %s has no checkpoint yet; its stages are %s", name, strings.Join(valid, ", "))
}

// newestRecipe is the record of the recipe of the run that began last, or of the
// one with the given Run ID.
func newestRecipe(ctx context.Context, store objectstore.Reader, keys []string, name, runID string) (artifact.Manifest, error) {
	var newest artifact.Manifest
	var ids, damaged []string
	for _, key := range keys {
		p, ok := artifact.ParseKey(key)
		if !ok || p.Kind != artifact.KindRecipe {
			continue
		}
		ids = append(ids, p.Run.ID)
		if runID != "" && p.Run.ID != runID {
			continue
		}
		m, err := records.Read(ctx, store, key)
		if errors.Is(err, artifact.ErrCorrupt) { // what it said may be recorded again beside it
			damaged = append(damaged, key)
			continue
		}
		if err != nil {
			return newest, err
		}
		if newest.Kind == "" || m.Work.Started.After(newest.Work.Started) {
			newest = m
		}
	}
	switch {
	case newest.Kind == "" && len(damaged) > 0:
		return newest, fmt.Errorf("the record of the recipe of run %s is damaged (%s); put it back from a copy, or give the run command again: it is recorded again", name, records.Few(damaged))
	case len(ids) == 0:
		return newest, fmt.Errorf("run %s has not begun: its recipe is not in the store yet", name)
	case newest.Kind == "":
		slices.Sort(ids)
		return newest, fmt.Errorf("run %s has no Run ID %q; valid: %s", name, runID, strings.Join(slices.Compact(ids), ", "))
	}
	return newest, nil
}

// recordedStages are the stages of a recorded recipe, in order. Only their names
// and lengths are looked at, so that runs of other versions can be exported too.
func recordedStages(ctx context.Context, store objectstore.Reader, m artifact.Manifest) ([]recordedStage, error) {
	data, err := store.Get(ctx, m.Outputs[artifact.OutputRecipe])
	if err != nil {
		return nil, fmt.Errorf("read the recipe of run %s: %w", m.Run.Name, err)
	}
	var r struct {
		Stages []recordedStage `json:"stages"`
	}
	if err := jsonkind.Decode(data, &r); err != nil {
		return nil, fmt.Errorf("read the recipe of run %s: %w", m.Run.Name, err)
	}
	return r.Stages, nil
}

// checkpointOf is the checkpoint of a stage after a number of steps, or with -1 the one that it handed on, else
// that after its most steps. Of two after the same one, made by a run that was reset in between, it is the later.
func checkpointOf(ctx context.Context, book *records.Book, run artifact.RunID, stage recordedStage, step int) (found foundCheckpoint, ok bool, err error) {
	prefix := run.Prefix() + stage.Name + "/"
	var skip artifact.Manifest
	if step < 0 {
		if skip, _, err = decided(ctx, book, prefix, string(order.Skip)); err != nil {
			return found, false, err
		}
		m, ok, err := decided(ctx, book, prefix, artifact.AboutHandOn)
		if err != nil || ok && m.Work.Ended.After(skip.Work.Ended) {
			return foundCheckpoint{ref: m.Outputs[artifact.OutputCheckpoint], run: run, stage: stage.Name, step: m.Step, handedOn: true}, ok, err
		}
	}
	type record struct{ key, step string }
	var candidates []record
	for _, key := range book.Keys() {
		file, _ := strings.CutPrefix(key, prefix) // a key outside the stage has no kind
		kind, rest, _ := strings.Cut(file, "-")
		switch artifact.Kind(kind) { // KIND-STEP-SHARD-DIGEST.json
		case artifact.KindSFT, artifact.KindUpdate, artifact.KindCheckpoint:
			after, _, _ := strings.Cut(rest, "-")
			if step < 0 || after == fmt.Sprintf("%06d", step) {
				candidates = append(candidates, record{key, after})
			}
		}
	}
	slices.SortFunc(candidates, func(a, b record) int {
		return cmp.Or(cmp.Compare(len(b.step), len(a.step)), strings.Compare(b.step, a.step), strings.Compare(a.key, b.key))
	})
	var newest artifact.Manifest
	var refused error
	for i, r := range candidates {
		if (ok || refused != nil) && r.step != candidates[i-1].step {
			break
		}
		m, err := book.Get(ctx, r.key)
		if errors.Is(err, records.ErrOutside) {
			continue
		}
		if errors.Is(err, artifact.ErrCorrupt) {
			refused = err
			continue
		}
		if err != nil {
			return found, false, err
		}
		ref, has := m.Outputs[artifact.OutputCheckpoint]
		if !has || ok && !m.Work.Ended.After(newest.Work.Ended) || !m.Work.Ended.After(skip.Work.Ended) { // a stage that was skipped has left nothing
			continue
		}
		newest, ok = m, true
		found = foundCheckpoint{ref: ref, run: run, stage: stage.Name, step: m.Step, steps: stage.Steps}
	}
	if !ok && refused != nil { // an earlier one is not what was asked for
		return found, false, fmt.Errorf("the record of stage %s is refused: %w; put it back from a copy, give the run command again, which records it again, or name an earlier checkpoint, as in %s@N", stage.Name, refused, stage.Name)
	}
	if m, ended, err := decided(ctx, book, prefix, artifact.AboutStop); err != nil {
		return found, false, err
	} else if ended && m.Step == found.step { // a rule ended the stage there
		found.steps = found.step
	}
	return found, ok, nil
}

// decided is the newest record of what a stage decided about something.
func decided(ctx context.Context, book *records.Book, prefix, about string) (newest artifact.Manifest, ok bool, err error) {
	for _, key := range book.Keys() {
		if !strings.HasPrefix(key, fmt.Sprintf("%s%s-%s-", prefix, artifact.KindDecision, about)) {
			continue
		}
		m, err := book.Get(ctx, key)
		if errors.Is(err, artifact.ErrCorrupt) {
			continue
		}
		if err != nil {
			return newest, false, err
		}
		if !ok || m.Work.Ended.After(newest.Work.Ended) {
			newest, ok = m, true
		}
	}
	return newest, ok, nil
}
