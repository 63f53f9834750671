package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/proto"

	"temper/activities/learnertest"
	"temper/model/recipe"
	"temper/workflows"
)

// longSteps is how many policy steps the stage of TestLongHistories has, unless TEMPER_STEPS says otherwise.
const longSteps = 600

// longHistory is more events than any history of a long run has; Temporal warns at 10,240.
const longHistory = 2500

// TestLongHistories: a stage of many policy steps, on a real server with activities that do nothing, leaves no history that
// is long, nor an event of more than 64 KiB. TEMPER_STEPS=3500 is longer than any stage of the paper's.
func TestLongHistories(t *testing.T) {
	long(t)
	if _, err := os.Stat(program("devstack")); err != nil {
		t.Skip("bin/devstack is not built: run make build (no server to test with)")
	}
	s := &realStack{t: t, data: t.TempDir(), ports: freeAddresses(t)}
	t.Cleanup(s.stop)
	s.startDevstack()
	s.dial()
	if err := ensureSearchAttributes(t.Context(), s.client, "default"); err != nil {
		t.Fatal(err)
	}
	steps := longSteps
	if _, err := fmt.Sscan(os.Getenv("TEMPER_STEPS"), &steps); err != nil {
		steps = longSteps
	}
	rec, err := recipe.Named("smoke")
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{
		fmt.Sprintf("stages.math.steps=%d", steps), "data.math.synthetic.count=49585", "stages.math.problems_per_step=128", "stages.math.shards=1", "stages.math.temperature=0.85", "stages.math.evaluate_every=100",
		"stages.math.checkpoint_every=10", "stages.sft.checkpoint_every=1", "stages.sft.epochs=40", // each epoch is four segments
	} {
		if err := recipe.Set(&rec, set); err != nil {
			t.Fatal(err)
		}
	}
	rows := map[string]int{"math": 49_585}
	for name := range rec.Data {
		rows[name] = max(rows[name], 64)
	}
	for _, queue := range []string{workflows.ControlQueue, workflows.GPUQueue, workflows.SamplingQueue, workflows.GraderQueue} {
		w := worker.New(s.client, queue, worker.Options{})
		workflows.Register(w)
		w.RegisterActivity(&learnertest.Idle{Rows: rows})
		if err := w.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(w.Stop)
	}
	began := time.Now()
	var result workflows.Result
	if err := s.start("long", rec).Get(t.Context(), &result); err != nil || result.State != workflows.StateCompleted {
		t.Fatalf("it ended %s, %v", result.State, err)
	}
	perStep := time.Since(began) / time.Duration(steps)
	most := s.largestHistories()
	for _, h := range most {
		t.Logf("%s: %d executions, at most %d events, the largest of %d bytes (%s)", h.id, h.executions, h.events, h.bytes, h.kind)
		if parts := map[string]int{"long/math": steps / 20, "long/sft": 2}[h.id]; h.events > longHistory || h.bytes > 64<<10 || h.executions < parts {
			t.Errorf("%s is too long or too large, or is not cut", h.id)
		}
	}
	t.Logf("%d steps, %s each", steps, perStep.Round(time.Millisecond))
}

// extent is what the executions of a workflow ID come to.
type extent struct {
	id            string
	executions    int
	events, bytes int
	kind          string
}

// largestHistories reads all histories of the namespace, but those of evaluations inside a stage.
func (s *realStack) largestHistories() (all []*extent) {
	s.t.Helper()
	of := map[string]*extent{}
	var page []byte
	for {
		listed, err := s.client.ListWorkflow(context.Background(), &workflowservice.ListWorkflowExecutionsRequest{NextPageToken: page})
		if err != nil {
			s.t.Fatal(err)
		}
		for _, execution := range listed.Executions {
			id := execution.Execution.WorkflowId
			if strings.Contains(filepath.Base(id), "evaluation-") && !strings.Contains(id, "after") {
				continue
			}
			h := of[id]
			if h == nil {
				h = &extent{id: id}
				of[id], all = h, append(all, h)
			}
			h.executions++
			s.readHistory(execution.Execution.RunId, h)
		}
		if page = listed.NextPageToken; len(page) == 0 {
			return all
		}
	}
}

// readHistory counts an execution's events.
func (s *realStack) readHistory(runID string, h *extent) {
	events, n := s.client.GetWorkflowHistory(context.Background(), h.id, runID, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT), 0
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			s.t.Fatal(err)
		}
		n++
		if size := proto.Size(event); size > h.bytes {
			h.bytes, h.kind = size, event.EventType.String()
		}
	}
	h.events = max(h.events, n)
}
