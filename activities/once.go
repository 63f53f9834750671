package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"go.temporal.io/sdk/activity"

	"temper/activities/objectstore"
	"temper/activities/records"
	"temper/model/artifact"
)

// task names one piece of work: the head of its manifest, and the input that
// decides its result.
type task struct {
	manifest artifact.Manifest
	input    any
}

// key is where the task's manifest lies, and its input as a document, whose digest is in the key.
func (t task) key() (key string, input []byte, err error) {
	if input, err = json.Marshal(t.input); err != nil {
		return "", nil, fmt.Errorf("key of %s: %w", t.manifest.Kind, err)
	}
	return artifact.Key(t.manifest, artifact.RefOf(input).SHA256), input, nil
}

// once does a task unless its manifest is there already, and records it: blobs
// first, the manifest last, by conditional create (see package objectstore; the blobs may be looked at beside that). work fills in the manifest's
// inputs, outputs and metrics, and the seconds that earlier attempts spared it.
// Whoever loses a race gets the winner's manifest.
//
// A manifest that is damaged or does not fit the work (see fits) counts for nothing, and so does one that names what
// the store has lost: the work is done again, which puts the same blobs back. It is
// recorded under the next of a few keys, unless the old record names what is lost and says the same.
func (a *Activities) once(ctx context.Context, t task, work func(context.Context, *artifact.Manifest) error) (artifact.Manifest, error) {
	return alive(ctx, a.Hung, func(ctx context.Context) (artifact.Manifest, error) { return a.onceUnwatched(ctx, t, work) })
}

// onceUnwatched is once without heartbeats.
func (a *Activities) onceUnwatched(ctx context.Context, t task, work func(context.Context, *artifact.Manifest) error) (artifact.Manifest, error) {
	key, input, err := t.key()
	if err != nil {
		return artifact.Manifest{}, err
	}
	wait := a.prefetch(ctx, t, key, input)
	free, recorded, err := a.recorded(ctx, t, key, input)
	ahead := wait()
	if err != nil || free == "" {
		return recorded, err
	}
	lost := recorded
	batched, batch := objectstore.Begin(ahead)
	defer batch.Close()
	m := t.manifest
	m.Schema = artifact.Schema
	started, share := time.Now(), a.CPU.Start()
	workCtx, cancel := untilStop(batched)
	err = work(workCtx, &m)
	cancel()
	cpu := share.Stop()
	if err != nil {
		return artifact.Manifest{}, err
	}
	if lost.Kind != "" && maps.Equal(lost.Outputs, m.Outputs) {
		return lost, batch.Looked()
	}
	if m.Input, err = a.Store.Put(batched, input); err == nil {
		err = batch.Written()
	}
	if err != nil {
		return artifact.Manifest{}, err
	}
	m.Work = artifact.Work{
		Worker: a.Worker, CodeVersion: a.CodeVersion, Numerics: a.Numerics, Allowed: a.Allowed, Attempt: int(activity.GetInfo(ctx).Attempt),
		Started: started.UTC(), Ended: time.Now().UTC(), CPUSeconds: cpu.Seconds(), Device: a.Device, Peak: a.Peak,
		EarlierSeconds: m.Work.EarlierSeconds,
	}
	data, err := m.Encode()
	if err != nil {
		return artifact.Manifest{}, err
	}
	winner, err := objectstore.CreateOrSame(ctx, a.Store, free, data)
	if err == nil { // a blob that is not there is worth another attempt, which does not take the record for done work
		err = batch.Looked()
	}
	if err != nil {
		return artifact.Manifest{}, err
	}
	done, err := records.Decode(free, winner)
	if err == nil && !bytes.Equal(winner, data) { // somebody else's
		_, err = a.fits(ctx, t, input, done)
	}
	return done, err
}

// maxAgain is how often work is recorded again: a store that damages that many
// manifests of one piece of work needs a person.
const maxAgain = 3

// recorded looks for the manifest of work, or says under which key it is to be
// recorded: key itself, or another one where what lies there is damaged, does not fit, or names
// what is lost. In the last case it returns that manifest too.
func (a *Activities) recorded(ctx context.Context, t task, key string, input []byte) (free string, m artifact.Manifest, err error) {
	var lost artifact.Manifest
	for n, at := 0, key; ; at = artifact.Again(key, n) {
		m, err = records.Read(ctx, a.Store, at)
		n++
		again := errors.Is(err, artifact.ErrCorrupt)
		if err == nil {
			var gone bool
			if gone, err = a.fits(ctx, t, input, m); gone {
				lost = m
			}
			again = gone || objectstore.IsDamage(err)
		}
		switch {
		case again && n <= maxAgain:
			activity.GetLogger(ctx).Warn("a record is refused: its work is done again", "key", at, "error", err)
			continue
		case errors.Is(err, objectstore.ErrNotFound):
			return at, lost, nil
		}
		return "", m, err
	}
}
