package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"temper/activities/records"
	"temper/model/artifact"
	"temper/workflows"
)

// outcome is what a schedule came to.
type outcome struct {
	seed     uint64
	events   []string // kinds
	took     time.Duration
	records  int // of one run
	digest   string
	rollouts int // of all runs
	// works holds every record of a run as it has to be in every other: without who did it, when, and for which run.
	works map[string]string
	// rates are tokens per second of the run that was left alone, by activity.
	rates map[string]float64
	// again is how many records say the same as an earlier one, lost how many are missing, wrong how many differ.
	again, lost, wrong int
	redone             map[string]*redone         // by cause
	handOvers          map[string][]time.Duration // the same: until another attempt began
	stops              []time.Duration            // from SIGTERM to a worker's end
}

// redone is work that was done more than once.
type redone struct {
	attempts int
	seconds  float64
	tokens   float64 // as many as the activity computes in that time
}

func (o *outcome) redo(cause, _, activity string, d time.Duration) {
	if o.redone == nil {
		o.redone = map[string]*redone{}
	}
	if o.redone[cause] == nil {
		o.redone[cause] = &redone{}
	}
	r := o.redone[cause]
	r.attempts++
	r.seconds += d.Seconds()
	r.tokens += d.Seconds() * o.rates[activity]
}

func (o *outcome) handed(cause string, d time.Duration) {
	if o.handOvers == nil {
		o.handOvers = map[string][]time.Duration{}
	}
	o.handOvers[cause] = append(o.handOvers[cause], d)
}

// compare holds what the runs have recorded against the run that was left alone; nil is that one.
func (c *chaos) compare(alone *outcome) {
	for _, name := range c.runs {
		result := c.resultOf(name)
		if result.State != workflows.StateCompleted {
			c.t.Errorf("run %s ended %s", name, result.State)
		}
		if found := c.stored(name); len(found) != 1 || found[0].RunID != result.Run {
			c.t.Errorf("run %s is %v, and in the store are %v", name, result.Run, found)
		}
		c.read(result.Run)
		c.audit(name)
		if alone == nil {
			c.outcome.digest = result.Checkpoint.SHA256
			c.outcome.rates = rates(c.manifests(result.Run))
			continue
		}
		if c.outcome.digest == "" || c.outcome.digest == alone.digest { // a wrong one is shown
			c.outcome.digest = result.Checkpoint.SHA256
		}
		if result.Checkpoint.SHA256 != alone.digest {
			c.t.Errorf("run %s ends with %s, and left alone with %s", name, result.Checkpoint.SHA256, alone.digest)
		}
		c.differ(name, alone)
	}
}

// differ says what a run has recorded otherwise than the one that was left alone.
func (c *chaos) differ(name string, alone *outcome) {
	got := c.outcome.works
	for _, work := range slices.Sorted(maps.Keys(alone.works)) {
		switch text, there := got[work]; {
		case !there:
			c.outcome.lost++
			c.t.Errorf("run %s has not recorded %s", name, work)
		case text != alone.works[work]:
			c.outcome.wrong++
			c.t.Errorf("run %s has recorded of %s\n%s\nand left alone\n%s", name, work, text, alone.works[work])
		}
	}
	for _, work := range slices.Sorted(maps.Keys(got)) {
		if _, there := alone.works[work]; !there {
			c.outcome.wrong++
			c.t.Errorf("run %s has recorded %s, which is not of the run that was left alone", name, work)
		}
	}
}

// read reads all records of a run, and every blob that they name.
func (c *chaos) read(run artifact.RunID) {
	ctx, store := context.Background(), c.openStore()
	keys, err := store.List(ctx, run.Prefix())
	if err != nil {
		c.t.Fatal(err)
	}
	c.outcome.works, c.outcome.records = map[string]string{}, len(keys)
	whole, numerics := map[artifact.Ref]bool{}, map[int]bool{}
	for _, key := range keys {
		m, err := records.Read(ctx, store, key)
		if err != nil {
			c.t.Errorf("a record cannot be read: %v", err)
			continue
		}
		for _, ref := range slices.Concat(slices.Collect(maps.Values(m.Inputs)), slices.Collect(maps.Values(m.Outputs)), []artifact.Ref{m.Input}) {
			if !whole[ref] {
				if _, err := store.Get(ctx, ref); err != nil {
					c.t.Errorf("%s names what is not whole: %v", key, err)
				}
				whole[ref] = true
			}
		}
		switch {
		case m.Kind == artifact.KindLedger: // names who worked and when, by its digests: the audit reads it
			continue
		case m.Kind == artifact.KindCheckpoint && m.Name == "" && c.cancelled: // how far it was
			continue
		}
		if m.Kind == artifact.KindRollouts || m.Kind == artifact.KindMeasurement {
			c.outcome.rollouts += int(m.Metrics[artifact.MetricRollouts])
		}
		if kindsOf[m.Kind] != "" {
			numerics[m.Work.Numerics] = true
		}
		work, text := c.form(run, m)
		if before, there := c.outcome.works[work]; there {
			if m.Kind != artifact.KindReport { // each end has its page
				c.outcome.again++
				c.say("a duplicate: %s, by attempt %d", key, m.Work.Attempt)
			}
			if before != text {
				c.t.Errorf("%s contradicts another record of the same work", key)
			}
		}
		c.outcome.works[work] = text
	}
	if len(numerics) != 1 {
		c.t.Errorf("run %s was computed with several numerics: %v", run.Name, slices.Sorted(maps.Keys(numerics)))
	}
}

// audit proves a run from its records, its history and its chain, as an auditor does.
func (c *chaos) audit(name string) {
	out, err := exec.Command(program("starter"), "audit", name, "--data", c.data).CombinedOutput()
	if err := errors.Join(err, os.WriteFile(filepath.Join(c.data, name+"-audit.txt"), out, 0o644)); err != nil {
		c.t.Errorf("audit of run %s: %v\n%s", name, err, out)
	}
}

// form is a record's name and text as they are in every run of the recipe. Who worked and when is left out; the run
// is, in the record and in the document of its input; and the page, which shows both.
func (c *chaos) form(run artifact.RunID, m artifact.Manifest) (name, text string) {
	name = fmt.Sprintf("%s %s %s step %d shard %d", m.Stage, m.Kind, m.Name, m.Step, m.Shard)
	if m.Kind == artifact.KindReport {
		return name, "a page"
	}
	input, err := c.openStore().Get(context.Background(), m.Input)
	if err != nil {
		c.t.Errorf("the input of %s: %v", name, err)
	}
	own, err := json.Marshal(run)
	if err != nil {
		c.t.Fatal(err)
	}
	m.Work, m.Run, m.Input = artifact.Work{}, artifact.RunID{}, artifact.RefOf(bytes.ReplaceAll(input, own, []byte("{}")))
	data, err := json.Marshal(m)
	if err != nil {
		c.t.Fatal(err)
	}
	return strings.TrimSpace(name), string(data)
}

// kindsOf are the records that an activity makes in which tokens go through the weights.
var kindsOf = map[artifact.Kind]string{
	artifact.KindRollouts: "GenerateRollouts", artifact.KindMeasurement: "GenerateRollouts", artifact.KindSFT: "TrainSFT", artifact.KindUpdate: "UpdatePolicy",
}

// rates are the tokens per second that each activity computes.
func rates(all []artifact.Manifest) map[string]float64 {
	tokens, seconds := map[string]float64{}, map[string]float64{}
	for _, m := range all {
		if name := kindsOf[m.Kind]; name != "" {
			tokens[name] += m.Metrics[artifact.MetricForwardTokens] + m.Metrics[artifact.MetricTrainedTokens]
			seconds[name] += m.Work.WallSeconds()
		}
	}
	for name := range tokens {
		tokens[name] /= seconds[name]
	}
	return tokens
}
