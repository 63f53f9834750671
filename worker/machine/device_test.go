package machine

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

func TestDevice(t *testing.T) {
	if name, _ := (Machine{Cores: 1}).Device(context.Background()); name != "cpu" {
		t.Errorf("without a backend the device is %q", name)
	}
	if name, _ := (Machine{Cores: 1, Backend: "xla:cpu"}).Device(context.Background()); name != "cpu" {
		t.Errorf("XLA's CPU is %q", name)
	}
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	on := Machine{Cores: 1, Backend: "xla:cuda"}
	if name, peak := on.Device(context.Background()); name != "" || peak != 0 {
		t.Errorf("without nvidia-smi the device is %q of %g", name, peak)
	}
	if err := os.WriteFile(filepath.Join(bin, "nvidia-smi"), []byte("#!/bin/sh\necho NVIDIA H200\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if name, peak := on.Device(context.Background()); name != "h200" || peak != 0 {
		t.Errorf("the device is %q of %g, want the table's h200", name, peak)
	}
}
