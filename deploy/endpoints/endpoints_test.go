package endpoints

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"temper/activities/objectstore/s3"
	"temper/starter/advice"
)

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func writeDevstack(t *testing.T, pid int, temporal, s3 string) string {
	t.Helper()
	dir := t.TempDir()
	text := fmt.Sprintf(`{"pid": %d, "temporal": %q, "namespace": "default", "ui": "http://127.0.0.1:8233",
		"s3": {"endpoint": %q, "bucket": "temper", "access_key": "A", "secret_key": "S"}}`, pid, temporal, s3)
	if err := os.WriteFile(filepath.Join(dir, "devstack.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestFindDevstack(t *testing.T) {
	dir := writeDevstack(t, os.Getpid(), "127.0.0.1:7233", "http://127.0.0.1:9233")
	e, err := find(dir, environment("AWS_ACCESS_KEY_ID", "someone else's"))
	if err != nil {
		t.Fatal(err)
	}
	if e.Temporal.HostPort != "127.0.0.1:7233" || e.Temporal.Namespace != "default" ||
		e.S3 != (s3.Config{Endpoint: "http://127.0.0.1:9233", Bucket: "temper", AccessKey: "A", SecretKey: "S"}) {
		t.Fatalf("got %+v", e)
	}
	const page = "http://127.0.0.1:8233/namespaces/default/workflows"
	if got := e.RunURL("demo", ""); got != page+"/demo" {
		t.Errorf("without a Run ID the page is %s", got)
	}
	if got := e.RunURL("demo", "0123"); got != page+"/demo/0123/user-metadata" {
		t.Errorf("with a Run ID the page is %s", got)
	}
	if got := e.RunsURL(); got != page+"?query=WorkflowType+IN+%28%27PostTraining%27%2C+%27Experiment%27%29" {
		t.Errorf("the list is %s", got)
	}
}

func TestFindEnvironmentWins(t *testing.T) {
	dir := writeDevstack(t, os.Getpid(), "127.0.0.1:7233", "127.0.0.1:9233")
	temporal := []string{"TEMPORAL_ADDRESS", "temporal.example:7233", "TEMPORAL_NAMESPACE", "prod", "TEMPORAL_API_KEY", "k"}
	store := []string{"TEMPER_S3_ENDPOINT", "https://s3.example", "TEMPER_S3_BUCKET", "b", "AWS_ACCESS_KEY_ID", "a", "AWS_SECRET_ACCESS_KEY", "s", "AWS_SESSION_TOKEN", "t", "AWS_REGION", "eu"}

	e, err := find(t.TempDir(), environment(append(temporal, store...)...))
	if err != nil {
		t.Fatal(err)
	}
	if e.Temporal.HostPort != "temporal.example:7233" || e.Temporal.Namespace != "prod" || e.Temporal.ConnectionOptions.TLS == nil || e.UI != "" {
		t.Errorf("temporal is %s %s %s", e.Temporal.HostPort, e.Temporal.Namespace, e.UI)
	}
	if e.S3 != (s3.Config{Endpoint: "https://s3.example", Bucket: "b", AccessKey: "a", SecretKey: "s", SessionToken: "t", Region: "eu"}) {
		t.Errorf("s3 is %v", e.S3)
	}
	e, err = find(dir, environment(temporal...))
	if err != nil || e.Temporal.HostPort != "temporal.example:7233" || e.S3.Endpoint != "127.0.0.1:9233" {
		t.Errorf("temporal from the environment, s3 from the devstack: %s, %s, %v", e.Temporal.HostPort, e.S3.Endpoint, err)
	}
}

func TestFindErrors(t *testing.T) {
	gone := writeDevstack(t, 1<<30, "127.0.0.1:7233", "127.0.0.1:9233")
	nothing, broken := t.TempDir(), t.TempDir()
	reused := writeDevstack(t, 1, "127.0.0.1:7233", "127.0.0.1:9233")
	if err := os.WriteFile(filepath.Join(reused, "lock"), []byte("1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(broken, "devstack.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, dir string
		env       []string
		want      string
	}{
		{"nothing", nothing, nil, "no Temporal runs on " + nothing + "; start it with " + advice.Command(nothing, "up") + ", or set TEMPORAL_ADDRESS"},
		{"stale", gone, nil, "has ended (process 1073741824); start it again with " + advice.Command(gone, "up") + ", or set TEMPORAL_ADDRESS"},
		{"stale, and its number is another's", reused, nil, "has ended (process 1); start it again with " + advice.Command(reused, "up") + ", or set TEMPORAL_ADDRESS"},
		{"broken", broken, nil, "devstack.json: unexpected end of JSON input"},
		{"no store", t.TempDir(), []string{"TEMPORAL_ADDRESS", "x:1"}, "no S3 store found: set TEMPER_S3_ENDPOINT, TEMPER_S3_BUCKET, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"},
		{"half a store", t.TempDir(), []string{"TEMPORAL_ADDRESS", "x:1", "TEMPER_S3_ENDPOINT", "y:1", "TEMPER_S3_BUCKET", "b"},
			"TEMPER_S3_ENDPOINT is set, but not AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := find(test.dir, environment(test.env...))
			if err == nil || !strings.HasSuffix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("got %v, want …%s", err, test.want)
			}
		})
	}
}

// TestUnreachable: a port that refuses, and a server that takes connections but never answers.
func TestUnreachable(t *testing.T) {
	defer func(d time.Duration) { connectTime = d }(connectTime)
	connectTime = 500 * time.Millisecond
	refusing := closedPort(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for _, address := range []string{refusing, silent.Addr().String()} {
		e := Endpoints{
			Temporal: client.Options{HostPort: address},
			S3:       s3.Config{Endpoint: address, Bucket: "temper", AccessKey: "A", SecretKey: "S"},
		}
		begin := time.Now()
		c, err := e.DialTemporal(context.Background(), nil)
		if err == nil {
			c.Close()
		}
		wantOneLine(t, err, "no Temporal answers at "+address+": ", begin)
		begin = time.Now()
		_, err = e.OpenStore(context.Background())
		wantOneLine(t, err, "no S3 store answers at "+address+": ", begin)
	}
}

func wantOneLine(t *testing.T, err error, prefix string, begin time.Time) {
	t.Helper()
	took := time.Since(begin)
	if err == nil || !strings.HasPrefix(err.Error(), prefix) || strings.Contains(err.Error(), "\n") || took > connectTime+time.Minute {
		t.Errorf("after %s: %v", took, err)
	}
	t.Logf("%s: %v", took.Round(time.Millisecond), err)
}

func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestAlive(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	d := Devstack{PID: os.Getpid(), Temporal: address, S3: s3.Config{Endpoint: "http://" + address}}
	if !d.Alive() {
		t.Error("a live process with open ports is not alive")
	}
	d.PID = 1 << 30
	if d.Alive() {
		t.Error("a process that is gone is alive")
	}
	d.PID = os.Getpid()
	l.Close()
	if d.Alive() {
		t.Error("closed ports are alive")
	}
}
