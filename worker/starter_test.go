package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"temper/worker/modeltest"
)

// People type `starter logprobs`: the built programs pass lines and exit codes on.
func TestStarterBecomesTheWorker(t *testing.T) {
	for _, name := range []string{"starter", "worker"} {
		if _, err := os.Stat(program(name)); err != nil {
			t.Skipf("bin/%s is not built: run make build", name)
		}
	}
	model := modeltest.Folder(t)
	for _, c := range []struct {
		in       string
		code     int
		wantLine string
	}{
		{`{"ids":[65,66],"id":"a"}`, 0, `"id":"a"`},
		{`{"ids":[]}`, 1, `"line":1`},
	} {
		cmd := exec.Command(program("starter"), "logprobs", "--model", model, "-")
		cmd.Stdin = strings.NewReader(c.in + "\n")
		out, err := cmd.Output()
		if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != c.code || !strings.Contains(string(out), c.wantLine) {
			t.Errorf("%s: %v\n%s", c.in, err, out)
		}
	}
}
