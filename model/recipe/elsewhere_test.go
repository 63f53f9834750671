package recipe

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var issueName = regexp.MustCompile(`^[\w.-]+/[\w.-]+#[0-9]+$`)

// TestFaultsElsewhere holds docs/elsewhere.md to the code: each row names issues of other systems, none twice, and tests of ours
// that exist in the package that is named, or says why there is none.
func TestFaultsElsewhere(t *testing.T) {
	text, err := os.ReadFile("../../docs/elsewhere.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := testsByPackage(t)
	seen := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| issue |") || strings.HasPrefix(line, "|---") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) != 3 {
			t.Errorf("a row of %d cells, want issue, what went wrong, test: %s", len(cells), line)
			continue
		}
		for issue := range strings.SplitSeq(cells[0], ", ") {
			if !issueName.MatchString(issue) || seen[issue] {
				t.Errorf("%q is no issue, or stands there twice; valid: OWNER/NAME#NUMBER", issue)
			}
			seen[issue] = true
		}
		named := quoted.FindAllStringSubmatch(cells[2], -1)
		if strings.HasPrefix(cells[2], "none: ") {
			continue
		}
		if len(named) == 0 {
			t.Errorf("%s: no test is named", cells[0])
		}
		for _, name := range named {
			if !tests[name[1]] {
				t.Errorf("%s: there is no test %s", cells[0], name[1])
			}
		}
	}
	if len(seen) < 100 {
		t.Errorf("the table has %d issues", len(seen))
	}
}

// testsByPackage are all tests, as FOLDER.TestNAME.
func testsByPackage(t *testing.T) map[string]bool {
	t.Helper()
	root, tests := filepath.Join("..", ".."), map[string]bool{}
	test := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	for _, file := range readRepository(t).paths {
		if !strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range test.FindAllStringSubmatch(string(text), -1) {
			tests[path.Base(path.Dir(file))+"."+m[1]] = true
		}
	}
	return tests
}
