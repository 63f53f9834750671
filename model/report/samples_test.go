package report

import (
	"strings"
	"testing"

	"temper/model/samples"
)

// What a model wrote is shown as text, whatever it is, and no more of it than fits a page.
func TestSamplesOnThePage(t *testing.T) {
	page, err := Render(Run{Name: "x", Samples: []StageSamples{{Stage: "math", Of: "math", Samples: []samples.Sample{{
		Problem: "p\"><script>alert(1)</script>", Prompt: "</pre><img src=x onerror=alert(2)>", Response: strings.Repeat("long ", 2000) + "end\u202e",
		Verdict: "incorrect", Reason: "differs from </summary>5", Extracted: "{{.Name}}", Answer: "<b>5</b>", Truncated: true,
	}}}}})
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for _, bad := range []string{"<script", "<img", "</summary>5", "<b>5", "\u202e"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, want := range []string{"&lt;script&gt;alert(1)", "&lt;img src=x", "[… 7011 characters …]", `end\u{202e}`, "{{.Name}}", "Response, cut by the budget"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
