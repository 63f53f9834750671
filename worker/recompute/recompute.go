// Package recompute does work of a finished run again, beside its store, and says whether the result is the same.
package recompute

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	tlog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
	"temper/model/audit"
	"temper/model/reward/domain"
)

// Recomputer does work again.
type Recomputer struct {
	// Activities do the work. Their store is Over, which leaves the run's own as it is.
	Activities *activities.Activities
	Over       *objectstore.Overlay
	// OpenSandbox opens what judges programs, when the first record asks for it.
	OpenSandbox func(context.Context) (domain.Sandbox, error)
}

// Do does the work of the record under key again and compares. The error is one of reading the record, or ctx's.
func (r *Recomputer) Do(ctx context.Context, key string) (audit.Recomputed, error) {
	r.Over.Begin("")
	m, err := records.Read(ctx, r.Over, key)
	if errors.Is(err, artifact.ErrCorrupt) { // as whoever verifies records says
		at, _ := artifact.ParseKey(key)
		return audit.Recomputed{Key: key, Kind: at.Kind, Why: err.Error()}, nil
	}
	if err != nil {
		return audit.Recomputed{}, err
	}
	done := audit.Recomputed{Key: key, Kind: m.Kind}
	if done.Why = r.cannot(ctx, m); done.Why != "" {
		return done, nil
	}
	r.Over.Begin(key)
	err = asActivity(ctx, func(ctx context.Context) error { return activities.Redo(ctx, r.Activities, m) })
	if ctx.Err() != nil {
		return done, ctx.Err()
	}
	if errors.Is(err, objectstore.ErrNotFound) {
		done.Why = "what it reads is not here (an export has weights with --weights alone)"
		return done, nil
	}
	if err != nil {
		done.Done, done.Why = !excuses(m.Kind, err), strings.ReplaceAll(err.Error(), "\n", "; ")
		return done, nil
	}
	again, err := records.Read(ctx, r.Over, artifact.Original(key))
	if errors.Is(err, objectstore.ErrNotFound) {
		done.Done, done.Why = true, "the same input is recorded under another key now"
		return done, nil
	}
	if err != nil {
		return done, err
	}
	done.Done, done.Why = true, audit.Difference(m, again)
	if done.Why != "" && m.Grader != again.Grader {
		done.Done, done.Why = false, fmt.Sprintf("it was judged by %s, and here judges %s", m.Grader, again.Grader)
	}
	if done.Why != "" && m.Kind == artifact.KindReport {
		why, err := r.otherPage(ctx, m)
		if err != nil {
			return done, err
		}
		if why != "" {
			done.Done, done.Why = false, why
		}
	}
	done.Same = done.Why == ""
	return done, nil
}

// otherPage says why a run's page may be another now, though nothing was forged; "" if it may not.
func (r *Recomputer) otherPage(ctx context.Context, m artifact.Manifest) (string, error) {
	if here := r.Activities.CodeVersion; m.Work.CodeVersion != here || here == unknownCode {
		return fmt.Sprintf("the page was written by code %s, and here is %s: its form follows the code", m.Work.CodeVersion, here), nil
	}
	all, _, err := records.All(ctx, r.Over, m.Run)
	if slices.ContainsFunc(all, func(other artifact.Manifest) bool {
		return other.Kind != artifact.KindReport && other.Work.Ended.After(m.Work.Ended)
	}) {
		return "the run has recorded more since: the page would be another", err
	}
	return "", err
}

// unknownCode is the version of code that was built without its repository.
const unknownCode = "unknown"

// computed are the kinds that depend on what computes with weights.
var computed = map[artifact.Kind]bool{
	artifact.KindSFT: true, artifact.KindUpdate: true, artifact.KindRollouts: true, artifact.KindMeasurement: true,
}

// cannot says why work cannot be done again here, "" if it can.
func (r *Recomputer) cannot(ctx context.Context, m artifact.Manifest) string {
	if computed[m.Kind] && m.Work.Device != "" && m.Work.Device != r.Activities.Device {
		return fmt.Sprintf("it was computed on %s, and this worker computes on %s: backends differ in last bits", m.Work.Device, r.Activities.Device)
	}
	if version := max(1, m.Work.Numerics); computed[m.Kind] && version != r.Activities.Numerics {
		return fmt.Sprintf("it was computed with numerics %d, and this worker's are %d", version, r.Activities.Numerics)
	}
	if m.Kind != artifact.KindVerdicts || !strings.Contains(m.Grader, "sandbox/") || r.Activities.Sandbox != nil {
		return ""
	}
	box, err := r.OpenSandbox(ctx)
	if err != nil {
		return "no program can be judged here: " + err.Error()
	}
	r.Activities.Sandbox = box
	return ""
}

// excused are the failures that say that this machine lacks what the work takes, and nothing about the work. Blobs that are
// damaged or not there are found by whoever verifies them.
var excused = map[string]bool{
	activities.UngradableType: true, activities.OtherGraderType: true, activities.BrokenJudgeType: true, activities.SmallWorkerType: true,
	activities.NoEndpointType: true, activities.DamagedType: true,
}

// readsFiles are the kinds whose work reads files that the store has not.
var readsFiles = map[artifact.Kind]bool{artifact.KindDataset: true, artifact.KindCheckpoint: true, artifact.KindVocabulary: true}

// excuses tells whether work of a kind could only not be done here.
func excuses(kind artifact.Kind, err error) bool {
	var failed *temporal.ApplicationError
	return errors.Is(err, activities.ErrNotRedone) || errors.As(err, &failed) && (excused[failed.Type()] || failed.Type() == activities.UserErrorType && readsFiles[kind])
}

// asActivity calls work with the context of an activity, as code of activities asks for, without a server: Temporal's
// environment for tests gives it. Its limit of ten minutes does not bound the work.
func asActivity(ctx context.Context, work func(context.Context) error) error {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(tlog.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	env.SetWorkerOptions(worker.Options{BackgroundActivityContext: ctx})
	var worked error
	wrapped := func(inside context.Context) error {
		unbound, cancel := context.WithCancel(context.WithoutCancel(inside))
		defer cancel()
		defer context.AfterFunc(ctx, cancel)()
		worked = work(unbound)
		return nil
	}
	env.RegisterActivity(wrapped)
	if _, err := env.ExecuteActivity(wrapped); err != nil && worked == nil {
		return err
	}
	return worked
}
