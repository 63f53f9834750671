package plan

import (
	"fmt"
	"math"
	"slices"

	"temper/model/compute"
)

// memory is what one device needs: an update holds weights, gradients, two moments and the activations of a micro-batch,
// sampling the weights twice (once transposed), a cache for every row and what a step computes. A CPU computes as many
// micro-batches and batches of responses at a time as it has cores. Activations are by the account of our own
// backend (package compute), which others may exceed.
func (b *builder) memory() {
	n := weightBytes * b.in.Shape.Parameters()
	if n == 0 {
		return
	}
	b.plan.Memory = []Part{{"weights", n}}
	if b.has("TrainSFT", "UpdatePolicy") {
		b.memoryOfUpdates(n)
	}
	if b.has("GenerateRollouts") {
		b.memoryOfSampling(n)
	}
}

// oneAtATime is the size of gradients from which on a CPU computes one micro-batch after the other (train.OneAtATime).
const oneAtATime = 256 << 20

// memoryOfUpdates adds what an update of weights of so many bytes takes.
func (b *builder) memoryOfUpdates(weights float64) {
	sizes, n, m := b.recipe.Sizes(), b.recipe.Numerics, b.in.Machine
	row := float64(max(1, sizes.LongestRow))
	slots := max(row, min(math.Floor(float64(n.MicroBatchTokens)/row)*row, float64(sizes.Rows)*row))
	batches := max(1, math.Ceil(float64(sizes.Rows)*row/slots))
	atATime, sets := 1.0, 1.0
	if m.Device.Name == compute.CPU && m.Cores > 1 && weights < oneAtATime {
		atATime = min(m.Cores, batches)
		sets += min(batches, 2*atATime) // beside the sum: those computed, and those that wait
	}
	logits := compute.DeviceLogits
	if m.Device.Name == compute.CPU {
		logits = compute.CPULogits
	}
	bytes := weightBytes * b.in.Shape.Activations(compute.Batch{Slots: slots, Row: row, Checkpointed: n.GradientCheckpointing, Packed: n.Packing,
		LogitSlots: float64(compute.LogitSlots(b.in.Shape.Vocabulary, int(min(slots, 1<<40)), logits))})
	b.plan.Memory = append(b.plan.Memory, Part{"an update's gradients", sets * weights}, Part{"its moments", 2 * weights},
		Part{fmt.Sprintf("its activations: %.0f x %.0f tokens", atATime, slots), atATime * bytes})
}

// prefillRows is how many prompts a sampler reads together (sampling.Options).
const prefillRows = 4

// memoryOfSampling adds what the drawing of responses takes beside weights of so many bytes.
func (b *builder) memoryOfSampling(weights float64) {
	sizes, m := b.recipe.Sizes(), b.in.Machine
	rows, slots, atATime := b.generationRows(), float64(b.recipe.Model.MaxPositionEmbeddings), 1.0
	if m.Device.Name == compute.CPU {
		atATime = max(1, min(m.Cores, math.Ceil(float64(sizes.Responses)/rows)))
	}
	prompt := float64(sizes.LongestPrompt)
	bytes := weightBytes * b.in.Shape.Drawing(rows, prefillRows, prompt, slots, true)
	b.plan.Memory = append(b.plan.Memory, Part{"the sampler's own matrices", weights},
		Part{fmt.Sprintf("the sampler's caches: %.0f x %.0f rows of %.0f tokens", atATime, rows, slots), atATime * (rows*slots + prefillRows*prompt) * b.in.Shape.CacheBytes(weightBytes)},
		Part{"the sampler's activations", atATime * bytes})
}

// has says whether the plan has activities of one of the names.
func (b *builder) has(names ...string) bool {
	return slices.ContainsFunc(b.plan.Activities, func(a Activity) bool { return slices.Contains(names, a.Name) })
}

// warnOfDevices says what it costs that an update runs on fewer devices than sample.
func (b *builder) warnOfDevices(warn func(string, ...any)) {
	m, total := b.in.Machine, b.plan.Total.Seconds
	if m.Devices <= m.Training || total == 0 {
		return
	}
	training := 0.0
	for _, a := range b.plan.Activities {
		if a.Name == "TrainSFT" || a.Name == "UpdatePolicy" {
			training += a.Seconds
		}
	}
	if share := training / total; share > 0.1 {
		warn("an update runs on %.0f of %.0f devices, as temper trains today: %.0f %% of the time is training, in which the others wait; on all of them (--train-devices %.0f) the whole would take %.2g of the time",
			m.Training, m.Devices, 100*share, m.Devices, (total-training*(1-m.Training/m.Devices))/total)
	}
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
		warn("a %s has %sB of memory; an update and a sampler together need %sB (moments and the sum of gradients lie in the host's memory today)",
			m.Name, compute.Prefixed(m.Memory), compute.Prefixed(need))
	}
	b.warnOfDevices(warn)
	for _, d := range b.plan.Data {
		if d.From != "assumed" && d.Problems == 0 && d.Examples == 0 {
			warn("data.%s holds nothing", d.Name)
		}
	}
}
