package main

import (
	"math/rand/v2"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// disturbance is a kind of trouble that a schedule may hold.
type disturbance struct {
	name string
	// longest bounds how long it lasts, in seconds; 0 is a moment.
	longest int
	// prepare is done before the runs begin, nil for what happens while they are at work.
	prepare func(*chaos)
	// begin begins it, and end ends it after its time, where there is anything to end.
	begin func(*chaos, event) (end func())
}

// disturbances are all kinds. Schedules are dealt from them as cards are: see draw.
func disturbances() []disturbance {
	return []disturbance{
		{name: "kill -9 worker", longest: 3, begin: func(c *chaos, e event) func() { return c.strike(e, syscall.SIGKILL) }},
		{name: "SIGTERM worker", longest: 3, begin: func(c *chaos, e event) func() { return c.strike(e, syscall.SIGTERM) }},
		{name: "freeze worker", longest: 25, begin: (*chaos).freeze},
		{name: "kill -9 server", longest: 6, begin: (*chaos).killServer},
		{name: "freeze server", longest: 10, begin: (*chaos).freezeServer},
		{name: "kill -9 store", begin: func(c *chaos, _ event) func() { return c.strikeStore(syscall.SIGKILL) }},
		{name: "freeze store", longest: 10, begin: (*chaos).freezeStore},
		{name: "Temporal away", longest: 15, begin: (*chaos).temporalAway},
		{name: "cut a worker off", longest: 20, begin: (*chaos).cutOff},
		{name: "store away", longest: 15, begin: meddling(resets, 1)},
		{name: "store: 500", longest: 10, begin: meddling(refusal(http.StatusInternalServerError, "InternalError", always), 0.4)},
		{name: "store: reset", longest: 10, begin: meddling(resets, 0.3)},
		{name: "store: lost answers", longest: 10, begin: meddling(losesAnswers, 0.5)},
		{name: "store: cut bodies", longest: 10, begin: meddling(cuts, 0.4)},
		{name: "store: hangs", longest: 8, begin: meddling(holds(4*time.Second), 0.3)},
		{name: "store: slow", longest: 15, begin: meddling(delays(200*time.Millisecond), 1)},
		{name: "store: stale", longest: 10, begin: meddling(stale(2*time.Second), 1)},
		{name: "store: full", longest: 10, begin: meddling(refusal(http.StatusInsufficientStorage, "InsufficientStorage", writing), 1)},
		{name: "store: flips what is read", longest: 6, begin: meddling(flipsRead, 0.4)},
		{name: "store: flips what is written", longest: 6, begin: meddling(flipsWritten, 0.4)},
		{name: "store: expired keys", longest: 10, begin: meddling(refusal(http.StatusForbidden, "ExpiredToken", always), 1)},
		{name: "retry on the same worker", longest: 12, begin: meddling(refusal(http.StatusServiceUnavailable, "ServiceUnavailable", recording), 1)},
		{name: "cancel, run again", begin: func(c *chaos, e event) func() { c.cancelled = true; c.end(e.Kind, c.client.CancelWorkflow); return nil }},
		{name: "terminate, run again", begin: func(c *chaos, e event) func() { c.end(e.Kind, c.terminate); return nil }},
		{name: "reset run", begin: (*chaos).resetRun},
		{name: "reset stage", begin: (*chaos).resetStage},
		{name: "two runs", prepare: func(c *chaos) { c.add("chaos-2") }},
		{name: "worker of other numerics", prepare: func(c *chaos) { c.others = append(c.others, otherWorker(c.t)) }},
		{name: "four workers", prepare: func(c *chaos) { c.count = 4 }},
	}
}

// meddling lets a meddler have a share of the requests. Which ones is drawn by the schedule's seed.
func meddling(m meddler, share float64) func(*chaos, event) func() {
	return func(c *chaos, e event) func() {
		var mu sync.Mutex
		random := rand.New(rand.NewPCG(c.seed, uint64(e.After)))
		met := 0 // requests
		undo := c.proxy.meddle(func(w http.ResponseWriter, r *http.Request, p *storeProxy) bool {
			mu.Lock()
			hit := random.Float64() < share
			if hit {
				met++
			}
			mu.Unlock()
			return hit && m(w, r, p)
		})
		return func() {
			undo()
			mu.Lock()
			defer mu.Unlock()
			c.say("%s: met %d requests", e.Kind, met)
		}
	}
}

// event is a disturbance at its place in a schedule.
type event struct {
	Kind string `json:"kind"`
	// After is how many records the run has when it begins, Delay how many milliseconds later.
	After int `json:"after"`
	Delay int `json:"delay_ms"`
	// For is how long it lasts, in milliseconds.
	For int `json:"for_ms"`
	// Choice chooses a worker, or a point of a history, between 0 and 1.
	Choice float64 `json:"choice"`
}

func (e event) kind() disturbance {
	for _, d := range disturbances() {
		if d.name == e.Kind {
			return d
		}
	}
	panic("no disturbance " + e.Kind)
}

// perSchedule is how many kinds a schedule is dealt.
const perSchedule = 8

// schedules is how many schedules, beginning with seed 1, hold every kind once.
func schedules() int { return (len(disturbances()) + perSchedule - 1) / perSchedule }

// draw is the schedule of a seed, which begins with 1, for runs of so many records. The kinds are shuffled, and dealt to
// the seeds one after another: so every kind is in one of the first few schedules, and beside others in the next few.
func draw(seed uint64, records int) []event {
	round, hand := (seed-1)/uint64(schedules()), int((seed-1)%uint64(schedules()))
	order := rand.New(rand.NewPCG(round, 0)).Perm(len(disturbances()))
	random := rand.New(rand.NewPCG(seed, 1))
	var events []event
	for i := hand; i < len(order); i += schedules() {
		d := disturbances()[order[i]]
		e := event{Kind: d.name, After: 6 + random.IntN(max(1, records-12)), Delay: random.IntN(1000), Choice: random.Float64()}
		if d.longest > 0 {
			e.For = 1000 + random.IntN(1000*d.longest)
		}
		if d.prepare != nil {
			e.After, e.Delay = 0, 0
		}
		events = append(events, e)
	}
	return events
}
