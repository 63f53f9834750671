package backend

import (
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
)

// TestOpen checks that every build has cpu and go, and what they are called.
func TestOpen(t *testing.T) {
	for config, name := range map[string]string{
		CPU: "cpu", "cpu:kernels=go": "cpu", Go: "Go Backend", GoSequential: "Go Backend", GoShared: "Go Backend",
	} {
		b, err := Open(config)
		if err != nil {
			t.Errorf("Open(%q): %v", config, err)
			continue
		}
		if b.Name() != name {
			t.Errorf("Open(%q) is called %q, want %q", config, b.Name(), name)
		}
		b.Finalize()
	}
}

// TestWithThreads checks which configurations take a number of threads.
func TestWithThreads(t *testing.T) {
	for config, want := range map[string]string{
		"cpu": "cpu:threads=3", "cpu:kernels=avx2": "cpu:kernels=avx2,threads=3", "cpu:threads=2": "cpu:threads=2", "go": "go", "xla:cuda": "xla:cuda",
	} {
		if got := WithThreads(config, 3); got != want {
			t.Errorf("WithThreads(%q, 3) = %q, want %q", config, got, want)
		}
	}
	b, err := Open(WithThreads("cpu:kernels=go", 1<<20)) // more than a backend takes
	if err != nil {
		t.Fatal(err)
	}
	b.Finalize()
}

// TestOpenRefusals checks that a backend or option that this build lacks is a
// plain error that says what there is.
func TestOpenRefusals(t *testing.T) {
	cases := map[string]string{
		"cuda":            `no backend is called "cuda"; this build has cpu, go`,
		"":                `no backend is called ""`,
		"cpu:kernels=sse": `no kernel class is called "sse"; there are `,
		"cpu:cores=2":     `no option is called "cores"; there are kernels=`,
		"cpu:threads=0":   `threads=0: want a number from 1 to 1024`,
	}
	if slices.Contains(compute.List(), "xla") {
		cases["xla:/nowhere/xla_cuda_plugin.so"] = "/nowhere/xla_cuda_plugin.so"
	} else {
		cases["xla:cuda"] = "this build has no XLA; build with -tags xla and CGO_ENABLED=1"
	}
	for config, want := range cases {
		b, err := Open(config)
		if err == nil {
			b.Finalize()
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("Open(%q): error %v, want one line with %q", config, err, want)
		}
	}
}
