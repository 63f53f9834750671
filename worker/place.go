package main

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"

	"temper/activities"
	"temper/activities/liveness"
)

// place is where a process computes with weights: one piece of work at a time, whichever of
// its task queues that comes from, since each uses all cores. While it is taken, nothing more is
// asked for. A question that was under way may bring something nevertheless: that waits, or is
// given back where another worker could take it up.
type place struct {
	taken chan struct{} // holds one element while it is taken
}

func newPlace() *place { return &place{taken: make(chan struct{}, 1)} }

// door is a task queue's way to the place: it asks the queue one question at a time, while
// the place is free, and lets what comes in when it is its turn.
type door struct {
	interceptor.WorkerInterceptorBase
	place *place
	asked chan struct{} // holds one element while a question is under way, or its work
	// others tells whether another worker could do what comes from the queue.
	others func(context.Context) bool
}

func (p *place) door(others func(context.Context) bool) *door {
	return &door{place: p, asked: make(chan struct{}, 1), others: others}
}

// tuner makes a worker ask by the door alone.
func (d *door) tuner() (worker.WorkerTuner, error) {
	few, err := worker.NewFixedSizeSlotSupplier(10)
	if err != nil {
		return nil, err
	}
	return worker.NewCompositeTuner(worker.CompositeTunerOptions{
		WorkflowSlotSupplier: few, LocalActivitySlotSupplier: few, NexusSlotSupplier: few, SessionActivitySlotSupplier: few, ActivitySlotSupplier: d,
	})
}

// ReserveSlot implements worker.SlotSupplier: it waits until the place is free.
func (d *door) ReserveSlot(ctx context.Context, _ worker.SlotReservationInfo) (*worker.SlotPermit, error) {
	select {
	case d.asked <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case d.place.taken <- struct{}{}:
		<-d.place.taken
		return &worker.SlotPermit{}, nil
	case <-ctx.Done():
		<-d.asked
		return nil, ctx.Err()
	}
}

// TryReserveSlot implements worker.SlotSupplier: work is not taken up unasked.
func (d *door) TryReserveSlot(worker.SlotReservationInfo) *worker.SlotPermit { return nil }

// MarkSlotUsed implements worker.SlotSupplier.
func (d *door) MarkSlotUsed(worker.SlotMarkUsedInfo) {}

// ReleaseSlot implements worker.SlotSupplier.
func (d *door) ReleaseSlot(worker.SlotReleaseInfo) { <-d.asked }

// MaxSlots implements worker.SlotSupplier.
func (d *door) MaxSlots() int { return 1 }

// InterceptActivity implements interceptor.WorkerInterceptor.
func (d *door) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	in := &doorInbound{door: d}
	in.Next = next
	return in
}

type doorInbound struct {
	interceptor.ActivityInboundInterceptorBase
	door *door
}

// ExecuteActivity implements interceptor.ActivityInboundInterceptor.
func (i *doorInbound) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	if err := i.door.enter(ctx); err != nil {
		return nil, err
	}
	defer func() { <-i.door.place.taken }()
	return i.Next.ExecuteActivity(ctx, in)
}

// givenBackAfter is how long work waits that another worker could take up.
const givenBackAfter = time.Second

// enter takes the place. Work that waits for it sends heartbeats. The error is that of work that is given back.
func (d *door) enter(ctx context.Context) error {
	beat := time.NewTicker(liveness.BeatEvery)
	defer beat.Stop()
	late := time.After(givenBackAfter)
	for {
		select {
		case d.place.taken <- struct{}{}:
			return nil
		case <-late:
			if d.others(ctx) {
				return errBusy
			}
		case <-beat.C:
			activity.RecordHeartbeat(ctx)
		case <-activity.GetWorkerStopChannel(ctx):
			return errBusy
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

var errBusy = temporal.NewApplicationErrorWithOptions("this worker is at other work: whoever is free takes it up", activities.BusyType,
	temporal.ApplicationErrorOptions{NextRetryDelay: 100 * time.Millisecond, Category: temporal.ApplicationErrorCategoryBenign})
