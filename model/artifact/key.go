package artifact

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Root begins the keys of everything that runs record: runs/NAME/ID/STAGE/FILE.
const Root = "runs/"

// ExperimentRoot begins the keys of what experiments record: experiments/NAME/ID/run/FILE.
const ExperimentRoot = "experiments/"

// wholeRun is the stage of work that belongs to the whole run.
const wholeRun = "run"

// The names under which manifests list their outputs.
const (
	OutputRecipe     = "recipe"
	OutputCheckpoint = "checkpoint"
	OutputVocabulary = "vocabulary"
	OutputProblems   = "problems"
	OutputExamples   = "examples"
	OutputTallies    = "tallies" // of a teacher: how the responses to each problem were judged, and their lengths
	OutputLeftOut    = "left_out"
	OutputRollouts   = "rollouts"
	OutputResponses  = "responses"
	OutputVerdicts   = "verdicts"
	OutputUpdate     = "update"
	OutputReport     = "report"
	OutputExperiment = "experiment"
	OutputSimilarity = "similarity"
)

// Key is where the manifest of a piece of work lies. The digest of the work's
// input is part of it, so that a run that was reset and decided differently never
// finds the old result.
func Key(m Manifest, inputDigest string) string {
	parts := []string{string(m.Kind)}
	if m.Name != "" {
		parts = append(parts, m.Name)
	}
	parts = append(parts, fmt.Sprintf("%06d-%02d", m.Step, m.Shard), inputDigest[:keyDigest])
	stage := m.Stage
	if stage == "" {
		stage = wholeRun
	}
	prefix := m.Run.Prefix()
	if m.Kind == KindExperiment || m.Kind == KindSimilarity || m.Kind == KindPage {
		prefix = ExperimentRoot + strings.TrimPrefix(prefix, Root)
	}
	return prefix + strings.ReplaceAll(stage, inKey, keyForm) + "/" + strings.Join(parts, "-") + ending
}

// inKey is in the names that Inside makes, and keyForm stands for it in keys, which cannot have it.
const (
	inKey   = "@"
	keyForm = "."
)

// keyDigest is how many hex digits of the input's digest are in a key.
const keyDigest = 12

// ending is how a key ends.
const ending = ".json"

// Again is where work is recorded once more when what lies under key is damaged;
// n counts from 1. (Documents are never overwritten.)
func Again(key string, n int) string {
	return fmt.Sprintf("%s.again-%d%s", strings.TrimSuffix(key, ending), n, ending)
}

// Original is the key that Again was given, or key itself.
func Original(key string) string {
	if at := strings.LastIndex(key, ".again-"); at >= 0 {
		return key[:at] + ending
	}
	return key
}

// Place is what a key says of its manifest.
type Place struct {
	Run   RunID
	Stage string // "" for work that belongs to the whole run
	Kind  Kind
	Step  int
}

// ParseKey takes a key apart; ok is false for any other document.
func ParseKey(key string) (p Place, ok bool) {
	parts := strings.Split(key, "/")
	if len(parts) != 5 || parts[0]+"/" != Root {
		return p, false
	}
	p = Place{Run: RunID{Name: parts[1], ID: parts[2]}, Stage: strings.ReplaceAll(parts[3], keyForm, inKey)}
	if p.Stage == wholeRun {
		p.Stage = ""
	}
	file := strings.Split(parts[4], "-") // KIND[-NAME]-STEP-SHARD-DIGEST.json
	if strings.Contains(parts[4], ".again-") {
		file = strings.Split(strings.TrimPrefix(Original(key), strings.Join(parts[:4], "/")+"/"), "-")
	}
	if len(file) < 4 {
		return p, false
	}
	p.Kind = Kind(file[0])
	var err error
	p.Step, err = strconv.Atoi(file[len(file)-3])
	return p, err == nil
}

// CheckKey returns an error wrapping ErrCorrupt unless key is where m belongs: its run, stage, kind, name, step and
// shard, and the digest of the input that it names. (Manifests before schema 1 name none.)
func (m Manifest) CheckKey(key string) error {
	original := Original(key)
	digest := strings.TrimSuffix(original[strings.LastIndex(original, "-")+1:], ending)
	if len(digest) < keyDigest || Key(m, digest) != original {
		return fmt.Errorf("it is the %s of %s, which belongs elsewhere: %w", m.Kind, strings.TrimSuffix(Key(m, strings.Repeat("0", keyDigest)), "-"+strings.Repeat("0", keyDigest)+ending), ErrCorrupt)
	}
	if m.Input.IsZero() && m.Schema == 0 {
		return nil
	}
	if !strings.HasPrefix(m.Input.SHA256, digest) || m.Input.Key != KeyOf(m.Input.SHA256) {
		return fmt.Errorf("its input is %s, and the key's %s: %w", m.Input.Short(), digest, ErrCorrupt)
	}
	return nil
}

// ByAge sorts keys so that a record stands before those that Again names for it.
func ByAge(a, b string) int {
	return cmp.Or(strings.Compare(Original(a), Original(b)), cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}
