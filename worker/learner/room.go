package learner

import (
	"fmt"
	"slices"
	"strings"

	"temper/activities"
	"temper/model/memory"
	"temper/model/recipe"
	"temper/model/sampling"
	"temper/model/train"
	"temper/model/transformer"
	"temper/worker/machine"
)

// bytes is what a policy takes.
func (v values) bytes() memory.Estimate {
	return policyBytes(v.weights.Config, v.moments.ExpAvg != nil)
}

func policyBytes(c transformer.Config, trained bool) memory.Estimate {
	e := memory.Estimate{{Name: "weights", Bytes: 4 * int64(c.NumParams())}}
	if trained {
		e = append(e, memory.Part{Name: "moments", Bytes: 8 * int64(c.NumParams())})
	}
	return e
}

// fileBytes is what is held of a checkpoint while it is read or stored: one file.
func (l *Learner) fileBytes(c transformer.Config) memory.Estimate {
	largest := min(l.shardBytes, 4*int64(c.NumParams()))
	for _, p := range c.Params() {
		largest = max(largest, 4*int64(p.Size()))
	}
	return memory.Estimate{{Name: "a checkpoint's file", Bytes: largest}}
}

// makeRoom sees to it that work fits beside the policy that it needs, if any:
// it forgets other policies as far as it has to, and refuses what does not fit even
// alone. what names the work.
func (l *Learner) makeRoom(what string, keep *finished, work memory.Estimate) error {
	work = append(append(work, l.inHand...), memory.Part{Name: "the process", Bytes: memory.Overhead})
	limit, err := l.machine.Limit()
	if err != nil {
		return err
	}
	if limit == 0 {
		return nil
	}
	others := func() (sum int64, oldest *finished) {
		for _, f := range l.shelf.policies {
			if f != keep {
				sum += f.bytes().Total()
				if oldest == nil {
					oldest = f
				}
			}
		}
		return sum, oldest
	}
	for {
		held, oldest := others()
		if work.Total()+held <= limit || oldest == nil {
			machine.BoundGarbage(work.Total()+held, limit)
			break
		}
		l.shelf.remove(oldest)
	}
	if work.Total() > limit {
		return fmt.Errorf("%w: %s takes about %s, and this worker (%s) has %s", activities.ErrSmallWorker, what, work, machine.Name(), memory.Size(limit))
	}
	return nil
}

// checkRun refuses a run whose work will not fit this worker, and says what would.
func (l *Learner) checkRun(c transformer.Config, s recipe.Sizes) error {
	limit, err := l.machine.Limit()
	if err != nil || limit == 0 {
		return err
	}
	if load := l.alone(c, false, l.fileBytes(c)); load.Total() > limit {
		return activities.UserErrorf("model: loading it takes about %s, and this worker (%s) has %s; valid: a smaller model, or a worker with more memory", load, machine.Name(), memory.Size(limit))
	}
	if s.Rows > 0 {
		if err := l.checkTraining(c, s, limit); err != nil {
			return err
		}
	}
	if s.Responses > 0 {
		return l.checkSampling(c, s, limit)
	}
	return nil
}

// alone is what work takes in a process that holds one policy and nothing else.
func (l *Learner) alone(c transformer.Config, trained bool, work memory.Estimate) memory.Estimate {
	return append(append(policyBytes(c, trained), work...), memory.Part{Name: "the process", Bytes: memory.Overhead})
}

// mostRows bounds what is written down of a batch to see how it is cut: a recipe may ask for any number of rows.
const mostRows = 1 << 16

func (l *Learner) checkTraining(c transformer.Config, s recipe.Sizes, limit int64) error {
	rows := make([]int, max(1, min(s.Rows, mostRows))) // of more, micro-batches are cut alike
	for i := range rows {
		rows[i] = s.LongestRow
	}
	takes := func(tokens int, checkpointing bool) memory.Estimate {
		n := s.Numerics
		n.MicroBatchTokens, n.GradientCheckpointing = tokens, checkpointing
		return l.alone(c, true, l.trainingBytes(c, newEngine(l.machine, c, n), rows))
	}
	now := takes(s.Numerics.MicroBatchTokens, s.Numerics.GradientCheckpointing)
	if now.Total() <= limit {
		return nil
	}
	var valid []string
	suggest := func(checkpointing bool, text string) {
		most := memory.Largest(s.Numerics.MicroBatchTokens, limit, func(n int) memory.Estimate { return takes(n, checkpointing) })
		if most > 64 {
			most = most / 64 * 64
		}
		switch {
		case most < 2:
		case checkpointing && takes(s.Numerics.MicroBatchTokens, true).Total() <= limit:
			valid = append(valid, text)
		case checkpointing:
			valid = append(valid, fmt.Sprintf("%s with numerics.micro_batch_tokens: %d", text, most))
		default:
			valid = append(valid, fmt.Sprintf("numerics.micro_batch_tokens: %d", most))
		}
	}
	suggest(s.Numerics.GradientCheckpointing, "numerics.gradient_checkpointing: true")
	if !s.Numerics.GradientCheckpointing {
		suggest(true, "numerics.gradient_checkpointing: true")
	}
	least := takes(2, true)
	valid = append(valid, fmt.Sprintf("a worker with more memory (the least that trains rows of %d tokens is %s)", s.LongestRow, memory.Size(least.Total())))
	return activities.UserErrorf("numerics.micro_batch_tokens is %d: training takes about %s, and this worker (%s) has %s; valid: %s",
		s.Numerics.MicroBatchTokens, now, machine.Name(), memory.Size(limit), strings.Join(valid, ", or "))
}

// trainingBytes is what an update takes beside its policy, and what its end does: a
// checkpoint is stored when the working memory of training is given back.
func (l *Learner) trainingBytes(c transformer.Config, e *train.Engine, rows []int) memory.Estimate {
	work := e.Memory(c, rows)
	if file := l.fileBytes(c); file.Total() > work[1].Bytes {
		work[1] = file[0]
	}
	return work
}

// scoringBytes is what forward passes take: at most what training does, but for the
// gradients. With a reference policy in their place a run that may train may score too.
func (l *Learner) scoringBytes(c transformer.Config, e *train.Engine, rows []int) memory.Estimate {
	return slices.DeleteFunc(l.trainingBytes(c, e, rows), func(p memory.Part) bool { return p.Name == train.Gradients })
}

func (l *Learner) checkSampling(c transformer.Config, s recipe.Sizes, limit int64) error {
	takes := func(rows int) memory.Estimate {
		work, err := l.samplingBytes(c, s.Numerics.Backend, rows, s.Responses, s.LongestPrompt, s.MaxResponse)
		if err != nil {
			return nil
		}
		return l.alone(c, s.Rows > 0, work)
	}
	now := takes(s.Numerics.GenerationRows)
	if now.Total() <= limit {
		return nil
	}
	valid := fmt.Sprintf("a worker with more memory (the least that samples is %s)", memory.Size(takes(1).Total()))
	if most := memory.Largest(s.Numerics.GenerationRows, limit, takes); most > 0 {
		valid = fmt.Sprintf("numerics.generation_rows: %d, or %s", most, valid)
	}
	return activities.UserErrorf("numerics.generation_rows is %d: sampling takes about %s, and this worker (%s) has %s; valid: %s",
		s.Numerics.GenerationRows, now, machine.Name(), memory.Size(limit), valid)
}

// samplingBytes is what a generator takes beside its policy.
func (l *Learner) samplingBytes(c transformer.Config, pinned string, rows, responses, prompt, maxResponse int) (memory.Estimate, error) {
	options := sampling.Options{Instances: l.machine.Cores, Rows: rows, Backend: l.machine.BackendFor(pinned)}
	return options.Memory(c, responses, prompt, maxResponse)
}
