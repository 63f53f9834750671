package report

import (
	"strings"
	"testing"

	"temper/model/recipe"
)

// TestCard: what a hub shows of the weights, with names that would be markup as text.
func TestCard(t *testing.T) {
	f := fakeRun()
	f.recipe.Model.Base = "models/<b>|x\n# y"
	f.recipe.Data = map[string]recipe.Dataset{"math-short": {Source: "https://example.org/a_b", Licence: "MIT"}}
	run, _ := build(t, f.recipe, f.manifests)
	card := Card(run, "6de0", "math-last")
	for _, want := range []string{
		"---\nlibrary_name: transformers\n", "# first-light\n", "recipe demo (SHA-256 `" + run.RecipeDigest + "`), seed", "checkpoint `6de0`",
		`The base model is models/&lt;b>\|x \# y.`, "| math-last | rl | math-last | 15 |", "| math avg@4 | 0.0 (≤ 3.7) | 55.1 ± 4.5 |",
		`| math-short | 3800 | https://example.org/a\_b | MIT |`, "| code | 2900 | not given | not given |", "- code: hard fell by 5.9",
	} {
		if !strings.Contains(card, want) {
			t.Errorf("the card lacks %q:\n%s", want, card)
		}
	}
}
