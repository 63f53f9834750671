package main

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
)

// beatTime is how long one heartbeat may take to be sent, before the next is tried.
const beatTime = 4 * time.Second

// againAfter is how long a result waits before it is tried again whether the server is there.
const againAfter = 300 * time.Millisecond

// steadyBeats send each heartbeat of an activity as it is recorded. The SDK's own end
// the activity when one of them does not reach the server in time: a server that
// restarts would end all work.
func steadyBeats(c client.Client) []interceptor.WorkerInterceptor {
	return []interceptor.WorkerInterceptor{&beatInterceptor{client: c}}
}

type beatInterceptor struct {
	interceptor.WorkerInterceptorBase
	client client.Client
}

// InterceptActivity implements interceptor.WorkerInterceptor.
func (i *beatInterceptor) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	in := &beatInbound{out: &beatOutbound{client: i.client}}
	in.Next = next
	return in
}

type beatInbound struct {
	interceptor.ActivityInboundInterceptorBase
	out *beatOutbound
}

// Init implements interceptor.ActivityInboundInterceptor.
func (i *beatInbound) Init(outbound interceptor.ActivityOutboundInterceptor) error {
	i.out.Next = outbound
	return i.Next.Init(i.out)
}

// ExecuteActivity implements interceptor.ActivityInboundInterceptor. The result of work that
// took long waits for a server that is away: the SDK tries to report it for some seconds, and then forgets it.
func (i *beatInbound) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	result, err := i.Next.ExecuteActivity(ctx, in)
	for i.out.beats.Load() && ctx.Err() == nil {
		i.out.send(ctx)
		if !i.out.away.Load() {
			break
		}
		time.Sleep(againAfter)
	}
	return result, err
}

type beatOutbound struct {
	interceptor.ActivityOutboundInterceptorBase
	client client.Client
	// beats is whether there was a heartbeat, sending whether one is under way, and away whether the last one did not
	// reach the server.
	beats, sending, away atomic.Bool
}

// RecordHeartbeat implements interceptor.ActivityOutboundInterceptor. It does not wait for the server.
func (o *beatOutbound) RecordHeartbeat(ctx context.Context, details ...any) {
	o.beats.Store(true)
	if !o.sending.CompareAndSwap(false, true) {
		return // the one before is under way, and says as well that the work goes on
	}
	go func() {
		defer o.sending.Store(false)
		if o.send(ctx, details...) && ctx.Err() == nil {
			o.Next.RecordHeartbeat(ctx, details...) // the SDK hears the same, and ends the activity as it should be
		}
	}()
}

// send sends a heartbeat, and tells whether the activity is over.
func (o *beatOutbound) send(ctx context.Context, details ...any) bool {
	within, cancel := context.WithTimeout(ctx, beatTime)
	defer cancel()
	err := o.client.RecordActivityHeartbeat(within, activity.GetInfo(ctx).TaskToken, details...)
	o.away.Store(err != nil && !isOver(err))
	return isOver(err)
}

// isOver tells whether a server's answer to a heartbeat ends the activity.
func isOver(err error) bool {
	var notFound *serviceerror.NotFound
	var noNamespace *serviceerror.NamespaceNotFound
	return temporal.IsCanceledError(err) || errors.As(err, &notFound) || errors.As(err, &noNamespace) ||
		errors.Is(err, activity.ErrActivityPaused) || errors.Is(err, activity.ErrActivityReset)
}
