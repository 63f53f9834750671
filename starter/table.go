package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"temper/model/artifact"
	"temper/model/evaluation"
	"temper/workflows"
)

// writeScores prints accuracies: a row for each benchmark, a column after each
// stage, avg@k ± standard error over problems. Without scores it prints
// nothing. Those of policies inside stages follow, a line for each stage and benchmark.
func writeScores(out io.Writer, scores []workflows.Score) error {
	if len(scores) == 0 {
		return nil
	}
	var benchmarks, columns []string
	cells := map[[2]string]workflows.Score{}
	for _, s := range scores {
		if _, _, inside := artifact.ParseInside(s.After); inside {
			continue
		}
		if !slices.Contains(benchmarks, s.Benchmark) {
			benchmarks = append(benchmarks, s.Benchmark)
		}
		if !slices.Contains(columns, s.After) {
			columns = append(columns, s.After)
		}
		cells[[2]string{s.Benchmark, s.After}] = s
	}
	if len(columns) == 0 {
		return writeInside(out, scores)
	}
	fmt.Fprintln(out, "accuracy after each stage (avg@k in percent ± standard error over problems)")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\t"+strings.Join(columns, "\t"))
	for _, benchmark := range benchmarks {
		row := make([]string, len(columns))
		k := 0
		for i, column := range columns {
			row[i] = "-"
			if s, ok := cells[[2]string{benchmark, column}]; ok {
				row[i], k = s.AvgText(), s.Samples
			}
		}
		fmt.Fprintf(w, "%s avg@%d\t%s\n", benchmark, k, strings.Join(row, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := writeShapes(out, benchmarks, scores); err != nil {
		return err
	}
	return writeInside(out, scores)
}

// writeShapes prints how the responses of each benchmark's newest evaluation look, as far as it is known.
func writeShapes(out io.Writer, benchmarks []string, scores []workflows.Score) error {
	newest := map[string]workflows.Score{}
	known := false
	for _, s := range scores {
		newest[s.Benchmark] = s
		known = known || s.Shape != evaluation.Shape{}
	}
	if !known {
		return nil
	}
	fmt.Fprintln(out, "newest evaluation (in percent; ± samples: standard error over other samples; lengths in tokens; the last four are shares of responses)")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tproblems\t± samples\tpass@k\tmaj@k\tlength\tmedian\tright\twrong\tcut\tno </think>\tno answer\tungradable")
	for _, benchmark := range benchmarks {
		s := newest[benchmark]
		majority := "-"
		if s.Vote.Problems > 0 {
			majority = evaluation.Text(s.Vote.Majority, s.Vote.SE, s.Vote.Problems)
		}
		h := s.Shape
		fmt.Fprintf(w, "%s\t%d\t%.1f\t%s\t%s\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\n", benchmark, s.Problems, 100*s.AvgSamplingSE, s.PassText(), majority,
			h.ResponseLength, h.MedianLength, h.RightLength, h.WrongLength, 100*h.Truncation, 100*h.NoReasoningEnd, 100*h.NoAnswer, 100*h.UngradableShare)
	}
	return w.Flush()
}

// writeInside prints the accuracies of policies inside stages over their updates.
func writeInside(out io.Writer, scores []workflows.Score) error {
	var heads []string
	lines := map[string][]string{}
	for _, s := range scores {
		stage, step, inside := artifact.ParseInside(s.After)
		if !inside {
			continue
		}
		head := fmt.Sprintf("%s in %s, avg@%d in percent after update", s.Benchmark, stage, s.Samples)
		if lines[head] == nil {
			heads = append(heads, head)
		}
		lines[head] = append(lines[head], fmt.Sprintf("%d: %s", step, s.AvgText()))
	}
	for _, head := range heads {
		if _, err := fmt.Fprintf(out, "%s %s\n", head, strings.Join(lines[head], ", ")); err != nil {
			return err
		}
	}
	return nil
}

// writeChoice prints what a person has to choose, a row for each candidate, and the command that does.
func writeChoice(out io.Writer, c workflows.Choice, command string) error {
	fmt.Fprintf(out, "choose the policy that %s hands on with %s (avg@k in percent ± standard error over problems)\n", c.Stage, command)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i, candidate := range c.Candidates {
		row, head := []string{candidate.Name}, []string{"CANDIDATE"}
		if candidate.Epoch > 0 {
			row, head = append(row, fmt.Sprint(candidate.Epoch)), append(head, "EPOCH")
		}
		for _, m := range candidate.Measured {
			row, head = append(row, fmt.Sprintf("%.1f ± %.1f", 100*m.Avg, 100*m.SE)), append(head, m.Benchmark)
		}
		if i == 0 {
			fmt.Fprintln(w, strings.Join(head, "\t"))
		}
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	return w.Flush()
}
