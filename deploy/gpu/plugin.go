package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// setup is what child processes run with.
type setup struct {
	backend string   // GoMLX configuration
	env     []string // variables beyond the parent's own
	notes   []string // what was found where, for people
}

// finder looks for a CUDA PJRT plugin and for NVIDIA's libraries beside it. Its
// fields stand for the machine, so that tests can have their own.
type finder struct {
	getenv      func(string) string
	pythonPaths []string // sys.path of the Python that has JAX's plugin
	cudaHomes   []string // CUDA installations outside Python
}

// newFinder asks python, a program, where it keeps its packages. No Python is no
// error: the plugin may be elsewhere.
func newFinder(python string) finder {
	f := finder{getenv: os.Getenv, cudaHomes: []string{os.Getenv("CUDA_HOME"), "/usr/local/cuda"}}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, python, "-c", `import sys; print("\n".join(p for p in sys.path if p))`).Output()
	if err == nil {
		f.pythonPaths = strings.Fields(string(out))
	}
	return f
}

// find resolves the backend to use: the one asked for, else $GOMLX_BACKEND, else
// the first CUDA plugin in $PJRT_PLUGIN_LIBRARY_PATH and then in Python's
// packages (jax-cuda13-pjrt).
func (f finder) find(asked string) (setup, error) {
	s := setup{backend: cmp.Or(asked, f.getenv("GOMLX_BACKEND"))}
	if s.backend == "" {
		plugin, err := f.plugin()
		if err != nil {
			return setup{}, err
		}
		// Memory is taken as it is needed, up to this share; XLA's default is 0.75.
		s.backend = "xla:" + plugin + ",memory_fraction=0.92"
	}
	if strings.HasPrefix(s.backend, "xla") {
		f.libraries(&s)
	}
	return s, nil
}

// plugin returns the absolute path of a CUDA plugin.
func (f finder) plugin() (string, error) {
	var looked []string
	for _, dir := range filepath.SplitList(f.getenv("PJRT_PLUGIN_LIBRARY_PATH")) {
		looked = append(looked, filepath.Join(dir, "*cuda*plugin*.so"))
	}
	for _, dir := range f.pythonPaths {
		looked = append(looked, filepath.Join(dir, "jax_plugins", "xla_cuda*", "xla_cuda_plugin.so"))
	}
	for _, pattern := range looked {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return filepath.Abs(found[len(found)-1]) // the highest CUDA version
		}
	}
	return "", fmt.Errorf("find a CUDA PJRT plugin: none in $PJRT_PLUGIN_LIBRARY_PATH (%q) nor among the packages of python (%d folders); "+
		"install one with `pip install jax-cuda13-pjrt jax-cuda13-plugin[with-cuda]`, or name one with -backend xla:/path/to/xla_cuda_plugin.so, "+
		"or try the program out with -backend go", f.getenv("PJRT_PLUGIN_LIBRARY_PATH"), len(f.pythonPaths))
}

// libraries finds what the plugin loads at run time: NVIDIA's shared libraries
// and the folder with libdevice and ptxas. What the caller has set stays.
func (f finder) libraries(s *setup) {
	var libs, homes []string
	for _, dir := range f.pythonPaths {
		found, _ := filepath.Glob(filepath.Join(dir, "nvidia", "*", "lib"))
		libs = append(libs, found...)
		found, _ = filepath.Glob(filepath.Join(dir, "nvidia", "*"))
		homes = append(homes, found...)
	}
	if len(libs) > 0 {
		if have := f.getenv("LD_LIBRARY_PATH"); have != "" {
			libs = append(libs, have)
		}
		s.env = append(s.env, "LD_LIBRARY_PATH="+strings.Join(libs, ":"))
	}
	const flag = "--xla_gpu_cuda_data_dir="
	if flags := f.getenv("XLA_FLAGS"); !strings.Contains(flags, flag) {
		for _, home := range append(homes, f.cudaHomes...) {
			if _, err := os.Stat(filepath.Join(home, "nvvm", "libdevice")); home != "" && err == nil {
				s.env = append(s.env, "XLA_FLAGS="+strings.TrimSpace(flags+" "+flag+home))
				break
			}
		}
	}
	// The folder is given; go-xla's own search for it knows another layout and
	// warns. XLA's errors are shown, its warnings are not.
	s.env = append(s.env, "GOPJRT_CUDA_CHECKS=0", "GOMLX_NO_AUTO_INSTALL=1")
	if f.getenv("TF_CPP_MIN_LOG_LEVEL") == "" {
		s.env = append(s.env, "TF_CPP_MIN_LOG_LEVEL=2")
	}
	s.notes = append(s.notes, s.env...)
}

// withPrecision is the backend that computes float32 products exactly (fp32) or
// in TF32, where it has the choice.
func withPrecision(backend, precision string) string {
	if !strings.HasPrefix(backend, "xla") {
		return backend
	}
	return fmt.Sprintf("%s,tf32=%v", backend, precision != "fp32")
}
