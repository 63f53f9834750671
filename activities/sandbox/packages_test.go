//go:build linux

package sandbox

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"temper/model/reward"
	"temper/model/reward/code"
)

// TestFindPackages: allowed packages are found with their versions, and nothing beside them.
func TestFindPackages(t *testing.T) {
	folder := t.TempDir()
	for file, text := range map[string]string{
		"numpy/__init__.py": "from numpy import core\nname = 'mine'", "numpy/core.py": "", "numpy-9.8.7.dist-info/METADATA": "",
		"yaml/__init__.py": "", "yaml-1.dist-info/METADATA": "", "sortedcontainers/__init__.py": "",
	} {
		path := filepath.Join(folder, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	source, err := insideFiles.ReadFile("inside/packages.py")
	if err != nil {
		t.Fatal(err)
	}
	const program = `
PACKAGES = [sys.argv[1] + "/absent", sys.argv[1]]
provide_packages()
import numpy
try:
    import yaml
except ImportError:
    print(*sys.meta_path[-1].versions, numpy.name, "OPENBLAS_NUM_THREADS" in os.environ)
`
	out, err := exec.Command("/usr/bin/python3", "-I", "-S", "-B", "-c", string(source)+program, folder).CombinedOutput()
	if want := "numpy/9.8.7 sortedcontainers/unknown mine False\n"; err != nil || string(out) != want {
		t.Errorf("got %s, %v; want %s", out, err, want)
	}
}

// TestNumpy: where the interpreter has numpy, programs may return its arrays, and the grader's
// version says so.
func TestNumpy(t *testing.T) {
	s := opened(t)
	tests := code.Tests{Type: code.Function, Name: "f", Cases: []code.Case{{Args: json.RawMessage("[3]"), Expect: json.RawMessage("[0,1,2]")}}}
	got, _ := s.Grade(context.Background(), "import numpy as np\ndef f(n): return np.arange(n)", tests, Limits{})
	want := reward.Incorrect
	if strings.Contains(s.Version(), " numpy/") {
		want = reward.Correct
	}
	if got.Verdict != want {
		t.Errorf("%s: %s, %s", s.Version(), got.Verdict, got.Reason)
	}
}
