package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"temper/model/compute"
	"temper/model/plan"
)

// writePlan prints a plan: its stages, with whole its activities too, workflows, memory, and what it stands on.
func writePlan(out io.Writer, p plan.Plan, whole bool) error {
	fmt.Fprintf(out, "%s on %s\n", p.Recipe, p.On)
	if p.Model != nil {
		fmt.Fprintf(out, "model of %s parameters: %d layers of %d, vocabulary %d\n", compute.Prefixed(p.Parameters), p.Model.Layers, p.Model.Hidden, p.Model.Vocabulary)
	}
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "STAGE\tKIND\tACTIVITIES\tSAMPLED (AT MOST)\tTRAINED (AT MOST)\tBOUGHT (AT MOST)\tSTORED\tFLOPs\tTIME")
	row := func(name string, s plan.Sum) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", name, s.Kind, count(s.Activities), tokens(s.Tokens.Sampled, s.Most.Sampled),
			tokens(s.Tokens.Trained, s.Most.Trained), tokens(s.Tokens.Bought, s.Most.Bought), stored(s.Bytes), amount(s.FLOPs), took(s.Seconds))
	}
	for _, s := range p.Stages {
		row(s.Stage, s)
	}
	row("all", p.Total)
	if err := w.Flush(); err != nil {
		return err
	}
	for _, s := range p.Stages {
		if s.LeastSteps < s.Steps {
			fmt.Fprintf(out, "%s has %s policy steps at most, and its plateau may end it after %s\n", s.Stage, count(s.Steps), count(s.LeastSteps))
		}
	}
	if p.Total.LeastFLOPs < p.Total.FLOPs {
		fmt.Fprintf(out, "where every plateau comes as early as it may, all is %s FLOPs in %s\n", amount(p.Total.LeastFLOPs), took(p.Total.LeastSeconds))
	}
	if whole {
		if err := writeActivities(out, p.Activities); err != nil {
			return err
		}
	}
	fmt.Fprintln(out)
	w = tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "WORKFLOW\tTYPE\tEXECUTIONS\tEVENTS OF THE LONGEST")
	for _, f := range p.Workflows {
		id := "RUN"
		if f.ID != "" {
			id += "/" + f.ID
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", id, f.Type, count(f.Executions), count(f.Events))
	}
	fmt.Fprintln(w, "\nDATA\tPROBLEMS\tEXAMPLES\tMEAN PROMPT\tMEAN EXAMPLE\tFROM")
	for _, d := range p.Data {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", d.Name, amount(d.Problems), amount(d.Examples), amount(d.PromptTokens), amount(d.ExampleTokens), d.From)
	}
	if len(p.Memory) > 0 {
		fmt.Fprintln(w, "\nMEMORY OF A DEVICE\tSIZE")
		for _, m := range p.Memory {
			fmt.Fprintf(w, "%s\t%s\n", m.Name, stored(m.Bytes))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, warning := range p.Warnings {
		fmt.Fprintln(out, "! "+warning)
	}
	fmt.Fprintln(out, "\nThe plan stands on this:")
	for _, a := range p.Assumptions {
		fmt.Fprintln(out, "- "+a)
	}
	return nil
}

func writeActivities(out io.Writer, list []plan.Activity) error {
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "STAGE\tACTIVITY\tOF\tNUMBER\tSAMPLED\tREAD\tTRAINED\tBOUGHT\tSTORED\tFLOPs\tTIME")
	for _, a := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", a.Stage, a.Name, a.Of, count(a.Count), amount(a.Tokens.Sampled), amount(a.Tokens.Read), amount(a.Tokens.Trained),
			amount(a.Tokens.Bought), stored(a.Bytes), amount(a.FLOPs), took(a.Seconds))
	}
	return w.Flush()
}

// amount leaves nothing where there is none.
func amount(v float64) string {
	if v == 0 {
		return ""
	}
	return compute.Prefixed(v)
}

// count writes a number whole where it is not too long.
func count(v float64) string {
	if v < 1e7 {
		return fmt.Sprintf("%.0f", v)
	}
	return compute.Prefixed(v)
}

func tokens(expected, most float64) string {
	if most == 0 {
		return ""
	}
	return fmt.Sprintf("%s (%s)", compute.Prefixed(expected), compute.Prefixed(most))
}

func stored(bytes float64) string {
	if bytes == 0 {
		return ""
	}
	return compute.Prefixed(bytes) + "B"
}

// took writes seconds in a unit that fits; years have no end.
func took(seconds float64) string {
	const day, year = 24 * 3600, 365.25 * 24 * 3600
	switch {
	case seconds == 0:
		return ""
	case seconds < 1:
		return "<1 s"
	case seconds < 3600:
		return time.Duration(seconds * 1e9).Round(time.Second).String()
	case seconds < 2*day:
		return fmt.Sprintf("%.1f h", seconds/3600)
	case seconds < year:
		return fmt.Sprintf("%.1f days", seconds/day)
	}
	return compute.Prefixed(seconds/year) + " years"
}
