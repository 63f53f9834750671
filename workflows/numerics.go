package workflows

import (
	"fmt"
	"strconv"
	"strings"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/recipe"
)

// AnyNumerics stands for every version of the numerics.
const AnyNumerics = -1

// QueueOf is the task queue, GPUQueue or SamplingQueue, of work with weights of runs that are computed by a version of the
// numerics: a worker of another version does not ask for it, and leaves it alone. 0 is the first version, of runs that name none.
func QueueOf(queue string, version int) string {
	switch {
	case version == AnyNumerics:
		return queue + "-any"
	case version <= 1:
		return queue
	}
	return fmt.Sprintf("%s-n%d", queue, version)
}

// NumericsOf says for which version of the numerics the work on a task queue waits, and which kind of queue it is, GPUQueue or
// SamplingQueue; it is false for other queues.
func NumericsOf(queue string) (kind string, version int, ok bool) {
	for _, kind := range []string{GPUQueue, SamplingQueue} {
		switch suffix, is := strings.CutPrefix(queue, kind); {
		case !is:
		case suffix == "":
			return kind, 1, true
		case suffix == "-any":
			return kind, AnyNumerics, true
		default:
			version, err := strconv.Atoi(strings.TrimPrefix(suffix, "-n"))
			return kind, version, err == nil && version > 1 && queue == QueueOf(kind, version)
		}
	}
	return "", 0, false
}

// numericsKey is under which a context says by which version of the numerics a run is computed.
type numericsKey struct{}

// withNumerics is a context whose work with weights is that of a version of the numerics.
func withNumerics(ctx workflow.Context, n recipe.Numerics) workflow.Context {
	version := n.Version
	if n.AnyVersion {
		version = AnyNumerics
	}
	return workflow.WithValue(ctx, numericsKey{}, version)
}

// queueOf is the task queue of a kind for the version that withNumerics has said.
func queueOf(ctx workflow.Context, kind string) string {
	version, _ := ctx.Value(numericsKey{}).(int)
	return QueueOf(kind, version)
}

// pin gives the run the version of the numerics that its record says it began with, unless its recipe names one.
func (r *run) pin(ctx workflow.Context, recorded workflow.Future) error {
	n := r.recipe.Numerics
	if n.Version != 0 || n.AnyVersion || workflow.GetVersion(ctx, "numerics", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return nil
	}
	var record activities.RecordedRecipe
	if err := recorded.Get(ctx, &record); err != nil {
		return err
	}
	r.state.Numerics = record.Numerics
	r.recipe.Numerics.Version = record.Numerics
	return nil
}

// computedBy says which workers compute for the run, "" where that is not known yet or nothing is computed.
func (r *run) computedBy() string {
	switch n := r.recipe.Numerics; {
	case r.recipe.Model.Served != nil:
		return ""
	case n.AnyVersion:
		return "computed by workers of any version of the numerics"
	case n.Version > 0:
		return fmt.Sprintf("computed with numerics %d: work with weights is for workers of that version (task queue %s)", n.Version, QueueOf(GPUQueue, n.Version))
	}
	return ""
}
