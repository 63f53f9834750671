package audit

import (
	"fmt"

	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/reward"
	"temper/model/rollout"
)

// checkUpdate compares a stored update with the input that asked for it, and the figures with its batch.
func (w *walk) checkUpdate(key string, m artifact.Manifest, input document) error {
	stored, ok, err := readAs(w, key, "update", m.Outputs[artifact.OutputUpdate], readDocument)
	if err != nil || !ok {
		return err
	}
	asked := input.object("update")
	if shards, many := input["shards"]; many && asked != nil {
		asked["shards"] = shards
	}
	for _, name := range sortedNames(stored) {
		if name == "schema" || name == "demonstrations" { // which the work itself adds
			continue
		}
		if !sameJSON(stored[name], asked[name]) {
			w.find(ByRecord, key, "the update that it stored has another %s than its input", name)
		}
	}
	if err := w.checkBatch(key, m, stored); err != nil {
		return err
	}
	saved, has := m.Outputs[artifact.OutputCheckpoint]
	if !has {
		return nil
	}
	var from artifact.Policy
	if err := input.object("policy").into(&from); err != nil {
		return nil
	}
	return w.checkParent(key, saved, from.Then(m.Outputs[artifact.OutputUpdate]))
}

// checkBatch counts the figures of an update's batch again.
func (w *walk) checkBatch(key string, m artifact.Manifest, stored document) error {
	var update struct {
		Temperature float64 `json:"temperature"`
		Shards      []struct {
			Rollouts artifact.Ref `json:"rollouts"`
			Verdicts artifact.Ref `json:"verdicts"`
		} `json:"shards"`
	}
	if err := stored.into(&update); err != nil {
		w.find(ByRecord, key, "its update is none: %v", err)
		return nil
	}
	var batch []rollout.Rollout
	var scores, graded, ungradable float64
	for i, shard := range update.Shards {
		for name, ref := range map[string]artifact.Ref{artifact.OutputRollouts: shard.Rollouts, artifact.OutputVerdicts: shard.Verdicts} {
			if listed := m.Inputs[fmt.Sprintf("%s-%02d", name, i)]; listed != ref {
				w.find(ByRecord, key, "its input %s-%02d is %s, and its update names %s", name, i, listed.Short(), ref.Short())
			}
		}
		all, ok, err := w.rollouts(key, shard.Rollouts)
		if err != nil || !ok {
			return err
		}
		found, ok, err := w.verdicts(key, shard.Verdicts)
		if err != nil || !ok {
			return err
		}
		if said := verdictsFit(all, found); said != "" && (len(found) == 0 || found[0].Schema > 0) {
			w.find(ByRecord, key, "shard %d has verdicts on other rollouts: %s", i, said)
		}
		for _, v := range found {
			if v.Verdict == reward.Ungradable {
				ungradable++
				continue
			}
			graded++
			scores += v.Score
		}
		for _, r := range all { // of which only the lengths count
			r.Prompt, r.LogProbs = nil, nil
			batch = append(batch, r)
		}
	}
	want := summaryOf(rollout.Summarize(batch))
	want[artifact.MetricTemperature], want[artifact.MetricUngradable] = update.Temperature, ungradable
	if graded > 0 {
		want[artifact.MetricReward] = scores / graded
	}
	w.expect(key, m, want)
	return nil
}

// checkSegment compares a supervised segment's checkpoint with the input that asked for it.
func (w *walk) checkSegment(key string, m artifact.Manifest, input document) error {
	if loss := m.Series[artifact.MetricLoss]; len(loss) > 0 {
		sum := 0.0
		for _, l := range loss {
			sum += l
		}
		w.expect(key, m, map[string]float64{artifact.MetricLoss: sum / float64(len(loss))})
	}
	saved := m.Outputs[artifact.OutputCheckpoint]
	var from artifact.Policy
	if err := input.object("policy").into(&from); err != nil {
		return nil
	}
	if err := w.checkParent(key, saved, from); err != nil {
		return err
	}
	c, ok, err := readAs(w, key, "checkpoint", saved, checkpoint.Decode)
	if err != nil || !ok || c.Made.IsZero() {
		return err
	}
	made, ok, err := readAs(w, key, "document of how its checkpoint was made", c.Made, readDocument)
	if err != nil || !ok {
		return err
	}
	for _, name := range sortedNames(made) {
		if name != "numerics" && !sameJSON(made[name], input[name]) { // numerics without what steers speed alone
			w.find(ByRecord, key, "its checkpoint was made with another %s than its input has", name)
		}
	}
	return nil
}

// checkParent compares the policy that a checkpoint says it was trained from.
func (w *walk) checkParent(key string, saved artifact.Ref, from artifact.Policy) error {
	c, ok, err := readAs(w, key, "checkpoint", saved, checkpoint.Decode)
	if err != nil || !ok {
		return err
	}
	if c.Schema > 0 && !sameJSON(c.Parent, from) {
		w.find(ByRecord, key, "its checkpoint %s was trained from policy %s, and its input asks for one from %s", saved.Short(), policyText(c.Parent), policyText(from))
	}
	return nil
}

func policyText(p artifact.Policy) string {
	if len(p.Updates) == 0 {
		return p.Checkpoint.Short()
	}
	return fmt.Sprintf("%s and %d updates up to %s", p.Checkpoint.Short(), len(p.Updates), p.Updates[len(p.Updates)-1].Short())
}
