package main

import (
	"fmt"
	"strings"
)

// markdown renders the report as the tables of RESULTS.md.
func (r Report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Device: %s", r.Machine.Device)
	if r.Machine.Driver != "" {
		fmt.Fprintf(&b, ", driver %s", r.Machine.Driver)
	}
	fmt.Fprintf(&b, ". Backend: `%s`.\n", r.Machine.Backend)
	seen := map[string]bool{}
	for _, have := range r.Results {
		line := fmt.Sprintf("%s: %s", have.Engine, have.Software)
		if have.Software != "" && !seen[line] {
			seen[line] = true
			fmt.Fprintf(&b, "\n- %s", line)
		}
	}
	r.parityTable(&b)
	r.trainTable(&b)
	r.generateTable(&b)
	return strings.TrimSpace(b.String()) + "\n"
}

// parityTable has a line for each quantity, with the comparison that came
// nearest to its limit, and one for each that failed.
func (r Report) parityTable(b *strings.Builder) {
	rows := table{}
	for _, have := range r.Results {
		c, err := ParseCell(have.Cell)
		if err != nil || c.Kind != parity {
			continue
		}
		if have.Status != statusOK {
			rows.add(c.Model, "", "", "", "", have.why())
		}
		for _, q := range worstChecks(have.Checks) {
			rows.add(c.Model, q.Quantity, fmt.Sprintf("%.2g", q.Difference), fmt.Sprintf("%.2g", q.Allowed), q.Model, q.verdict())
		}
	}
	rows.write(b, "Parity", "precision", "quantity", "largest difference", "allowed", "model", "verdict")
}

// worstChecks returns all checks that failed and, of the others, the one of
// every quantity with the largest difference.
func worstChecks(checks []Check) []Check {
	var out []Check
	at := map[string]int{}
	for _, c := range checks {
		i, ok := at[c.Quantity]
		switch {
		case !c.OK():
			out = append(out, c)
		case !ok:
			at[c.Quantity] = len(out)
			out = append(out, c)
		case c.Difference > out[i].Difference:
			out[i] = c
		}
	}
	return out
}

func (c Check) verdict() string {
	switch {
	case c.OK():
		return "ok"
	case c.Text != "":
		return "**failed**: " + c.Text
	}
	return "**failed**"
}

func (r Report) trainTable(b *strings.Builder) {
	rows := table{}
	r.pairs(training, func(c Cell, ours, theirs Result) {
		share := func(x Result) string {
			if u := utilisation(shapes[c.Model], c.Size, x.TokensPerSecond, r.Machine.Peak); u > 0 {
				return fmt.Sprintf("%.1f %%", 100*u)
			}
			return ""
		}
		rows.add(c.Model, fmt.Sprint(c.Size), ours.outcome(), theirs.outcome(), ratio(ours, theirs),
			share(ours), share(theirs), ours.peak(), theirs.peak())
	})
	rows.write(b, "Training, tokens per second", "model", "tokens per row", "temper", "HF", "ratio",
		"temper MFU", "HF MFU", "temper peak GiB", "HF peak GiB")
}

func (r Report) generateTable(b *strings.Builder) {
	rows := table{}
	r.pairs(decoding, func(c Cell, ours, theirs Result) {
		rows.add(c.Model, fmt.Sprint(c.Size), ours.outcome(), theirs.outcome(), ratio(ours, theirs), ours.peak(), theirs.peak())
	})
	rows.write(b, "Generation, tokens per second", "model", "rows", "temper", "HF", "ratio", "temper peak GiB", "HF peak GiB")
}

// pairs calls row for every cell of a kind, with the results of both engines.
func (r Report) pairs(kind string, row func(c Cell, ours, theirs Result)) {
	done := map[string]bool{}
	for _, have := range r.Results {
		c, err := ParseCell(have.Cell)
		if err != nil || c.Kind != kind || done[have.Cell] {
			continue
		}
		done[have.Cell] = true
		ours, _ := r.find(have.Cell, temper)
		theirs, _ := r.find(have.Cell, hf)
		row(c, ours, theirs)
	}
}

// outcome is the cell's text: its figure, or why there is none.
func (r Result) outcome() string {
	failed := 0
	for _, c := range r.Checks {
		if !c.OK() {
			failed++
		}
	}
	switch {
	case r.Status == "":
		return ""
	case failed > 0:
		return fmt.Sprintf("%d of %d checks failed", failed, len(r.Checks))
	case r.Status == statusOK && r.TokensPerSecond > 0:
		return figure(r)
	case r.Status == statusTime && r.TokensPerSecond > 0:
		return fmt.Sprintf("%s (time limit after %d steps)", figure(r), r.Steps)
	}
	return r.why()
}

// why is the status with its cause.
func (r Result) why() string {
	if r.Text == "" {
		return r.Status
	}
	return r.Status + ": " + r.Text
}

func figure(r Result) string {
	s := fmt.Sprintf("%.0f", r.TokensPerSecond)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if r.Precision != "" {
		s += " " + r.Precision
	}
	return s
}

func (r Result) peak() string {
	if r.PeakMiB == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", float64(r.PeakMiB)/1024)
}

func ratio(ours, theirs Result) string {
	if ours.TokensPerSecond == 0 || theirs.TokensPerSecond == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", ours.TokensPerSecond/theirs.TokensPerSecond)
}

// table collects rows of cells.
type table [][]string

func (t *table) add(cells ...string) { *t = append(*t, cells) }

// write writes the table in Markdown, or nothing if it has no rows.
func (t table) write(b *strings.Builder, title string, header ...string) {
	if len(t) == 0 {
		return
	}
	fmt.Fprintf(b, "\n\n## %s\n\n| %s |\n|%s", title, strings.Join(header, " | "), strings.Repeat(" --- |", len(header)))
	clean := strings.NewReplacer("|", `\|`, "\n", " ")
	for _, row := range t {
		b.WriteString("\n|")
		for _, cell := range row {
			b.WriteString(" " + clean.Replace(cell) + " |")
		}
	}
}
