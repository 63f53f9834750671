package activities_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The page of what to do has every class of failure.
func TestTroubleshootingIsWhole(t *testing.T) {
	source, err := os.ReadFile("errors.go")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	classes := regexp.MustCompile(`\w+Type = "(\w+)"`).FindAllStringSubmatch(string(source), -1)
	if len(classes) < 10 {
		t.Fatalf("errors.go has %d classes", len(classes))
	}
	for _, class := range classes {
		if !strings.Contains(string(page), "`"+class[1]+"`") {
			t.Errorf("docs/troubleshooting.md lacks %s", class[1])
		}
	}
}
