package main

import (
	"reflect"
	"testing"
)

// TestSchedulesHoldEveryKind: the schedules that make check runs have every disturbance once, at a place that the run comes to, and a
// seed always draws the same.
func TestSchedulesHoldEveryKind(t *testing.T) {
	const records = 100
	for round := range uint64(3) {
		seen := map[string]int{}
		for i := range schedules() {
			seed := 1 + round*uint64(schedules()) + uint64(i)
			events := draw(seed, records)
			if !reflect.DeepEqual(events, draw(seed, records)) || len(events) > perSchedule {
				t.Errorf("seed %d draws %v, and then another schedule", seed, events)
			}
			for _, e := range events {
				seen[e.Kind]++
				if e.After < 0 || e.After > records-6 || e.For < 0 || e.kind().longest > 0 && e.For < 1000 {
					t.Errorf("seed %d draws %s", seed, e)
				}
			}
		}
		for _, d := range disturbances() {
			if seen[d.name] != 1 {
				t.Errorf("round %d has %q %d times", round, d.name, seen[d.name])
			}
		}
	}
	if reflect.DeepEqual(draw(1, records), draw(uint64(1+schedules()), records)) {
		t.Error("two rounds are alike")
	}
}
