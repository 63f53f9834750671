package report

import (
	"html"
	"strings"
	"testing"
)

// TestSettings: nothing of a stage comes from a default that the page does not print.
func TestSettings(t *testing.T) {
	f := fakeRun()
	run, page := build(t, f.recipe, f.manifests)
	text, printed := string(page), 0
	for _, group := range run.Recipe.Effective() {
		_, of, found := strings.Cut(text, "<details><summary>"+group.Name+`</summary><div class="scroll" tabindex="0" role="group" aria-label="table"><table class="settings">`)
		if of, _, _ = strings.Cut(of, "</details>"); !found {
			t.Fatalf("there are no settings of %s", group.Name)
		}
		for _, v := range group.Values {
			row := `<tr><th scope="row">` + html.EscapeString(v.Path) + "</th><td class=\"word\">" + html.EscapeString(v.Value) + "</td><td class=\"word\">"
			if v.Default {
				row += "default"
			}
			if printed++; !strings.Contains(of, row+"</td></tr>") {
				t.Errorf("%s: %s is not printed", group.Name, v.Path)
			}
		}
	}
	if printed < 100 {
		t.Errorf("only %d settings", printed)
	}
}
