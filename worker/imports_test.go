package main

import (
	"os/exec"
	"strings"
	"testing"
)

// The import rules of ARCHITECTURE.md, checked on everything that a package
// pulls in, directly or not. (.golangci.yml checks the direct imports too, where
// golangci-lint is installed.)
func TestImportDirection(t *testing.T) {
	gomlx := []string{"github.com/gomlx/"}
	outer := []string{"temper/activities", "temper/workflows", "temper/worker", "temper/starter", "temper/deploy"}
	world := []string{"go.temporal.io/", "github.com/minio/minio-go/"}
	for _, rule := range []struct {
		packages, forbidden []string
		why                 string
	}{
		{[]string{"temper/model/..."}, append(outer, world...), "the science knows nothing of its surroundings"},
		{[]string{"temper/model/library/..."}, append([]string{"temper/model"}, append(outer, world...)...), "a library stands alone"},
		{[]string{"temper/model/recipe", "temper/model/artifact"}, append([]string{"temper/model/transformer", "temper/model/train"}, gomlx...), "they are the innermost packages"},
		{[]string{"temper/activities/..."}, append([]string{"temper/workflows", "temper/worker", "temper/starter"}, gomlx...), "what computes comes in through ports"},
		{[]string{"temper/workflows"}, append([]string{"temper/worker", "temper/starter", "github.com/minio/minio-go/"}, gomlx...), "workflows move refs and small scalars"},
		{[]string{"temper/starter"}, append([]string{"temper/worker"}, gomlx...), "the starter stays small"},
	} {
		for _, pkg := range list(t, append([]string{"list"}, rule.packages...)) {
			for _, dep := range list(t, []string{"list", "-deps", pkg}) {
				for _, forbidden := range rule.forbidden {
					if dep != pkg && !library(dep, pkg) && strings.HasPrefix(dep+"/", strings.TrimSuffix(forbidden, "/")+"/") {
						t.Errorf("%s imports %s: %s", pkg, dep, rule.why)
					}
				}
			}
		}
	}
}

// library tells whether two packages are of the libraries, which may use each other.
func library(dep, pkg string) bool {
	const libraries = "temper/model/library/"
	return strings.HasPrefix(dep, libraries) && strings.HasPrefix(pkg, libraries)
}

// The packages that compute with weights are the only ones of the science that know GoMLX.
func TestOnlyTheNumericsKnowGoMLX(t *testing.T) {
	allowed := map[string]bool{
		"temper/model/library/cpu": true, "temper/model/backend": true,
		"temper/model/transformer": true, "temper/model/sampling": true, "temper/model/train": true,
	}
	for _, pkg := range list(t, []string{"list", "temper/model/..."}) {
		for _, dep := range list(t, []string{"list", "-deps", pkg}) {
			if strings.HasPrefix(dep, "github.com/gomlx/") && !allowed[pkg] {
				t.Errorf("%s imports %s: only the CPU backend, backend, transformer, sampling and train compute with GoMLX", pkg, dep)
				break
			}
		}
	}
}

// The science is pure: it starts no programs and does not look at the clock.
func TestScienceIsPure(t *testing.T) {
	for _, pkg := range list(t, []string{"list", "temper/model/..."}) {
		imports := list(t, []string{"list", "-f", `{{join .Imports "\n"}}`, pkg})
		for _, dep := range imports {
			if dep == "os/exec" || dep == "net/http" || dep == "net" {
				t.Errorf("%s imports %s: the science gets bytes and gives bytes", pkg, dep)
			}
		}
	}
}

func list(t *testing.T, args []string) []string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = ".."
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v: %s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.Fields(string(out))
}
