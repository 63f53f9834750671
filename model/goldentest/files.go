package goldentest

import (
	"encoding/binary"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Families are the folders of the models of all architectures but qwen2's, relative to
// Dir: weights lie in model, what the reference computed in golden. The one whose
// window is refused is not among them.
func Families(t testing.TB) []string {
	t.Helper()
	var dirs []string
	for _, family := range []string{"qwen3", "llama", "mistral"} {
		paths, err := filepath.Glob(filepath.Join(Dir(t), family, "*/golden"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: no goldens (%v)", family, err)
		}
		for _, path := range paths {
			if name := filepath.Base(filepath.Dir(path)); name != "window_6" {
				dirs = append(dirs, family+"/"+name)
			}
		}
	}
	return dirs
}

// NPY reads a little-endian float32 array of NumPy format 1.0; its name is relative to Dir.
func NPY(t testing.TB, name string) (values []float32, dims []int) {
	t.Helper()
	data := Read(t, name)
	n := int(binary.LittleEndian.Uint16(data[8:]))
	header := string(data[10 : 10+n])
	if !strings.Contains(header, "'<f4'") || !strings.Contains(header, "'fortran_order': False") {
		t.Fatalf("%s: unexpected header %s", name, header)
	}
	m := regexp.MustCompile(`'shape': \(([^)]*)\)`).FindStringSubmatch(header)
	for _, s := range strings.Split(m[1], ",") {
		if s = strings.TrimSpace(s); s != "" {
			d, err := strconv.Atoi(s)
			if err != nil {
				t.Fatal(err)
			}
			dims = append(dims, d)
		}
	}
	for b := data[10+n:]; len(b) > 0; b = b[4:] {
		values = append(values, math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	return values, dims
}
