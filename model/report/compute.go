package report

import (
	"slices"
	"time"

	"temper/model/artifact"
	"temper/model/compute"
	"temper/model/recipe"
)

// Compute is what work cost in computing, and where its time went.
type Compute struct {
	// Records is the number of pieces of work.
	Records Number
	// Device are the seconds that workers spent on sampling and training, summed over workers.
	Device Number
	// FLOPs are the operations of that by package compute's formula; padding and what was done again after a
	// loss are not in it. Unknown where the network's shape is not recorded.
	FLOPs Number
	// Utilisation is FLOPs over what the devices could have done in the same time: by the table of package
	// compute, and for CPUs by what the worker measured at its start.
	Utilisation Number
	// The shares of the wall time add up to 1: each moment counts for what was under way then, in equal parts,
	// and for Waiting where nothing was. Update is supervised training too; Other is data, teachers, records.
	Sampling, Grading, Update, Other, Waiting Number
}

// counter counts operations.
type counter struct {
	shape    compute.Shape
	known    bool
	numerics recipe.Numerics
}

// newCounter finds the shape of the network that the run began with, which all of its policies have.
func newCounter(r recipe.Recipe, all []record) counter {
	c := counter{numerics: r.Numerics}
	for _, m := range all {
		if m.Kind == artifact.KindCheckpoint && !c.known {
			c.shape, c.known = compute.FromMetrics(m.Metrics)
		}
	}
	return c
}

// Operations are the operations of a run's records by package compute's formula, one for each manifest; known is
// false where the network's shape is not recorded.
func Operations(r recipe.Recipe, manifests []artifact.Manifest) (flops []float64, known bool) {
	all := make([]record, len(manifests))
	for i, m := range manifests {
		all[i] = record{Manifest: m}
	}
	count := newCounter(r, all)
	flops = make([]float64, len(all))
	for i, m := range all {
		flops[i] = count.flops(m)
	}
	return flops, count.known
}

// addCompute adds to all costs what was computed.
func (r *Run) addCompute(all records) {
	count := newCounter(r.Recipe, all.sorted)
	r.Rest.Compute, r.Total.Compute = count.of(all.of(wholeRun), sectionID(wholeRun)), count.of(all.sorted, appendixID)
	for i := range r.Stages {
		r.Stages[i].Cost.Compute = count.of(all.of(i), r.Stages[i].Section)
	}
}

// flops are the operations of a record's work.
func (c counter) flops(m record) float64 {
	pass := func(tokens, pairs, targets string) compute.Pass {
		return compute.Pass{Tokens: m.number(tokens).Value, Pairs: m.number(pairs).Value, Targets: m.number(targets).Value}
	}
	n := c.shape.Forward(pass(artifact.MetricForwardTokens, artifact.MetricForwardPairs, artifact.MetricForwardTargets))
	if m.Kind == artifact.KindSFT || m.Kind == artifact.KindUpdate {
		n += c.shape.Training(pass(artifact.MetricTrainedTokens, artifact.MetricTrainedPairs, artifact.MetricTrainedTargets), c.numerics.GradientCheckpointing)
	}
	return n
}

// peak is what the record's device does at most, in operations per second; 0 where that is not known.
func (c counter) peak(m record) float64 {
	if m.Work.Peak > 0 {
		return m.Work.Peak
	}
	d, err := compute.DeviceNamed(m.Work.Device)
	if err != nil {
		return 0
	}
	return d.Rate(classOf(m.Kind) == classUpdate && c.numerics.Compute == recipe.ComputeBFloat16)
}

// class is a kind of work that time is shared out to.
type class int

const (
	classSampling class = iota
	classGrading
	classUpdate
	classOther
	classes
)

func classOf(k artifact.Kind) class {
	switch k {
	case artifact.KindRollouts, artifact.KindMeasurement:
		return classSampling
	case artifact.KindVerdicts:
		return classGrading
	case artifact.KindSFT, artifact.KindUpdate:
		return classUpdate
	}
	return classOther
}

// of sums up what records cost. What the sums come from is a section of the appendix.
func (c counter) of(own []record, section string) Compute {
	var out Compute
	var possible, used float64
	if len(own) > 0 {
		out.Records = Number{float64(len(own)), section}
	}
	for _, m := range own {
		if k := classOf(m.Kind); k != classSampling && k != classUpdate {
			continue
		}
		seconds := m.Work.WallSeconds()
		out.Device = Number{out.Device.Value + seconds, section}
		if !c.known {
			continue
		}
		flops := c.flops(m)
		out.FLOPs = Number{out.FLOPs.Value + flops, section}
		if peak := c.peak(m); peak > 0 {
			possible, used = possible+peak*seconds, used+flops
		}
	}
	if possible > 0 {
		out.Utilisation = Number{used / possible, section}
	}
	out.share(own, section)
	return out
}

// share shares the wall time out.
func (c *Compute) share(own []record, section string) {
	type change struct {
		at    time.Time
		class class
		by    int
	}
	var changes []change
	for _, m := range own {
		if m.Work.Started.IsZero() || m.Work.Ended.Before(m.Work.Started) {
			continue
		}
		changes = append(changes, change{m.Work.Started, classOf(m.Kind), 1}, change{m.Work.Ended, classOf(m.Kind), -1})
	}
	if len(changes) == 0 {
		return
	}
	slices.SortStableFunc(changes, func(a, b change) int { return a.at.Compare(b.at) })
	whole := changes[len(changes)-1].at.Sub(changes[0].at).Seconds()
	if whole <= 0 {
		return
	}
	var spent [classes + 1]float64 // the last is waiting
	var underWay [classes]int
	all, last := 0, changes[0].at
	for _, ch := range changes {
		seconds := ch.at.Sub(last).Seconds()
		if all == 0 {
			spent[classes] += seconds
		}
		for k, n := range underWay {
			if all > 0 {
				spent[k] += seconds * float64(n) / float64(all)
			}
		}
		underWay[ch.class] += ch.by
		all, last = all+ch.by, ch.at
	}
	for k, to := range []*Number{&c.Sampling, &c.Grading, &c.Update, &c.Other, &c.Waiting} {
		*to = Number{spent[k] / whole, section}
	}
}
