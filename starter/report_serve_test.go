package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"temper/model/artifact"
)

// asked is what the server answers to a path, asked by an address of this machine.
func asked(t *testing.T, s *reportServer, method, path, host string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	r.Host = host
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(body)
}

// TestReportServer: the list leads to a run's page, which asks to be read again until the run has its report.
func TestReportServer(t *testing.T) {
	r := newRecordedRun(t)
	r.recipe()
	s := newReportServer(r.store)
	now := time.Unix(2e9, 0)
	s.now = func() time.Time { return now }
	answer, body := asked(t, s, http.MethodGet, "/", "127.0.0.1:8333")
	if answer.StatusCode != http.StatusOK || !strings.Contains(body, `<a class="link" href="/my-run">my-run</a>`) || !strings.Contains(body, "unfinished") || answer.Header.Get("Refresh") != "10" {
		t.Fatalf("the list is %d %v\n%s", answer.StatusCode, answer.Header, body)
	}
	answer, body = asked(t, s, http.MethodGet, "/my-run", "[::1]:8333")
	if answer.StatusCode != http.StatusOK || !strings.Contains(body, "Not finished.") || answer.Header.Get("Refresh") != "10" ||
		!strings.HasPrefix(answer.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("the page is %d %v", answer.StatusCode, answer.Header)
	}
	r.manifest(artifact.KindReport, "", 0, map[string]artifact.Ref{artifact.OutputReport: r.put([]byte("<html>the end"))})
	if _, body = asked(t, s, http.MethodGet, "/my-run", "localhost:8333"); strings.Contains(body, "the end") {
		t.Error("the page is read at every request")
	}
	now = now.Add(refreshSeconds * time.Second)
	answer, body = asked(t, s, http.MethodGet, "/my-run", "localhost:8333")
	if body != "<html>the end" || answer.Header.Get("Refresh") != "" {
		t.Errorf("after the end: %v %q", answer.Header, body)
	}
}

// TestReportServerRefuses: names that another page made lead here, runs that are not there, changes.
func TestReportServerRefuses(t *testing.T) {
	r := newRecordedRun(t)
	r.recipe()
	s := newReportServer(r.store)
	for _, c := range []struct {
		method, path, host string
		want               int
	}{
		{http.MethodGet, "/", "evil.example:8333", http.StatusForbidden},
		{http.MethodGet, "/", "127.0.0.1.evil.example:8333", http.StatusForbidden},
		{http.MethodGet, "/", "", http.StatusForbidden},
		{http.MethodPost, "/my-run", "127.0.0.1:8333", http.StatusMethodNotAllowed},
		{http.MethodGet, "/other", "127.0.0.1:8333", http.StatusNotFound},
		{http.MethodGet, "/my-run/id-1", "127.0.0.1:8333", http.StatusNotFound},
		{http.MethodGet, "/..%2F..", "127.0.0.1:8333", http.StatusNotFound},
	} {
		if answer, body := asked(t, s, c.method, c.path, c.host); answer.StatusCode != c.want {
			t.Errorf("%s %s of %q: %d %s", c.method, c.path, c.host, answer.StatusCode, body)
		}
	}
	for _, address := range []string{"0.0.0.0:8333", ":8333", "192.0.2.1:80", "8333", "example.com:80"} {
		code, stdout, stderr := cli(t, "report", "--serve", address, "--data", recordedData(t))
		if code == exitOK || stdout != "" || !strings.Contains(stderr, "an address of this machine alone") {
			t.Errorf("--serve %s: code %d, %s%s", address, code, stdout, stderr)
		}
	}
}

// TestServeReports: the command prints where the pages are, and ends when it is interrupted.
func TestServeReports(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	cmd := newReportCommand()
	cmd.Flags().String("data", recordedData(t), "")
	cmd.SetContext(ctx)
	read, write := io.Pipe()
	cmd.SetOut(write)
	ended := make(chan error, 1)
	go func() { ended <- serveReports(cmd, "127.0.0.1:0", "my-run") }()
	line := make([]byte, 100)
	n, err := read.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSpace(string(line[:n])), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil || !strings.Contains(string(body), "my-run") {
		t.Errorf("%v, %s", err, body)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
