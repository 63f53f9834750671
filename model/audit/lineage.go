package audit

import (
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"

	"temper/model/artifact"
	"temper/model/checkpoint"
)

// checkLineage compares what every record used with what the run's records made. Beside them a run uses what its parent
// left, which its recipe names.
func (w *walk) checkLineage() error {
	known := w.parentDigests()
	for i, r := range w.records {
		w.progress("lineage", i, len(w.records))
		if w.isFromParent(r) { // which the other run made
			continue
		}
		for _, used := range r.uses {
			if _, made := w.made[used]; made || w.named[used] || known[used] {
				continue
			}
			w.find(ByLineage, r.key, "it used %s, which no record of the run made", hex.EncodeToString(used[:6]))
		}
		if others := w.inputs[r.input]; len(others) > 1 && r.input != (digest{}) {
			w.checkTwice(i, others)
		}
	}
	w.progress("lineage", len(w.records), len(w.records))
	return nil
}

// parentDigests are those of what the run's first policy took over from its parent.
func (w *walk) parentDigests() map[digest]bool {
	known := map[digest]bool{}
	parent := w.recipe.text.object("parent")
	named, ok := digestOf(parent.text("checkpoint"))
	for _, r := range w.records {
		if !w.isFromParent(r) {
			continue
		}
		for _, used := range r.uses {
			known[used] = true
		}
		if ok && r.outputs[artifact.OutputCheckpoint] != named {
			w.find(ByLineage, r.key, "the run begins with another checkpoint than its recipe's parent")
		}
	}
	if ok {
		known[named] = true
	}
	return known
}

// checkParentRun looks whether the parent's run has recorded that it made the checkpoint that this run begins with.
func (w *walk) checkParentRun() error {
	p := w.recipe.whole.Parent
	if p == nil {
		return nil
	}
	parent := artifact.RunID{Name: p.Run, ID: p.ID}
	keys, err := w.store.List(w.ctx, parent.Prefix())
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		w.report.NotChecked("the run's parent", fmt.Sprintf("nothing of run %s, Run ID %s is here", p.Run, p.ID))
		return nil
	}
	for _, key := range keys {
		if at, ok := artifact.ParseKey(key); !ok || at.Stage != p.Stage {
			continue
		}
		data, err := w.store.Read(w.ctx, key)
		if err != nil && !errors.Is(err, artifact.ErrCorrupt) {
			return err
		}
		if m, err := artifact.DecodeManifest(data); err == nil && m.Outputs[artifact.OutputCheckpoint].SHA256 == p.Checkpoint {
			w.report.NotChecked("what the run's parent did before", fmt.Sprintf("audit run %s, Run ID %s, which made %.12s in stage %s", p.Run, p.ID, p.Checkpoint, p.Stage))
			return nil
		}
	}
	w.find(ByLineage, w.recipe.key, "its parent, stage %s of run %s, Run ID %s, has not recorded checkpoint %.12s", p.Stage, p.Run, p.ID, p.Checkpoint)
	return nil
}

// isFromParent tells whether a record is of the run's first policy, taken over from another run.
func (w *walk) isFromParent(r record) bool {
	return r.kind == artifact.KindCheckpoint && r.stage == "" && w.recipe.text.object("parent") != nil
}

// checkTwice refuses two records of one piece of work that say different things, unless one was recorded again.
func (w *walk) checkTwice(i int, others []int) {
	r := w.records[i]
	for _, j := range others {
		other := w.records[j]
		if j >= i || r.kind != other.kind || artifact.Original(r.key) != artifact.Original(other.key) {
			continue
		}
		for _, name := range sortedNames(r.outputs) {
			if r.outputs[name] != other.outputs[name] && !r.unrepeatable && !other.unrepeatable {
				w.find(ByRecord, r.key, "the same work is recorded in %s with another %s", other.key, name)
			}
		}
	}
}

// walkFromFinal goes from the final weights back to the run's first policy, and sees every step between them once.
func (w *walk) walkFromFinal() error {
	final, where := w.finalCheckpoint()
	if final.IsZero() {
		return nil
	}
	w.report.Final.Checkpoint = final
	seen := map[string]bool{}
	for at := final; ; {
		if seen[at.SHA256] {
			w.find(ByLineage, where, "its lineage is a circle at %s", at.Short())
			return nil
		}
		seen[at.SHA256] = true
		by := w.maker(at)
		if by == nil {
			w.find(ByLineage, where, "the policy %s, which the final weights come from, was made by no record of the run", at.Short())
			return nil
		}
		if by.kind == artifact.KindCheckpoint && by.stage == "" {
			w.report.Final.Begins = at
			return nil
		}
		c, ok, err := readAs(w, by.key, "checkpoint", at, checkpoint.Decode)
		if err != nil || !ok {
			return err
		}
		if at == final {
			w.report.Final.Weights = c.Weights
		}
		if err := w.countSteps(by, c); err != nil {
			return err
		}
		w.progress("steps back from the final weights", w.report.Final.Updates+w.report.Final.Segments, 0)
		if where, at = by.key, c.Parent.Checkpoint; at.IsZero() {
			w.find(ByLineage, where, "the lineage ends here, and not with the run's first policy")
			return nil
		}
	}
}

// countSteps counts what lies between a checkpoint and its parent, and looks for the record of each update.
func (w *walk) countSteps(by *record, c checkpoint.Checkpoint) error {
	if by.kind == artifact.KindSFT {
		w.report.Final.Segments++
	}
	for _, update := range c.Parent.Updates {
		w.report.Final.Updates++
		d, _ := digestOf(update.SHA256)
		if !slices.ContainsFunc(w.made[d], func(i int) bool { return w.records[i].kind == artifact.KindUpdate }) {
			w.find(ByLineage, by.key, "its checkpoint contains update %s, which no record of the run made", update.Short())
		}
	}
	return nil
}

// maker is the record that made a checkpoint, nil if none did: a decision only hands one on.
func (w *walk) maker(ref artifact.Ref) *record {
	d, _ := digestOf(ref.SHA256)
	for _, i := range w.made[d] {
		if r := &w.records[i]; r.kind != artifact.KindDecision && r.outputs[artifact.OutputCheckpoint] == d {
			return r
		}
	}
	return nil
}

// wentOn tells whether the run trained on after its last page, as one does that was stopped and is gone on with.
func (w *walk) wentOn() bool {
	return slices.ContainsFunc(w.records, func(r record) bool {
		return (r.kind == artifact.KindSFT || r.kind == artifact.KindUpdate) && r.ended.After(w.final.ended)
	})
}

// finalCheckpoint is that of the run's last page, or of a run without one what its last stage made last.
func (w *walk) finalCheckpoint() (artifact.Ref, string) {
	if w.final.key != "" && !w.wentOn() {
		return w.final.checkpoint, w.final.key
	}
	w.final.key = ""
	w.report.NotChecked("the end of the run", "it has no report of all its work: the newest checkpoint counts as its final one")
	for _, stage := range slices.Backward(w.recipe.whole.StageNames()) {
		for _, step := range slices.Backward(slices.Sorted(maps.Keys(w.steps[stage]))) {
			for _, i := range w.steps[stage][step] {
				if d, ok := w.records[i].outputs[artifact.OutputCheckpoint]; ok {
					return w.refs[d], w.records[i].key
				}
			}
		}
	}
	return artifact.Ref{}, ""
}
