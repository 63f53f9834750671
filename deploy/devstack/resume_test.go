package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// count runs n steps one after another and returns how many came back.
func count(ctx workflow.Context, n int) (int, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 5 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond, BackoffCoefficient: 1},
	})
	done := 0
	for range n {
		var one int
		if err := workflow.ExecuteActivity(ctx, "step").Get(ctx, &one); err != nil {
			return done, err
		}
		done += one
	}
	return done, nil
}

type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}

var _ log.Logger = silent{}

// TestKillAndResume kills devstack in the middle of a workflow, starts it again
// and expects the workflow to go on from where it was, with its objects and keys.
func TestKillAndResume(t *testing.T) {
	const steps = 40
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	d := start(t, t.TempDir(), anywhere...)
	if _, err := d.s3().PutObject(ctx, d.S3.Bucket, "a/b", bytes.NewReader([]byte("kept")), 4, minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	c, err := client.Dial(client.Options{HostPort: d.Temporal, Namespace: d.Namespace, Logger: silent{}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var ran atomic.Int32
	w := worker.New(c, "test", worker.Options{})
	w.RegisterWorkflow(count)
	w.RegisterActivityWithOptions(func(context.Context) (int, error) {
		ran.Add(1)
		time.Sleep(30 * time.Millisecond)
		return 1, nil
	}, activity.RegisterOptions{Name: "step"})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{TaskQueue: "test"}, count, steps)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, 2*time.Minute, "a quarter of the steps ran", func() bool { return ran.Load() >= steps/4 })

	store := d.storePID()
	d.kill()
	eventually(t, 2*time.Minute, "the store ends with its parent", func() bool { return !alive(store) })
	before := ran.Load()
	if before >= steps {
		t.Fatalf("the kill came too late: %d steps ran", before)
	}
	again := d.again()

	var got int
	if err := run.Get(ctx, &got); err != nil {
		t.Fatal(err)
	}
	if got != steps {
		t.Errorf("workflow returned %d, want %d", got, steps)
	}
	// A step that was in flight may run twice; those before it must not.
	if n := ran.Load(); n > steps+2 {
		t.Errorf("%d steps ran for %d, so the workflow did not go on from where it was", n, steps)
	}
	if again.S3.keys != d.S3.keys {
		t.Error("the S3 keys changed over a restart")
	}
	wantObject(ctx, t, again, "a/b", "kept")
}

// TestRunning checks what a running stack offers and how it stops.
func TestRunning(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	d := start(t, t.TempDir(), append(anywhere, "-bucket", "other", "-namespace", "mine")...)

	for _, name := range []string{"keys.json", "devstack.json", "temporal.db"} {
		st, err := os.Stat(filepath.Join(d.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if st.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, want 0600", name, st.Mode().Perm())
		}
	}
	if d.S3.Bucket != "other" || d.Namespace != "mine" {
		t.Errorf("devstack.json has bucket %q and namespace %q", d.S3.Bucket, d.Namespace)
	}
	c, err := client.Dial(client.Options{HostPort: d.Temporal, Namespace: "mine", Logger: silent{}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ns, err := c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: "mine"})
	if err != nil {
		t.Fatal(err)
	}
	if r := ns.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration(); r != 720*time.Hour {
		t.Errorf("retention %v, want 720h", r)
	}
	for _, path := range []string{"/", "/api/v1/namespaces/mine"} {
		resp, err := http.Get(d.UI + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("UI answers %s on %s", resp.Status, path)
		}
	}
	lines := refused(t, command(d.dir, anywhere...))
	if want := "devstack: another devstack (pid " + strconv.Itoa(d.PID) + ") runs on " + d.dir + "; stop it or choose another directory with -data"; len(lines) != 1 || lines[0] != want {
		t.Errorf("second instance says %q, want %q", lines, want)
	}

	store := d.storePID()
	begin := time.Now()
	d.cmd.Process.Signal(syscall.SIGTERM)
	if err := d.cmd.Wait(); err != nil {
		t.Errorf("graceful stop: %v; stderr: %s", err, d.stderr.String())
	}
	if took := time.Since(begin); took > stopLimit+time.Minute {
		t.Errorf("graceful stop took %v", took)
	}
	eventually(t, 2*time.Minute, "the store ends", func() bool { return !alive(store) })
	if _, err := os.Stat(filepath.Join(d.dir, "devstack.json")); !os.IsNotExist(err) {
		t.Errorf("devstack.json after a clean exit: %v", err)
	}
}

// TestStoreComesBack kills the S3 server twice under a running devstack.
func TestStoreComesBack(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	d := start(t, t.TempDir(), anywhere...)
	for i := range 2 {
		key := "round/" + strconv.Itoa(i)
		if _, err := d.s3().PutObject(ctx, d.S3.Bucket, key, bytes.NewReader([]byte(key)), int64(len(key)), minio.PutObjectOptions{}); err != nil {
			t.Fatal(err)
		}
		src := minio.CopySrcOptions{Bucket: d.S3.Bucket, Object: key}
		if _, err := d.s3().CopyObject(ctx, minio.CopyDestOptions{Bucket: d.S3.Bucket, Object: key + ".copy"}, src); err != nil {
			t.Fatal(err)
		}
		d.killStore()
		wantObject(ctx, t, d, key, key)
		wantObject(ctx, t, d, key+".copy", key)
	}
}

func wantObject(ctx context.Context, t *testing.T, d *devstack, key, want string) {
	t.Helper()
	o, err := d.s3().GetObject(ctx, d.S3.Bucket, key, minio.GetObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	b, err := io.ReadAll(o)
	if err != nil {
		t.Fatalf("object %s: %v", key, err)
	}
	if string(b) != want {
		t.Errorf("object %s is %q, want %q", key, b, want)
	}
}
