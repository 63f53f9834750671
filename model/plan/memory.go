package plan

import (
	"fmt"
	"slices"

	"temper/model/compute"
)

// memory is what one device needs: an update holds weights, gradients and two moments, sampling the weights twice
// (once transposed) and a cache for every row. Activations come on top; package train's and sampling's Memory know them
// for the CPU.
func (b *builder) memory() {
	n := weightBytes * b.in.Shape.Parameters()
	if n == 0 {
		return
	}
	rows, slots := b.generationRows(), float64(b.recipe.Model.MaxPositionEmbeddings)
	parts := []Part{{"weights", n}}
	if b.has("TrainSFT", "UpdatePolicy") {
		parts = append(parts, Part{"an update's gradients", n}, Part{"its moments", 2 * n})
	}
	if b.has("GenerateRollouts") {
		parts = append(parts, Part{"the sampler's own matrices", n},
			Part{fmt.Sprintf("the sampler's cache: %.0f rows of %.0f tokens", rows, slots), rows * slots * b.in.Shape.CacheBytes(weightBytes)})
	}
	b.plan.Memory = parts
}

// has says whether the plan has activities of one of the names.
func (b *builder) has(names ...string) bool {
	return slices.ContainsFunc(b.plan.Activities, func(a Activity) bool { return slices.Contains(names, a.Name) })
}

// What Temporal takes of one history: it warns beyond the first number and ends the workflow beyond the second
// (docs.temporal.io, "Events and Event History").
const (
	warnedEvents = 10240
	mostEvents   = 51200
)

func (b *builder) warnings() {
	warn := func(format string, args ...any) {
		b.plan.Warnings = append(b.plan.Warnings, fmt.Sprintf(format, args...))
	}
	for _, w := range b.plan.Workflows {
		id := w.ID
		if id == "" {
			id = "the run"
		}
		switch {
		case w.Events > mostEvents:
			warn("%s (%s): a history of about %.3g events; Temporal ends a workflow at %d", id, w.Type, w.Events, mostEvents)
		case w.Events > warnedEvents:
			warn("%s (%s): a history of about %.0f events; Temporal warns from %d on and ends a workflow at %d", id, w.Type, w.Events, warnedEvents, mostEvents)
		}
	}
	m := b.in.Machine.Device
	need := 0.0
	for _, p := range b.plan.Memory {
		need += p.Bytes
	}
	if m.Name != compute.CPU && need > m.Memory {
		warn("a %s has %sB of memory; weights, gradients, moments and cache need %sB beside activations (moments and the sum of gradients lie in the host's memory today)",
			m.Name, compute.Prefixed(m.Memory), compute.Prefixed(need))
	}
	for _, d := range b.plan.Data {
		if d.From != "assumed" && d.Problems == 0 && d.Examples == 0 {
			warn("data.%s holds nothing", d.Name)
		}
	}
}
