package workflows

import (
	"errors"
	"fmt"
	"strings"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
)

// Chain is the chain of a workflow's records as it travels to its next execution; what begins a child says
// only whether it keeps one.
type Chain struct {
	// Kept says that ledgers are written. Runs that began before there were any write none.
	Kept bool `json:"kept,omitempty"`
	// Number is how many links the chain has.
	Number int `json:"number,omitempty"`
	// Seal is where the chain ends; it is zero where it has not begun.
	Seal artifact.Seal `json:"seal,omitzero"`
}

// begin is the chain that a child of the workflow begins with.
func (c Chain) begin() Chain { return Chain{Kept: c.Kept} }

// Sealed is the part of a child's result that ends its chain. The child stands in its parent's chain with it.
type Sealed struct {
	Seal artifact.Seal `json:"seal,omitzero"`
}

// RecordedAs is the link of the last ledger.
func (s Sealed) RecordedAs() artifact.Link { return s.Seal.Ledger }

// linked is the result of recorded work, an activity's or a child's.
type linked interface{ RecordedAs() artifact.Link }

// links are those of records since the last ledger, in the workflow's own order. The context carries them.
type links struct{ list []artifact.Link }

type linksKey struct{}

// chained gives a workflow, or a coroutine that joins it later, links of its own.
func chained(ctx workflow.Context, l *links) workflow.Context {
	return workflow.WithValue(ctx, linksKey{}, l)
}

// noted adds the record of finished work to the chain. Work that is done side by side is noted in the
// order of the code, or in coroutines of their own links: see split.
func noted(ctx workflow.Context, work linked) {
	l, ok := ctx.Value(linksKey{}).(*links)
	if link := work.RecordedAs(); ok && !link.IsZero() { // workers before there were links give none
		l.list = append(l.list, link)
	}
}

// get waits for recorded work and notes it, also that of a child that was cancelled.
func get[T linked](ctx workflow.Context, future workflow.Future) (T, error) {
	var out, part T
	err := future.Get(ctx, &out)
	var cancelled *temporal.CanceledError
	switch {
	case err == nil:
		noted(ctx, out)
	case errors.As(err, &cancelled) && cancelled.HasDetails() && cancelled.Details(&part) == nil:
		noted(ctx, part)
	}
	return out, err
}

// split gives n coroutines links of their own, whose order is theirs and not that in which they end.
func split(n int) parallel { return make([]links, n) }

type parallel []links

// at is the context of coroutine i.
func (p parallel) at(ctx workflow.Context, i int) workflow.Context { return chained(ctx, &p[i]) }

// join adds what all coroutines have noted, in their order.
func (p parallel) join(ctx workflow.Context) {
	if l, ok := ctx.Value(linksKey{}).(*links); ok {
		for _, part := range p {
			l.list = append(l.list, part.list...)
		}
	}
}

// maxLinks bounds a ledger: it is one activity's input, of 64 KiB at most.
const maxLinks = 200

// seal writes a ledger of what has been noted since the last, and returns the chain with it. It is called where a
// workflow ends or continues as new.
func seal(ctx workflow.Context, run artifact.RunID, chain Chain) (Chain, error) {
	l, ok := ctx.Value(linksKey{}).(*links)
	if !ok || !chain.Kept {
		return chain, nil
	}
	stage, part := placeOf(ctx, run)
	for len(l.list) > 0 {
		n := min(len(l.list), maxLinks)
		piece := l.list[:n:n]
		if !chain.Seal.IsZero() {
			piece = append([]artifact.Link{chain.Seal.Ledger}, piece...)
		}
		ledger := artifact.NewLedger(chain.Seal.Head, piece)
		chain.Number += len(piece)
		var written activities.Recorded
		err := workflow.ExecuteActivity(onControl(ctx, fmt.Sprintf("ledger of %d records", len(piece))), acts.WriteLedger, activities.WriteLedgerInput{
			Run: run, Stage: stage, Part: part, Number: chain.Number, Ledger: ledger,
		}).Get(ctx, &written)
		if err != nil {
			return chain, err
		}
		chain.Seal = artifact.Seal{Head: ledger.Head, Ledger: written.Link}
		l.list = l.list[n:]
	}
	return chain, nil
}

// placeOf is the stage and its part that a workflow is of, by its ID: RUN/STAGE/PART.
func placeOf(ctx workflow.Context, run artifact.RunID) (stage, part string) {
	id := strings.TrimPrefix(workflow.GetInfo(ctx).WorkflowExecution.ID, run.Name)
	stage, part, _ = strings.Cut(strings.Trim(id, "/"), "/")
	return stage, strings.ReplaceAll(part, "/", "-")
}

// end takes over where the chain ended.
func (s *Sealed) end(seal artifact.Seal) { s.Seal = seal }

// sealable is the result of a workflow that keeps a chain.
type sealable[T any] interface {
	*T
	end(artifact.Seal)
}

// keep runs a child workflow with a chain, and seals that where the child ends well. One that is cancelled says in its
// error what it had done, and where the chain of that ends.
func keep[T any, P sealable[T]](ctx workflow.Context, run artifact.RunID, chain Chain, do func(ctx workflow.Context) (T, error)) (T, error) {
	ctx = chained(ctx, &links{})
	result, err := do(ctx)
	cut := wasCancelled(ctx, err)
	if err != nil && !cut {
		return result, err
	}
	if cancelled := new(temporal.CanceledError); cut && errors.As(err, &cancelled) && cancelled.HasDetails() && cancelled.Details(&result) != nil {
		return result, err // what it carries is of other work
	}
	rest, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	if chain, err = seal(rest, run, chain); err != nil {
		return result, err
	}
	P(&result).end(chain.Seal)
	if cut {
		return result, temporal.NewCanceledError(result)
	}
	return result, nil
}
