package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFind checks where the plugin and NVIDIA's libraries are looked for.
func TestFind(t *testing.T) {
	site, other := t.TempDir(), t.TempDir()
	for _, file := range []string{
		site + "/jax_plugins/xla_cuda12/xla_cuda_plugin.so", site + "/jax_plugins/xla_cuda13/xla_cuda_plugin.so",
		site + "/nvidia/cu13/lib/libcublas.so", site + "/nvidia/cudnn/lib/libcudnn.so", site + "/nvidia/cu13/nvvm/libdevice/libdevice.10.bc",
		other + "/pjrt_c_api_cuda_plugin.so", other + "/cuda/nvvm/libdevice/libdevice.10.bc",
	} {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	jax := "xla:" + site + "/jax_plugins/xla_cuda13/xla_cuda_plugin.so,memory_fraction=0.92"
	libs := "LD_LIBRARY_PATH=" + site + "/nvidia/cu13/lib:" + site + "/nvidia/cudnn/lib"
	for _, c := range []struct {
		name    string
		asked   string
		env     map[string]string
		python  []string
		backend string
		has     []string
		not     string
	}{
		{"python's packages", "", nil, []string{"/usr/lib", site}, jax, []string{libs, "XLA_FLAGS=--xla_gpu_cuda_data_dir=" + site + "/nvidia/cu13"}, ""},
		{"the plugin path first", "", map[string]string{"PJRT_PLUGIN_LIBRARY_PATH": other}, []string{site}, "xla:" + other + "/pjrt_c_api_cuda_plugin.so,memory_fraction=0.92", []string{libs}, ""},
		{"GOMLX_BACKEND first", "", map[string]string{"GOMLX_BACKEND": "xla:cuda"}, []string{site}, "xla:cuda", []string{libs}, ""},
		{"the flag first", "xla:/p.so", map[string]string{"GOMLX_BACKEND": "xla:cuda"}, nil, "xla:/p.so", []string{"XLA_FLAGS=--xla_gpu_cuda_data_dir=" + other + "/cuda"}, "LD_LIBRARY_PATH"},
		{"what is set stays", "", map[string]string{"XLA_FLAGS": "--a --xla_gpu_cuda_data_dir=/x", "LD_LIBRARY_PATH": "/mine"}, []string{site}, jax, []string{libs + ":/mine"}, "XLA_FLAGS"},
		{"other flags stay", "", map[string]string{"XLA_FLAGS": "--a"}, []string{site}, jax, []string{"XLA_FLAGS=--a --xla_gpu_cuda_data_dir="}, ""},
		{"the CPU needs nothing", "go", nil, []string{site}, "go", nil, "="},
	} {
		f := finder{getenv: func(k string) string { return c.env[k] }, pythonPaths: c.python, cudaHomes: []string{"", other + "/cuda"}}
		s, err := f.find(c.asked)
		if err != nil || s.backend != c.backend {
			t.Errorf("%s: backend %q, %v; want %q", c.name, s.backend, err, c.backend)
		}
		env := strings.Join(s.env, "\n")
		for _, want := range c.has {
			if !strings.Contains(env, want) {
				t.Errorf("%s: environment\n%s\nlacks %s", c.name, env, want)
			}
		}
		if c.not != "" && strings.Contains(env, c.not) {
			t.Errorf("%s: environment\n%s\nhas %s", c.name, env, c.not)
		}
	}
	if _, err := (finder{getenv: func(string) string { return "" }}).find(""); err == nil || !strings.Contains(err.Error(), "pip install jax-cuda13-pjrt") {
		t.Errorf("without a plugin: %v", err)
	}
}

// TestWithPrecision checks the backend of each precision.
func TestWithPrecision(t *testing.T) {
	for _, c := range [][3]string{
		{"xla:/p.so", "fp32", "xla:/p.so,tf32=false"}, {"xla:/p.so,allocator=cuda_async", "tf32", "xla:/p.so,allocator=cuda_async,tf32=true"}, {"go", "fp32", "go"},
	} {
		if got := withPrecision(c[0], c[1]); got != c[2] {
			t.Errorf("withPrecision(%q, %q) is %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
