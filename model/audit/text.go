package audit

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"temper/model/artifact"
)

// screen is how many findings a person is shown: those after them are rarely news.
const screen = 25

// Text writes the report for people. It ends with PASS, or with what was found.
func (r Report) Text(to io.Writer) error {
	to = printable{to}
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	line := func(name, form string, values ...any) {
		fmt.Fprintf(w, "%s\t"+form+"\n", append([]any{name}, values...)...)
	}
	line("run", "%s, Run ID %s", r.Run.Name, r.Run.ID)
	line("recipe", "%s, %s, seed %d", cmp.Or(r.RecipeName, "unknown"), r.Recipe.SHA256, r.Seed)
	if r.Parent != "" {
		line("begins with", "%s", r.Parent)
	}
	line("worked", "%s to %s UTC", clock(r.Began), clock(r.Ended))
	line("code", "%s", counted(r.Code, "records"))
	for _, version := range slices.Sorted(maps.Keys(r.NumericsVersions)) {
		line("numerics", "version %d (%d records); %s", version, r.NumericsVersions[version], plain(r.Numerics))
	}
	if len(r.Allowed) > 0 {
		line("other numerics", "%s", counted(r.Allowed, "records"))
	}
	line("workers", "%s", counted(r.Workers, "records"))
	for _, grader := range sortedNames(r.Graders) {
		line("grader", "%s", grader)
	}
	if !r.Final.Checkpoint.IsZero() {
		line("final checkpoint", "%s", r.Final.Checkpoint.SHA256)
		for _, ref := range r.Final.Weights {
			line("final weights", "%s, %d bytes", ref.SHA256, ref.Size)
		}
		line("lineage", "%d policy steps and %d supervised segments back to %s", r.Final.Updates, r.Final.Segments, cmp.Or(r.Final.Begins.Short(), "nothing"))
	}
	line("verified", "%d records, %d blobs, %d bytes (%s)", r.all(), r.Blobs, r.Bytes, r.kinds())
	line("chain", "%s", cmp.Or(r.Chain, "none"))
	line("history", "%s", cmp.Or(r.History, "none"))
	line("redone", "%s", r.Redone)
	if err := w.Flush(); err != nil {
		return err
	}
	r.writeData(to)
	r.writeDecided(to)
	for _, u := range r.Unchecked {
		fmt.Fprintf(to, "not checked: %s (%d): %s\n", u.What, u.Times, u.Why)
	}
	for _, key := range r.Repaired {
		fmt.Fprintln(to, "damaged, and recorded again:", key)
	}
	r.writeRecomputed(to)
	if r.Passed() {
		_, err := fmt.Fprintln(to, "PASS")
		return err
	}
	for _, f := range r.Findings[:min(len(r.Findings), screen)] {
		fmt.Fprintln(to, f)
	}
	if more := len(r.Findings) - screen; more > 0 {
		fmt.Fprintf(to, "… and %d more, all in --json\n", more)
	}
	_, err := fmt.Fprintf(to, "FAIL: %d findings\n", len(r.Findings))
	return err
}

// printable is a writer that shows what would steer a terminal as ?: much of a report are the words of others.
type printable struct{ to io.Writer }

func (p printable) Write(text []byte) (int, error) {
	shown := bytes.Map(func(r rune) rune {
		if r != '\n' && !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
	if _, err := p.to.Write(shown); err != nil {
		return 0, err
	}
	return len(text), nil
}

// writeData says where the data come from, and what was left out of it.
func (r Report) writeData(to io.Writer) {
	for _, d := range r.Datasets {
		fmt.Fprintf(to, "data %s: %s; source %s, licence %s; %d of %d problems and examples%s\n", d.Name, cmp.Or(d.Of, "unknown"),
			cmp.Or(d.Source, "not given"), cmp.Or(d.Licence, "not given"), d.Kept, d.Read, reasons(d.LeftOut))
		for _, rule := range d.Rules {
			fmt.Fprintf(to, "  %s: %d of %d%s\n", rule.Rule, rule.Out, rule.In, reasons(rule.Reasons))
		}
	}
}

// writeDecided prints temperatures, decisions and what people did.
func (r Report) writeDecided(to io.Writer) {
	for _, t := range r.Temperatures {
		fmt.Fprintf(to, "temperature of %s%s: %g, entropy %.3f for %.3f; measured", t.Stage, prefixed(" ", t.Search), t.Chosen, t.Entropy, t.Target)
		for i, temperature := range t.Table[artifact.MetricTemperature] {
			fmt.Fprintf(to, " %g: %.3f", temperature, at(t.Table[artifact.MetricEntropy], i))
		}
		fmt.Fprintln(to)
	}
	for _, d := range r.Decisions {
		fmt.Fprintf(to, "decided in %s after %d updates about %s: %s\n", cmp.Or(d.Stage, "the run"), d.Step, d.About, strings.Join(d.Text, " "))
	}
	for _, c := range r.Changes {
		fmt.Fprintln(to, c)
	}
}

// writeRecomputed counts by kind what was done again; what differs is a finding, and what could not be done was said before.
func (r Report) writeRecomputed(to io.Writer) {
	same, drawn := map[artifact.Kind]int{}, map[artifact.Kind]int{}
	for _, done := range r.Recomputed {
		drawn[done.Kind]++
		if done.Same {
			same[done.Kind]++
		}
	}
	var parts []string
	for _, kind := range sortedNames(drawn) {
		parts = append(parts, fmt.Sprintf("%s %d of %d", kind, same[kind], drawn[kind]))
	}
	if len(parts) > 0 {
		fmt.Fprintf(to, "computed again to the same bytes (--seed %d): %s\n", r.RecomputeSeed, strings.Join(parts, ", "))
	}
}

// String is the change on a line.
func (c Change) String() string {
	who := prefixed(" by ", c.Who)
	if who == "" {
		who = prefixed(" by somebody, said to be ", c.SaidToBe)
	}
	return fmt.Sprintf("%s UTC %s%s%s%s", clock(c.At), c.What, who, prefixed(": ", c.Why), prefixed(" ", c.Order))
}

// String says what was redone.
func (d Redone) String() string {
	return fmt.Sprintf("%d attempts beyond the first, %d records once more; %.0f seconds of work, %.0f of them by attempts that did not end%s", d.Attempts, d.Again, d.Seconds, d.EarlierSeconds, reasons(d.Failures))
}

func (r Report) all() (n int) {
	for _, of := range r.Records {
		n += of
	}
	return n
}

func (r Report) kinds() string {
	var parts []string
	for _, kind := range sortedNames(r.Records) {
		parts = append(parts, fmt.Sprintf("%s %d", kind, r.Records[kind]))
	}
	return strings.Join(parts, ", ")
}

// counted lists what was counted, the most frequent first.
func counted(counts map[string]int, of string) string {
	names := sortedNames(counts)
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	var parts []string
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("%s (%d %s)", cmp.Or(name, "unknown"), counts[name], of))
	}
	return strings.Join(parts, ", ")
}

// reasons list what was left out for each reason.
func reasons(counts map[string]int) string {
	var parts []string
	for _, name := range sortedNames(counts) {
		parts = append(parts, fmt.Sprintf("%s %d", name, counts[name]))
	}
	return prefixed("; ", strings.Join(parts, ", "))
}

// plain is an object of settings on a line.
func plain(settings any) string {
	var parts []string
	for name, value := range asObject(settings) {
		parts = append(parts, fmt.Sprintf("%s %v", name, value))
	}
	slices.Sort(parts)
	return cmp.Or(strings.Join(parts, ", "), "not said")
}

// prefixed is text after a prefix, nothing if there is no text.
func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

func at(values []float64, i int) float64 {
	if i < len(values) {
		return values[i]
	}
	return 0
}

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }
