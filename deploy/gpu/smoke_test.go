package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The program under test starts itself for every cell; so does this one.
func TestMain(m *testing.M) {
	for _, arg := range os.Args[1:] {
		if arg == "-cell" {
			main()
			return
		}
	}
	os.Exit(m.Run())
}

// checkTiny runs the whole program on small cells and returns its report.
func checkTiny(t *testing.T, backend, engines string) (Report, error) {
	t.Helper()
	dir := t.TempDir()
	f := flags{
		only: "parity/fp32,parity/bf16,train/tiny/32,generate/tiny/5", engines: engines, backend: backend, python: "python3",
		json: filepath.Join(dir, "r.json"), markdown: filepath.Join(dir, "r.md"), goldens: "../../../shared/goldens",
		limit: 5 * time.Minute, budget: 30 * time.Minute,
	}
	err := run(f, nil)
	report, readErr := readReport(f.json)
	if readErr != nil {
		t.Fatal(readErr)
	}
	if tables, readErr := os.ReadFile(f.markdown); readErr != nil || string(tables) != report.markdown() {
		t.Errorf("the tables' file differs from the results' (%v)", readErr)
	}
	return report, err
}

// TestOnTheCPU runs everything on the CPU backend, as a stand-in for a device.
func TestOnTheCPU(t *testing.T) {
	report, err := checkTiny(t, "go", temper+","+hf)
	if err != nil {
		t.Error(err)
	}
	for cell, want := range map[string]string{
		"parity/fp32": statusOK, "parity/bf16": statusOK, "train/tiny/32": statusOK, "generate/tiny/5": statusOK,
	} {
		r, _ := report.find(cell, temper)
		if r.Status != want {
			t.Errorf("%s: %s, want %s", cell, r.why(), want)
		}
		if strings.HasSuffix(cell, "32") && strings.HasPrefix(cell, parity) && len(r.Checks) < len(parityModels)*(len(quantities)+1) {
			t.Errorf("%s: %d checks", cell, len(r.Checks))
		}
		if strings.Contains(cell, "tiny") && (r.TokensPerSecond <= 0 || r.Steps == 0 || r.Software == "") {
			t.Errorf("%s: %+v", cell, r)
		}
	}
	for _, cell := range []string{"train/tiny/32", "generate/tiny/5"} {
		r, ok := report.find(cell, hf)
		if !ok || r.Status != statusOK && r.Status != statusSkipped && !strings.Contains(r.Text, "python3") {
			t.Errorf("%s with PyTorch: %+v", cell, r)
		}
	}
}

// TestRefusals checks that a user's mistakes are one line each.
func TestRefusals(t *testing.T) {
	for want, f := range map[string]flags{
		`engine "jax": want temper or hf`: {engines: "jax"},
		`cell "nothing": want`:            {only: "nothing", engines: temper},
		"read earlier results":            {engines: temper, backend: "go", json: "smoke_test.go"},
	} {
		if err := run(f, nil); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v, want one line with %q", err, want)
		}
	}
	if err := run(flags{}, []string{"train/tiny/32"}); err == nil || !strings.Contains(err.Error(), "-only") {
		t.Errorf("an argument: error %v", err)
	}
}
