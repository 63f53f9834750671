package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"temper/worker/machine"
	"temper/workflows"
)

// othersFor is how long an answer about other workers holds.
const othersFor = 10 * time.Second

// others asks Temporal who else polls a task queue. It knows who polled in the last five minutes.
// An answer that does not come is that nobody does.
type others struct {
	client client.Client

	mu    sync.Mutex
	known map[string]known
}

// of are those that compute for runs of a version of the numerics.
func (o *others) of(numerics int) othersOf { return othersOf{o, numerics} }

type othersOf struct {
	all      *others
	numerics int
}

// identity is a process of this machine to Temporal, in the form that its SDK gives clients.
func identity(process int) string {
	host, _, _ := strings.Cut(machine.Name(), "/")
	return fmt.Sprintf("%d@%s@", process, host)
}

type known struct {
	polled bool
	at     time.Time
}

// Learn implements activities.Others.
func (o othersOf) Learn(ctx context.Context) bool {
	return o.all.poll(ctx, workflows.QueueOf(workflows.GPUQueue, o.numerics))
}

// Sample implements activities.Others.
func (o othersOf) Sample(ctx context.Context) bool {
	return o.all.poll(ctx, workflows.QueueOf(workflows.SamplingQueue, o.numerics))
}

func (o *others) poll(ctx context.Context, queue string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if k, ok := o.known[queue]; ok && time.Since(k.at) < othersFor {
		return k.polled
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	d, err := o.client.DescribeTaskQueue(ctx, queue, enumspb.TASK_QUEUE_TYPE_ACTIVITY)
	k := known{at: time.Now()}
	if err == nil {
		for _, p := range d.GetPollers() {
			k.polled = k.polled || p.GetIdentity() != identity(os.Getpid())
		}
	}
	if o.known == nil {
		o.known = map[string]known{}
	}
	o.known[queue] = k
	return k.polled
}
