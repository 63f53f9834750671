package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"

	"temper/model/recipe"
	"temper/workflows"
)

// TestLongChaos: a few schedules that hold every kind of disturbance once. Each ends as a run that was left alone.
func TestLongChaos(t *testing.T) {
	long(t)
	testSchedules(t, 1, schedules())
}

// TestChaos: as many schedules as one likes, from a seed on (make chaos).
func TestChaos(t *testing.T) {
	if os.Getenv("TEMPER_CHAOS") == "" {
		t.Skip("it takes a minute for each schedule: make chaos N=20, or N=1 SEED=7 for one that is known")
	}
	n, err := strconv.Atoi(os.Getenv("TEMPER_CHAOS"))
	if err != nil || n < 1 {
		t.Fatalf("N is %q; valid: a number from 1 on", os.Getenv("TEMPER_CHAOS"))
	}
	first, err := strconv.ParseUint(os.Getenv("TEMPER_SEED"), 10, 64)
	if err != nil || first < 1 {
		t.Fatalf("SEED is %q; valid: a number from 1 on", os.Getenv("TEMPER_SEED"))
	}
	testSchedules(t, first, n)
}

func testSchedules(t *testing.T, first uint64, n int) {
	text, err := os.ReadFile("testdata/chaos.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rec := decoded(t, string(text))
	var alone *outcome
	t.Run("alone", func(t *testing.T) { alone = chaosRun(t, 0, rec, nil, nil) })
	if alone == nil {
		return
	}
	all := []*outcome{alone}
	for seed := first; seed < first+uint64(n); seed++ {
		t.Run(fmt.Sprint("seed-", seed), func(t *testing.T) {
			if o := chaosRun(t, seed, rec, draw(seed, alone.records), alone); o != nil {
				all = append(all, o)
			}
		})
	}
	t.Logf("each schedule against a run that was left alone:\n%s", table(all))
}

// chaos is one schedule at work.
type chaos struct {
	*realStack
	seed    uint64
	rec     recipe.Recipe
	count   int      // of workers
	others  []string // programs of more workers
	workers []*chaosWorker
	proxy   *storeProxy
	runs    []string        // names
	ends    map[string]bool // which were ended from outside and are to be run again
	// cancelled says that run chaos was: it has recorded how far it was then.
	cancelled bool
	over      bool    // all runs have ended
	events    []event // that have not begun
	due       []*deadline
	watch     *watch
	began     time.Time
	log       *os.File
	outcome   *outcome
}

// deadline is what is done at a time.
type deadline struct {
	at time.Time
	do func()
}

// chaosLimit bounds a schedule. Waits of a minute may follow one another.
const chaosLimit = 15 * time.Minute

// chaosRun runs a schedule in a folder of its own, which is kept if it fails.
func chaosRun(t *testing.T, seed uint64, rec recipe.Recipe, events []event, alone *outcome) *outcome {
	data, err := os.MkdirTemp("", fmt.Sprintf("temper-chaos-%d-", seed))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		switch {
		case t.Failed():
			log, _ := os.ReadFile(filepath.Join(data, "events.log"))
			t.Logf("SEED=%d failed: replay it with make chaos N=1 SEED=%d; %s has its logs, database and store. What happened:\n%s", seed, seed, data, log)
		case os.Getenv("TEMPER_CHAOS") == "1" && seed > 0: // one is looked at
			t.Logf("%s has its logs, database and store", data)
		default:
			if err := os.RemoveAll(data); err != nil {
				t.Error(err)
			}
		}
	})
	log, err := os.Create(filepath.Join(data, "events.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	c := &chaos{realStack: newBareStack(t, data), seed: seed, rec: rec, count: 2, ends: map[string]bool{}, log: log, outcome: &outcome{seed: seed}}
	if alone != nil {
		c.outcome.rates = alone.rates
	}
	c.proxy = c.newStoreProxy()
	c.watch = newWatch(c)
	c.add("chaos")
	for _, e := range events {
		c.say("planned: %s", e)
		c.outcome.events = append(c.outcome.events, e.Kind)
		if prepare := e.kind().prepare; prepare != nil {
			prepare(c)
		} else {
			c.events = append(c.events, e)
		}
	}
	slices.SortStableFunc(c.events, func(a, b event) int { return a.After - b.After })
	t.Cleanup(c.stopWorkers)
	for i := range c.count {
		c.workers = append(c.workers, c.newWorker(i, c.bin))
	}
	for i, program := range c.others { // none begins the run, which would be of its numerics
		c.workers = append(c.workers, c.newWorker(c.count+i, program, "-roles", "gpu,grader"))
	}
	c.began = time.Now()
	for _, name := range c.runs {
		c.start(name, rec)
	}
	if !c.loop() {
		return nil
	}
	c.outcome.took = time.Since(c.began)
	c.compare(alone)
	t.Log(c.outcome)
	return c.outcome
}

func (e event) String() string {
	data, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// say writes a line into the schedule's log.
func (c *chaos) say(format string, args ...any) {
	at := time.Duration(0)
	if !c.began.IsZero() {
		at = time.Since(c.began)
	}
	fmt.Fprintf(c.log, "%7.2f s, %3d records: %s\n", at.Seconds(), c.proxy.records("chaos"), fmt.Sprintf(format, args...))
}

// add has a run of the recipe beside the others.
func (c *chaos) add(name string) { c.runs = append(c.runs, name) }

// loop does what is due until all runs have ended, and reports whether they ended well.
func (c *chaos) loop() bool {
	for limit := c.began.Add(chaosLimit); ; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(limit) {
			c.t.Errorf("it has not ended after %s", chaosLimit)
			return false
		}
		c.beginEvents()
		c.watch.look()
		due := c.due
		c.due = nil
		for _, d := range due {
			if time.Now().Before(d.at) {
				c.due = append(c.due, d)
				continue
			}
			d.do()
		}
		c.restartEnded()
		switch ended, err := c.ended(); {
		case err != nil:
			c.t.Error(err)
			return false
		case ended && len(c.due) == 0:
			return true
		default:
			c.over = ended
		}
	}
}

// later does something after a while.
func (c *chaos) later(d time.Duration, do func()) {
	c.due = append(c.due, &deadline{time.Now().Add(d), do})
}

// beginEvents begins what the run has come to.
func (c *chaos) beginEvents() {
	for len(c.events) > 0 && c.proxy.records("chaos") >= c.events[0].After {
		e := c.events[0]
		c.events = c.events[1:]
		c.later(time.Duration(e.Delay)*time.Millisecond, func() { c.say("due: %s", e); c.begin(e) })
	}
}

// begin begins an event, and its end after its time.
func (c *chaos) begin(e event) {
	if end := e.kind().begin(c, e); end != nil {
		c.say("begins: %s", e.Kind)
		c.later(time.Duration(e.For)*time.Millisecond, func() { end(); c.say("over: %s", e.Kind) })
	}
}

// ended says whether all runs are completed. A run that was ended by a disturbance is run again.
func (c *chaos) ended() (bool, error) {
	for _, name := range c.runs {
		described, err := c.describe(name)
		if err != nil {
			return false, nil //nolint:nilerr // the server is away for now
		}
		switch status := described.WorkflowExecutionInfo.Status; {
		case status == enums.WORKFLOW_EXECUTION_STATUS_RUNNING || status == enums.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW:
			return false, nil
		case status == enums.WORKFLOW_EXECUTION_STATUS_COMPLETED:
		case c.ends[name]:
			said := c.realStack.run(name, c.rec)
			c.say("run again: %s", said)
			if strings.Contains(said, " goes on from what it has in the store") || strings.Contains(said, " started") {
				c.ends[name] = false
			}
			return false, nil
		default:
			err := c.client.GetWorkflow(context.Background(), name, "").Get(context.Background(), nil)
			return false, fmt.Errorf("run %s ended %s: %w", name, status, err)
		}
	}
	return true, nil
}

// resultOf is the result of a completed run.
func (c *chaos) resultOf(name string) (result workflows.Result) {
	c.t.Helper()
	if err := c.client.GetWorkflow(context.Background(), name, "").Get(context.Background(), &result); err != nil {
		c.t.Errorf("run %s: %v", name, err)
	}
	return result
}
