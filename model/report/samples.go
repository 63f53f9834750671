package report

import (
	"fmt"
	"unicode/utf8"

	"temper/model/samples"
)

// StageSamples are some of the responses that a stage's policy gave, one to each of some problems.
type StageSamples struct {
	Stage string
	// Of is where they come from: the stage's last policy step, or an evaluation after it.
	Of      string
	Samples []samples.Sample
	// Damaged are the shards whose responses cannot be read.
	Damaged []string
}

// SamplesPerStage is how many responses of a stage the page shows.
const SamplesPerStage = 10

// mostShown is how much of a text the page shows.
const mostShown = 3000

// excerpt is a text as the page shows it: what changes the direction of the text around it is made
// visible, and the middle of a long one is left out.
func excerpt(text string) string {
	text = samples.Visible(text)
	n := utf8.RuneCountInString(text)
	if n <= mostShown {
		return text
	}
	runes := []rune(text)
	return string(runes[:mostShown/2]) + fmt.Sprintf("\n[… %d characters …]\n", n-mostShown) + string(runes[n-mostShown/2:])
}
