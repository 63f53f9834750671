package workflows

import (
	"strings"
	"testing"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/model/artifact"
)

// TestStoreThatRefusesARunsFirstWork: it is not set up rightly, and the run says so at once.
func TestStoreThatRefusesARunsFirstWork(t *testing.T) {
	for name, fault := range map[string]objectstore.Fault{
		"to read":   {Op: objectstore.OpRead, Kind: objectstore.Refuse},
		"to write":  {Op: objectstore.OpPut, Kind: objectstore.Refuse},
		"to record": {Op: objectstore.OpCreate, Kind: objectstore.Full},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t, objectstore.NewFaults(objectstore.NewMemory(), fault))
			_, err := p.run(smoke(t))
			cause := causeOf(t, err)
			if cause.Type() != activities.StoreRefusedType || !cause.NonRetryable() || strings.Contains(cause.Message(), "\n") {
				t.Errorf("type %s, non-retryable %v, %q", cause.Type(), cause.NonRetryable(), cause.Message())
			}
			if len(p.completed) != 0 {
				t.Errorf("work was done: %v", p.completed)
			}
		})
	}
}

// TestStoreThatNeedsAPersonLater: whatever a store does for a while after the
// run's first work, the run waits and ends as if nothing had been. (Eight times:
// the test's server gives work up after ten attempts, a real one does not.)
func TestStoreThatNeedsAPersonLater(t *testing.T) {
	undisturbed := newPlace(t, nil).mustRun(smoke(t))
	for name, fault := range map[string]objectstore.Fault{
		"no space for blobs":            {Op: objectstore.OpPut, Nth: 20, Last: 27, Kind: objectstore.Full},
		"no space for manifests":        {Op: objectstore.OpCreate, Nth: 10, Last: 17, Kind: objectstore.Full},
		"expired keys, writing":         {Op: objectstore.OpPut, Nth: 20, Last: 27, Kind: objectstore.Refuse},
		"expired keys, reading":         {Op: objectstore.OpGet, Nth: 20, Last: 27, Kind: objectstore.Refuse},
		"expired keys, looking":         {Op: objectstore.OpRead, Nth: 10, Last: 17, Kind: objectstore.Refuse},
		"expired keys, listing":         {Op: objectstore.OpList, Nth: 1, Last: 8, Kind: objectstore.Refuse},
		"blobs that show late":          {Op: objectstore.OpGet, Nth: 20, Last: 27, Kind: objectstore.Hide},
		"blobs that are corrupt":        {Op: objectstore.OpGet, Nth: 20, Last: 27, Kind: objectstore.Corrupt},
		"records damaged":               {Op: objectstore.OpRead, Nth: 10, Last: 17, Kind: objectstore.Corrupt},
		"records damaged at the report": {Op: objectstore.OpRead, Nth: 60, Last: 67, Kind: objectstore.Corrupt},
	} {
		t.Run(name, func(t *testing.T) {
			store := objectstore.NewFaults(objectstore.NewMemory(), fault)
			p := newPlace(t, store)
			got := p.mustRun(smoke(t))
			if got.State != StateCompleted || got.Checkpoint != undisturbed.Checkpoint || got.Report == (artifact.Ref{}) {
				t.Errorf("ended %s with checkpoint %s, undisturbed %s", got.State, got.Checkpoint.SHA256, undisturbed.Checkpoint.SHA256)
			}
			if n := store.Calls(fault.Op); n <= fault.Last {
				t.Errorf("the fault of call %d was not met: there were %d", fault.Last, n)
			}
		})
	}
}
