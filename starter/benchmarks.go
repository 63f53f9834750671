package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"temper/model/recipe"
)

func newRecipeBenchmarksCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "benchmarks",
		Short: "List the benchmarks that a recipe may name",
		Long: `List the benchmarks that a recipe may name, with how they are measured and what
their file is read as. A recipe names one, as in evaluation: {benchmarks: [{benchmark:
aime24}]}, and overrides what it wants to; --set data.aime24=FILE says where its
file is. recipe show prints all of it, with the source of each number. Where a file
holds more than the benchmark, data.NAME.ids names a list of its problems.`,
		Example: "  bin/starter recipe benchmarks",
		Args:    noArgs,
		RunE:    action(func(cmd *cobra.Command, _ []string) error { return listBenchmarks(cmd) }),
	}
}

func listBenchmarks(cmd *cobra.Command) error {
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "benchmark\tproblems\tdomain\tformat\tmeasured\ttemperature\ttop-p\ttokens")
	for _, name := range recipe.BenchmarkNames() {
		b, format, err := recipe.NamedBenchmark(name)
		if err != nil {
			return err
		}
		problems := "those of its file"
		if n := recipe.BenchmarkProblems(name); n > 0 {
			problems = fmt.Sprint(n)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\tavg@%d\t%g\t%g\t%d\n", name, problems, b.Domain, format, b.Samples, b.Temperature, b.TopP, b.MaxResponseTokens)
	}
	return w.Flush()
}
