package workflows

import (
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"
)

// TestAllWorkLivesByItsHeartbeat: every activity of a run has the heartbeat
// timeout, long enough for a server that is away, and no time limit that work of any size could meet.
func TestAllWorkLivesByItsHeartbeat(t *testing.T) {
	p := newPlace(t, nil)
	seen := map[string]int{}
	p.options = func(name string, o workflow.ActivityOptions) {
		seen[name]++
		if o.HeartbeatTimeout != 10*time.Minute {
			t.Errorf("%s has a heartbeat timeout of %s", name, o.HeartbeatTimeout)
		}
		if month := 30 * 24 * time.Hour; o.StartToCloseTimeout < month || o.ScheduleToCloseTimeout != 0 && o.ScheduleToCloseTimeout < month {
			t.Errorf("%s may take %s, and %s with all attempts", name, o.StartToCloseTimeout, o.ScheduleToCloseTimeout)
		}
	}
	p.mustRun(smoke(t))
	for _, name := range []string{"InitModel", "PrepareData", "TrainSFT", "GenerateRollouts", "ScoreRollouts", "UpdatePolicy", "SummarizeEvaluation", "RecordTemperature", "WriteReport"} {
		if seen[name] == 0 {
			t.Errorf("%s was not seen among %v", name, seen)
		}
	}
}
