package transformer

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
)

// TestOpenBackendRefusals checks that a backend that this build lacks is a plain
// error that says what to do.
func TestOpenBackendRefusals(t *testing.T) {
	cases := map[string]string{
		"cuda": `no backend is called "cuda"; this build has go`,
		"":     `no backend is called ""`,
	}
	if slices.Contains(compute.List(), "xla") {
		cases["xla:/nowhere/xla_cuda_plugin.so"] = "/nowhere/xla_cuda_plugin.so"
	} else {
		cases["xla:cuda"] = "this build has no XLA; build with -tags xla and CGO_ENABLED=1"
	}
	for config, want := range cases {
		backend, err := OpenBackend(config)
		if err == nil {
			backend.Finalize()
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("OpenBackend(%q): error %v, want one line with %q", config, err, want)
		}
	}
}

// TestPlainBuildHasNoXLA checks that XLA, which needs cgo, is linked with its tag
// alone.
func TestPlainBuildHasNoXLA(t *testing.T) {
	for _, c := range []struct {
		tags, cgo string
		linked    bool
	}{{"", "0", false}, {"", "1", false}, {"xla", "0", false}, {"xla", "1", true}} {
		cmd := exec.Command("go", "list", "-deps", "-tags", c.tags, ".")
		cmd.Env = append(cmd.Environ(), "CGO_ENABLED="+c.cgo)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go list with tags %q: %v", c.tags, err)
		}
		if linked := strings.Contains(string(out), "github.com/gomlx/go-xla"); linked != c.linked {
			t.Errorf("tags %q, cgo %s: XLA is linked: %v, want %v", c.tags, c.cgo, linked, c.linked)
		}
	}
}
