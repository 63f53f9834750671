package activities

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"temper/model/artifact"
)

// leftOut counts the rows of a data set that are left out, by reason.
type leftOut struct {
	unjudged map[string]int // rows that no program can be judged by
	bad      map[string]int // rows that the recipe says to skip
	first    []string       // bad rows
	// unselected are the rows that the dataset's ids and since do not mean.
	unselected int
	// unwritten are the problems and examples of other rows that the tokenizer cannot write.
	unwritten int
}

// mostReasons is how many reasons are told apart, and mostShown how many bad rows are shown.
const (
	mostReasons = 20
	mostShown   = 3
	otherReason = "other"
)

func newLeftOut() *leftOut { return &leftOut{unjudged: map[string]int{}, bad: map[string]int{}} }

// skip counts a bad row, and keeps the first.
func (l *leftOut) skip(fault error) {
	reason := reasonOf(fault.Error())
	if _, known := l.bad[reason]; !known && len(l.bad) >= mostReasons {
		reason = otherReason
	}
	l.bad[reason]++
	if len(l.first) < mostShown {
		l.first = append(l.first, fault.Error())
	}
}

// unwritable counts what the tokenizer cannot write, which is a mistake if the recipe skips nothing.
func (l *leftOut) unwritable(in PrepareDataInput, fault error) error {
	if !in.Dataset.SkipBadRows {
		return UserErrorf("data.%s: %v", in.Name, fault)
	}
	l.unwritten++
	l.skip(fault)
	return nil
}

var (
	whichRow = regexp.MustCompile(`^(row|problem|example) [^:]*: `)
	numbers  = regexp.MustCompile(`\d+`)
)

// reasonOf is a fault without what differs from row to row.
func reasonOf(fault string) string {
	const longest = 100
	fault = whichRow.ReplaceAllString(fault, "")
	if before, _, found := strings.Cut(fault, " is missing: "); found {
		fault = before + " is missing"
	}
	fault = numbers.ReplaceAllString(fault, "N")
	if letters := []rune(fault); len(letters) > longest {
		fault = string(letters[:longest]) + "…"
	}
	return fault
}

// record puts the numbers into a manifest, and remarks on bad rows.
func (l *leftOut) record(m *artifact.Manifest) {
	for reason, n := range l.unjudged {
		m.Metrics[artifact.MetricUnjudged+reason] = float64(n)
	}
	if l.unselected > 0 {
		m.Metrics[artifact.MetricUnselected] = float64(l.unselected)
	}
	total := 0
	for reason, n := range l.bad {
		m.Metrics[artifact.MetricBadRows+reason] = float64(n)
		total += n
	}
	if total > 0 {
		m.Remarks = append(m.Remarks, fmt.Sprintf("%d bad rows are left out, as skip_bad_rows says: %s; the first: %s", total, counted(l.bad), strings.Join(l.first, "; ")))
	}
}

// counted lists reasons with their numbers.
func counted(reasons map[string]int) string {
	var list []string
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		list = append(list, fmt.Sprintf("%s %d", reason, reasons[reason]))
	}
	return strings.Join(list, ", ")
}
