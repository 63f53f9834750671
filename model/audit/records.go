package audit

import (
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"temper/model/artifact"
	"temper/model/checkpoint"
)

// digest is a SHA-256.
type digest [32]byte

// digestOf reads 64 hex digits; ok is false for anything else.
func digestOf(text string) (d digest, ok bool) {
	n, err := hex.Decode(d[:], []byte(text[:min(len(text), 64)]))
	return d, err == nil && n == len(d) && len(text) == 64
}

// record is what is kept of a manifest.
type record struct {
	key         string
	kind        artifact.Kind
	stage, name string
	step, shard int
	// digest is of the manifest as it is stored, input that of its input document.
	digest, input digest
	outputs       map[string]digest
	// uses are all that its input document and its list of inputs name.
	uses                    []digest
	started, ended          time.Time
	code, worker, grader    string
	attempt                 int
	seconds, earlierSeconds float64
	unrepeatable            bool
	// numerics is the version of the arithmetic, allowed who has let another one compute than the run began with.
	numerics int
	allowed  string
}

// readRecords reads every record of the run and all that it names, and compares each with its key, its input and its
// documents.
func (w *walk) readRecords() error {
	keys, err := w.store.List(w.ctx, w.run.Prefix())
	if err != nil {
		return err
	}
	slices.SortFunc(keys, artifact.ByAge)
	for i, key := range keys {
		w.progress("records", i, len(keys))
		if err := w.readRecord(key); err != nil {
			return err
		}
	}
	w.progress("records", len(keys), len(keys))
	for key, what := range w.damaged {
		if w.recordedAgain(key) {
			w.report.Repaired = append(w.report.Repaired, key)
		} else {
			w.find(ByDigest, key, "the record is damaged: %s", what)
		}
	}
	slices.Sort(w.report.Repaired)
	return nil
}

// recordedAgain tells whether the work whose record is damaged was recorded again beside it.
func (w *walk) recordedAgain(key string) bool {
	return slices.ContainsFunc(w.records, func(r record) bool { return artifact.Original(r.key) == artifact.Original(key) })
}

func (w *walk) readRecord(key string) error {
	if _, ok := artifact.ParseKey(key); !ok {
		w.find(ByRecord, key, "the key is none that a record can have")
		return nil
	}
	data, err := w.store.Read(w.ctx, key)
	switch {
	case errors.Is(err, artifact.ErrCorrupt):
		w.damaged[key] = err.Error()
		return nil
	case err != nil:
		return err
	}
	m, err := artifact.DecodeManifest(data)
	switch {
	case errors.Is(err, artifact.ErrCorrupt):
		w.damaged[key] = err.Error()
		return nil
	case err != nil:
		w.report.NotChecked("records of a newer form", key+": "+err.Error())
		return nil
	}
	return w.addRecord(key, data, m)
}

// addRecord keeps what is needed of a manifest and checks it.
func (w *walk) addRecord(key string, data []byte, m artifact.Manifest) error {
	r := record{
		key: key, kind: m.Kind, stage: m.Stage, name: m.Name, step: m.Step, shard: m.Shard, outputs: map[string]digest{},
		started: m.Work.Started, ended: m.Work.Ended, code: m.Work.CodeVersion, worker: m.Work.Worker, grader: m.Grader,
		attempt: m.Work.Attempt, seconds: m.Work.WallSeconds(), earlierSeconds: m.Work.EarlierSeconds, unrepeatable: m.Unrepeatable,
		numerics: max(1, m.Work.Numerics), allowed: m.Work.Allowed,
	}
	r.digest, _ = digestOf(artifact.RefOf(data).SHA256)
	if m.Run != w.run {
		w.find(ByRecord, key, "it is of run %s (Run ID %s)", m.Run.Name, m.Run.ID)
	}
	input, err := w.checkInput(key, m, &r)
	if err != nil {
		return err
	}
	for name, ref := range m.Inputs {
		d, ok := digestOf(ref.SHA256)
		if !ok {
			w.find(ByRecord, key, "its input %s names no digest", name)
			continue
		}
		r.uses = append(r.uses, d)
	}
	number := len(w.records)
	for _, name := range sortedNames(m.Outputs) {
		ref := m.Outputs[name]
		d, ok := digestOf(ref.SHA256)
		if !ok {
			w.find(ByRecord, key, "its output %s names no digest", name)
			continue
		}
		r.outputs[name] = d
		w.made[d] = append(w.made[d], number)
		if err := w.lookAt(key, "output "+name, ref, &r); err != nil {
			return err
		}
	}
	w.inputs[r.input] = append(w.inputs[r.input], number)
	if m.Kind == artifact.KindSFT || m.Kind == artifact.KindUpdate {
		if w.steps[m.Stage] == nil {
			w.steps[m.Stage] = map[int][]int{}
		}
		w.steps[m.Stage][m.Step] = append(w.steps[m.Stage][m.Step], number)
	}
	w.byKey[key] = number
	w.records = append(w.records, r)
	w.note(m)
	w.noteFinal(key, m, input)
	w.noteChain(key, m, input)
	if err := w.checkAgainstRecipe(key, m, input); err != nil {
		return err
	}
	return w.checkFigures(key, m, input)
}

// checkInput reads a record's input document and compares it with the key.
func (w *walk) checkInput(key string, m artifact.Manifest, r *record) (document, error) {
	if m.Input.IsZero() {
		if m.Schema > 0 {
			w.find(ByRecord, key, "it names no input")
		} else {
			w.report.NotChecked("records of an earlier form", key+" names no input document")
		}
		return nil, nil
	}
	d, ok := digestOf(m.Input.SHA256)
	if !ok {
		w.find(ByRecord, key, "its input names no digest")
		return nil, nil
	}
	r.input = d
	if want := artifact.Key(m, m.Input.SHA256); want != artifact.Original(key) {
		w.find(ByRecord, key, "its key does not fit what it says: of that kind, place and input the key is %s", want)
	}
	data, err := w.read(key, "input", m.Input)
	if data == nil || err != nil {
		return nil, err
	}
	input, err := readDocument(data)
	if err != nil {
		w.find(ByRecord, key, "its input is no JSON object: %v", err)
		return nil, nil
	}
	if _, err := w.whole(key, map[string]any(input)); err != nil {
		return nil, err
	}
	r.uses = append(r.uses, input.refs()...)
	if of, ok := input["run"].(map[string]any); !ok || of["name"] != w.run.Name || of["id"] != w.run.ID {
		w.find(ByRecord, key, "its input is of another run: %v", input["run"])
	}
	return input, nil
}

// read reads a blob, nil where it is damaged or not there, which is then found.
func (w *walk) read(key, what string, ref artifact.Ref) ([]byte, error) {
	if ref.Key != artifact.KeyOf(ref.SHA256) {
		w.find(ByDigest, key, "its %s has the key %s, which is not that of its digest", what, ref.Key)
		return nil, nil
	}
	data, err := w.store.Get(w.ctx, ref)
	switch {
	case err == nil:
		w.report.Blobs++
		w.report.Bytes += int64(len(data))
		return data, nil
	case w.options.Missing(err):
		w.find(ByDigest, ref.Key, "the %s of %s is not there", what, key)
	case errors.Is(err, artifact.ErrCorrupt):
		w.find(ByDigest, ref.Key, "the %s of %s is damaged: %s", what, key, strings.TrimPrefix(err.Error(), "get: "))
	default:
		return nil, err
	}
	return nil, w.ctx.Err()
}

// lookAt verifies a blob that a record made, and all parts of it if it is a document that has some, each once. What else a
// document names is something that the record used.
func (w *walk) lookAt(key, what string, ref artifact.Ref, r *record) error {
	d, ok := digestOf(ref.SHA256)
	if !ok || w.seen[d] {
		return nil
	}
	w.seen[d] = true
	data, err := w.read(key, what, ref)
	if data == nil || err != nil || len(data) > maxDocument {
		return err
	}
	doc, err := readDocument(data)
	if err != nil { // rows, weights, a page
		return nil
	}
	unstored, err := w.unstored(ref.Key, data)
	if err != nil {
		return err
	}
	isPart := doc.parts()
	for _, named := range doc.allRefs() {
		d, _ := digestOf(named.SHA256)
		switch {
		case !isPart[named]:
			r.uses = append(r.uses, d)
			continue
		case unstored[named.SHA256]:
			w.named[d] = true
			continue
		}
		w.named[d] = true
		if err := w.lookAt(ref.Key, "a part", named, r); err != nil {
			return err
		}
	}
	return nil
}

// unstored are the files of a checkpoint that are not to be read, if data is one: all where weights are left out, else
// moments of zeros that are not stored.
func (w *walk) unstored(key string, data []byte) (map[string]bool, error) {
	c, err := checkpoint.Decode(data)
	if err != nil {
		return nil, nil
	}
	unstored := map[string]bool{}
	if w.options.WithoutWeights {
		for _, ref := range append(c.Weights, c.Optimizer...) {
			unstored[ref.SHA256] = true
			w.report.LeftOut++
		}
		return unstored, nil
	}
	if _, err = w.store.Get(w.ctx, c.Optimizer[0]); !w.options.Missing(err) {
		return nil, nil
	}
	zeros, err := w.areZeros(key, c)
	if err != nil || !zeros {
		return nil, err
	}
	for _, ref := range c.Optimizer {
		unstored[ref.SHA256] = true
	}
	return unstored, nil
}
