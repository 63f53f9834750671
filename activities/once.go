package activities

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"

	"temper/activities/objectstore"
	"temper/model/artifact"
)

// task names one piece of work: the head of its manifest, and the input that
// decides its result.
type task struct {
	manifest artifact.Manifest
	input    any
}

// key is where the task's manifest lies. The input's digest is part of it, so
// that a run that was reset and decided differently never finds the old result.
func (t task) key() (string, error) {
	digest, err := artifact.Digest(t.input)
	if err != nil {
		return "", fmt.Errorf("key of %s: %w", t.manifest.Kind, err)
	}
	parts := []string{string(t.manifest.Kind)}
	if t.manifest.Name != "" {
		parts = append(parts, t.manifest.Name)
	}
	parts = append(parts, fmt.Sprintf("%06d-%02d", t.manifest.Step, t.manifest.Shard), digest[:12])
	stage := t.manifest.Stage
	if stage == "" {
		stage = "run"
	}
	return t.manifest.Run.Prefix() + stage + "/" + strings.Join(parts, "-") + ".json", nil
}

// once does a task unless its manifest is there already, and records it: blobs
// first, the manifest last, by conditional create. work fills in the manifest's
// inputs, outputs and metrics. Whoever loses a race gets the winner's manifest.
func (a *Activities) once(ctx context.Context, t task, work func(context.Context, *artifact.Manifest) error) (artifact.Manifest, error) {
	key, err := t.key()
	if err != nil {
		return artifact.Manifest{}, err
	}
	recorded, err := a.Store.Read(ctx, key)
	if err == nil {
		return artifact.DecodeManifest(recorded)
	}
	if !errors.Is(err, objectstore.ErrNotFound) {
		return artifact.Manifest{}, err
	}
	m := t.manifest
	started, share := time.Now(), a.CPU.Start()
	workCtx, cancel := untilStop(ctx)
	err = work(workCtx, &m)
	cancel()
	cpu := share.Stop()
	if err != nil {
		return artifact.Manifest{}, err
	}
	m.Work = artifact.Work{
		Worker: a.Worker, CodeVersion: a.CodeVersion, Attempt: int(activity.GetInfo(ctx).Attempt),
		Started: started.UTC(), Ended: time.Now().UTC(), CPUSeconds: cpu.Seconds(),
	}
	data, err := m.Encode()
	if err != nil {
		return artifact.Manifest{}, err
	}
	winner, err := objectstore.CreateOrSame(ctx, a.Store, key, data)
	if err != nil {
		return artifact.Manifest{}, err
	}
	return artifact.DecodeManifest(winner)
}
