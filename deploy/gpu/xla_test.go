//go:build xla && cgo

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGraphsForXLA runs everything on a plugin that takes every program and
// answers zeros: every graph is built for XLA, up to the StableHLO text, and all
// the code around them runs. The zeros are no parity, which must show.
func TestGraphsForXLA(t *testing.T) {
	plugin := buildZeroPlugin(t)
	programs := t.TempDir()
	t.Setenv("ZEROPLUGIN_OUT", programs)
	report, err := checkTiny(t, "xla:"+plugin, temper)
	if err == nil {
		t.Error("zeros passed for parity")
	}
	for _, cell := range []string{"parity/fp32", "parity/bf16", "train/tiny/32", "generate/tiny/5"} {
		r, _ := report.find(cell, temper)
		if r.Status != statusOK {
			t.Errorf("%s: %s", cell, r.why())
		}
		for _, c := range r.Checks {
			if c.Text != "" {
				t.Errorf("%s: %s of %s: %s", cell, c.Quantity, c.Model, c.Text)
			} else if c.OK() && !strings.HasSuffix(c.Quantity, "second run") { // zeros do repeat
				t.Errorf("%s: %s of %s: zeros pass (difference %v)", cell, c.Quantity, c.Model, c.Difference)
			}
		}
	}
	if found, _ := filepath.Glob(filepath.Join(programs, "*.mlir")); len(found) == 0 {
		t.Error("no program reached the plugin")
	}
}

// buildZeroPlugin compiles testdata/zeroplugin.c against go-xla's header.
func buildZeroPlugin(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("no C compiler: the plugin that answers zeros cannot be built")
	}
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/gomlx/go-xla").Output()
	if err != nil {
		t.Fatal(err)
	}
	plugin := filepath.Join(t.TempDir(), "xla_cuda_plugin.so") // "cuda" in the name turns CUDA's paths on
	build := exec.Command("cc", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror",
		"-I", filepath.Join(strings.TrimSpace(string(module)), "pjrt"), "-o", plugin, "testdata/zeroplugin.c")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		t.Fatalf("build the plugin that answers zeros: %v", err)
	}
	return plugin
}
