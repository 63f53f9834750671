package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"

	"temper/deploy/endpoints"
)

// TestLongHandOver: where a worker is killed in any kind of work, another goes on with it within ten seconds;
// one that was halted for longer is refused what it brings later; a server that is away for a minute ends no work.
func TestLongHandOver(t *testing.T) {
	long(t)
	s := newRealStack(t)
	s.useStoreOf(newRealStack(t))
	workers := map[int]*exec.Cmd{s.worker.Process.Pid: s.worker}
	begin := func() {
		w := s.addWorker()
		workers[w.Process.Pid] = w
	}
	begin()
	rec := slowSmoke(t)
	rec.Evaluation.Benchmarks[0].Samples = 1024 // so that it takes some time
	undisturbed := s.result(s.start("undisturbed", rec))
	run := s.start("killed", rec)
	s.waitFor("killed/sft", "TrainSFT")
	leaves, _ := s.workerOf("killed/sft", "TrainSFT")
	asked := time.Now()
	if err := syscall.Kill(leaves, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	t.Logf("SIGTERM: another worker went on after %.1f s", s.handedOver("killed/sft", "TrainSFT", leaves, asked).Seconds())
	_ = workers[leaves].Wait()
	delete(workers, leaves)
	begin()
	begunAgain := 1
	for _, where := range []struct{ child, activity string }{
		{"killed/sft", "TrainSFT"}, {"killed/math", "GenerateRollouts"}, {"killed/math", "UpdatePolicy"}, {"killed/evaluation-after-math", "GenerateRollouts"},
	} {
		pid, halted := s.halt(where.child, where.activity)
		kill(t, workers[pid])
		delete(workers, pid)
		took := s.handedOver(where.child, where.activity, pid, halted)
		t.Logf("%s in %s: another worker went on %.1f s after kill -9", where.activity, where.child, took.Seconds())
		if took > 10*time.Second {
			t.Errorf("%s was handed over after %s", where.activity, took)
		}
		begunAgain++
		begin()
	}
	pid, halted := s.halt("killed/code", "GenerateRollouts")
	t.Logf("halted: another worker went on after %.1f s", s.handedOver("killed/code", "GenerateRollouts", pid, halted).Seconds())
	begunAgain++
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	s.waitFor("killed/code", "UpdatePolicy")
	kill(t, s.devstack)
	time.Sleep(time.Minute)
	s.startDevstack()
	t.Log("Temporal was away for a minute")

	got := s.result(run)
	if got.Checkpoint != undisturbed.Checkpoint {
		t.Errorf("final checkpoint is %s, undisturbed %s; first differences: %s", got.Checkpoint.SHA256, undisturbed.Checkpoint.SHA256, s.differences(got.Run, undisturbed.Run))
	}
	again := 0
	for _, m := range s.manifests(got.Run) {
		if m.Work.Attempt > 1 {
			again++
			t.Logf("%s %s step %d shard %d: attempt %d", m.Stage, m.Kind, m.Step, m.Shard, m.Work.Attempt)
		}
	}
	if again > begunAgain {
		t.Errorf("%d pieces of work were begun again; %d workers were killed or halted", again, begunAgain)
	}
}

// useStoreOf makes the stack's worker, and those that are added, keep everything in the store of another
// stack, so that Temporal can be away without it.
func (s *realStack) useStoreOf(other *realStack) {
	s.t.Helper()
	where, err := endpoints.Find(other.data)
	if err != nil {
		s.t.Fatal(err)
	}
	kill(s.t, other.worker)
	kill(s.t, s.worker)
	s.store = other.openStore()
	s.env = append(os.Environ(), "TEMPER_S3_ENDPOINT="+where.S3.Endpoint, "TEMPER_S3_BUCKET="+where.S3.Bucket,
		"AWS_ACCESS_KEY_ID="+where.S3.AccessKey, "AWS_SECRET_ACCESS_KEY="+where.S3.SecretKey)
	s.startWorker()
}

// addWorker starts one more worker on the stack, with a folder of its own.
func (s *realStack) addWorker(args ...string) *exec.Cmd {
	s.t.Helper()
	stack, err := os.ReadFile(filepath.Join(s.data, "devstack.json"))
	if err != nil {
		s.t.Fatal(err)
	}
	data := s.t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "devstack.json"), stack, 0o600); err != nil {
		s.t.Fatal(err)
	}
	log, err := os.OpenFile(filepath.Join(s.data, "worker.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		s.t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(s.bin, append([]string{"-data", data}, args...)...)
	cmd.Stderr, cmd.Env = log, s.env
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	return cmd
}

// halt halts the worker that is in the middle of an activity, and says which and when.
func (s *realStack) halt(workflow, activity string) (pid int, at time.Time) {
	s.t.Helper()
	for {
		s.waitFor(workflow, activity)
		if pid, _ = s.workerOf(workflow, activity); pid == 0 {
			continue
		}
		at = time.Now()
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			s.t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond) // what it had already sent arrives
		if still, _ := s.workerOf(workflow, activity); still == pid {
			return pid, at
		}
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
			s.t.Fatal(err)
		}
	}
}

// handedOver waits until no attempt of the activity is at that worker any more and one that
// failed there is at work again, and says how long that took.
func (s *realStack) handedOver(workflow, activity string, from int, since time.Time) time.Duration {
	s.t.Helper()
	s.until(activity+" of "+workflow+" is at another worker", func() bool {
		pid, attempt := s.workerOf(workflow, activity)
		// Of rollouts another may have a shard of its own. A step that failed at its policy's home is another activity.
		return pid != 0 && pid != from && (attempt > 1 || activity != "GenerateRollouts")
	})
	return time.Since(since)
}

// workerOf is the process of the worker that has an attempt of the activity, of several the one that
// was begun most often, and the attempt's number; 0 if none has.
func (s *realStack) workerOf(workflow, activity string) (pid int, attempt int32) {
	described, err := s.client.DescribeWorkflowExecution(context.Background(), workflow, "")
	if err != nil {
		return 0, 0
	}
	for _, p := range described.PendingActivities {
		if p.ActivityType.Name == activity && p.State == enums.PENDING_ACTIVITY_STATE_STARTED && p.Attempt > attempt {
			id, _, _ := strings.Cut(p.LastWorkerIdentity, "@")
			if pid, err = strconv.Atoi(id); err != nil {
				s.t.Fatal(err)
			}
			attempt = p.Attempt
		}
	}
	return pid, attempt
}
