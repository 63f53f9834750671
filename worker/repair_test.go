package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"temper/model/artifact"
	"temper/model/checkpoint"
	"temper/workflows"
)

// The weights of a checkpoint rot on the store's disk, at their right size and behind
// its checksum. The run that needs them waits and says so; ended and started again it
// trains what made them once more, which repairs them, and ends as if nothing had been.
func TestRottenWeightsAreMadeAgain(t *testing.T) {
	s := newRealStack(t)
	if _, err := os.Stat(program("starter")); err != nil {
		t.Skip("bin/starter is not built: run make build")
	}
	rec := recipeWith(t, "smoke", "stages.math.steps=20", "stages.math.checkpoint_every=20", "data.math.synthetic.count=64")
	undisturbed := s.result(s.start("undisturbed", rec))
	s.run("rotten", rec)
	s.until("stage math of the run is at work", func() bool { return s.runs("rotten/math") })
	kill(t, s.worker) // with the weights in its memory
	weights := s.sftWeights(s.onlyRun("rotten").RunID)
	s.rot(weights)
	s.startWorker()
	s.until("status says what is damaged", func() bool {
		out, _ := exec.Command(program("starter"), "status", "rotten", "--data", s.data).CombinedOutput()
		return strings.Contains(string(out), weights.SHA256) && strings.Contains(string(out), "put the object back from a copy, or end the run")
	})
	if err := s.client.TerminateWorkflow(context.Background(), "rotten", "", "its weights are damaged"); err != nil {
		t.Fatal(err)
	}
	s.run("rotten", rec)
	got := s.result(s.client.GetWorkflow(context.Background(), "rotten", ""))
	if got.State != workflows.StateCompleted || got.Checkpoint != undisturbed.Checkpoint {
		t.Errorf("it ended %s with %s, undisturbed %s", got.State, got.Checkpoint.SHA256, undisturbed.Checkpoint.SHA256)
	}
	if _, err := s.openStore().Get(context.Background(), weights); err != nil {
		t.Errorf("the weights afterwards: %v", err)
	}
}

// sftWeights are the weights of the newest checkpoint of a run's supervised stages.
func (s *realStack) sftWeights(run artifact.RunID) artifact.Ref {
	s.t.Helper()
	var newest artifact.Manifest
	for _, m := range s.manifests(run) {
		if m.Kind == artifact.KindSFT && m.Work.Ended.After(newest.Work.Ended) {
			newest = m
		}
	}
	data, err := s.openStore().Get(context.Background(), newest.Outputs["checkpoint"])
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := checkpoint.Decode(data)
	if err != nil {
		s.t.Fatal(err)
	}
	return c.Weights[0]
}

// rot flips a bit of a blob on the store's disk. What the server keeps beside it,
// the checksum among it, stays.
func (s *realStack) rot(ref artifact.Ref) {
	s.t.Helper()
	path := ""
	err := filepath.WalkDir(s.data, func(p string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(p, "/"+ref.Key) {
			path = p
		}
		return err
	})
	if err != nil || path == "" {
		s.t.Fatalf("no file of %s below %s (%v)", ref.Key, s.data, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		s.t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	before := bytes.Clone(data)
	data[len(data)/2] ^= 1
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := file.Write(data); err != nil || bytes.Equal(before, data) {
		s.t.Fatal("nothing was damaged", err)
	}
	if err := errors.Join(file.Close(), os.Chtimes(path, info.ModTime(), info.ModTime())); err != nil {
		s.t.Fatal(err)
	}
}
