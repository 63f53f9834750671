package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"temper/activities"
	"temper/deploy/version"
	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/model/dataset"
	"temper/model/reward"
)

// schemas are the documents that have versions of their own, by the names that CHANGELOG.md has for them, with a document
// of each, but for its version.
var schemas = map[string]struct {
	newest int
	text   string // with a place for the version
	read   func([]byte) error
	oldest int
}{
	"manifests": {artifact.Schema, `{"schema": %d, "kind": "recipe", "run": {"name": "a", "id": "b"}, "step": 0, "shard": 0, "work": {}}`,
		func(data []byte) error { _, err := artifact.DecodeManifest(data); return err }, 0},
	"checkpoints": {checkpoint.Schema, `{"schema": %d, "config": {}, "weights": [{"key": "w", "sha256": "1", "size": 1}], "optimizer": [{"key": "o", "sha256": "1", "size": 1}]}`,
		func(data []byte) error { _, err := checkpoint.Decode(data); return err }, 0},
	"updates":         {activities.UpdateSchema, `{"schema": %d}`, func(data []byte) error { _, err := activities.DecodeUpdate(data); return err }, 1},
	"verdicts":        {reward.Schema, `{"schema": %d, "verdict": "correct", "score": 1}`, func(data []byte) error { _, err := reward.Decode(data); return err }, 0},
	"dataset indices": {dataset.IndexVersion, `{"dataset_index": %d, "rows": 1, "shards": [{"blob": {}, "rows": 1}]}`, func(data []byte) error { _, err := dataset.DecodeIndex(data); return err }, 1},
}

// TestSchemas: a document of every form that there has been is read, or refused with its version and what reads it; of a
// newer one nothing else is believed.
func TestSchemas(t *testing.T) {
	for name, s := range schemas {
		for v := s.oldest; v <= s.newest; v++ {
			if err := s.read(fmt.Appendf(nil, s.text, v)); err != nil {
				t.Errorf("%s of version %d: %v", name, v, err)
			}
		}
		newer := fmt.Sprintf(s.text, s.newest+1)
		for _, text := range []string{newer, strings.NewReplacer(`"step": 0`, `"step": "first"`, `"config": {}, "weights": [`, `"weights": [7, `, `"score": 1`, `"score": {}`, `"rows": 1, "shards"`, `"rows": [1], "shards"`).Replace(newer)} {
			if err := s.read([]byte(text)); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%d, which a newer temper reads; this one reads", s.newest+1)) {
				t.Errorf("%s of version %d: %v", name, s.newest+1, err)
			}
		}
		if s.oldest > 0 && name == "updates" {
			if err := s.read(fmt.Appendf(nil, s.text, s.oldest-1)); err == nil || !strings.Contains(err.Error(), "it is of schema 0, which a temper before 0.1.0 reads") {
				t.Errorf("%s of version %d: %v", name, s.oldest-1, err)
			}
		}
	}
}

// TestChangelog: the newest section of CHANGELOG.md is about this version, and names the numerics and the form of every
// document, so that none changes unsaid.
func TestChangelog(t *testing.T) {
	data, err := os.ReadFile("../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	_, newest, _ := strings.Cut(string(data), "\n## ")
	newest, _, _ = strings.Cut(newest, "\n## ")
	said := strings.Join(strings.Fields(newest), " ")
	if !strings.HasPrefix(said, version.Temper) {
		t.Errorf("the newest section is of %.20q, this is %s", said, version.Temper)
	}
	wants := []string{fmt.Sprintf("Numerics %d.", version.Numerics)}
	for name, s := range schemas {
		wants = append(wants, fmt.Sprintf("%s %d", name, s.newest))
	}
	for _, want := range wants {
		if !strings.Contains(said, want) {
			t.Errorf("the section of %s lacks %q", version.Temper, want)
		}
	}
}
