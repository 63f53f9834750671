package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"temper/workflows"
)

// writeScores prints accuracies: a row for each benchmark, a column after each
// stage, avg@k ± standard error over problems. Without scores it prints
// nothing.
func writeScores(out io.Writer, scores []workflows.Score) error {
	if len(scores) == 0 {
		return nil
	}
	var benchmarks, columns []string
	cells := map[[2]string]workflows.Score{}
	for _, s := range scores {
		if !slices.Contains(benchmarks, s.Benchmark) {
			benchmarks = append(benchmarks, s.Benchmark)
		}
		if !slices.Contains(columns, s.After) {
			columns = append(columns, s.After)
		}
		cells[[2]string{s.Benchmark, s.After}] = s
	}
	fmt.Fprintln(out, "accuracy after each stage (avg@k ± standard error over problems)")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\t"+strings.Join(columns, "\t"))
	for _, benchmark := range benchmarks {
		row := make([]string, len(columns))
		k := 0
		for i, column := range columns {
			row[i] = "-"
			if s, ok := cells[[2]string{benchmark, column}]; ok {
				row[i], k = fmt.Sprintf("%.3f ±%.3f", s.Avg, s.AvgSE), s.Samples
			}
		}
		fmt.Fprintf(w, "%s avg@%d\t%s\n", benchmark, k, strings.Join(row, "\t"))
	}
	return w.Flush()
}
