package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"temper/deploy/endpoints"
	"temper/model/compute"
	"temper/model/plan"
	"temper/model/report"
)

// costLine is what a stage was planned to cost and what it did; the last line is the whole run's, of the name all.
type costLine struct {
	Stage    string   `json:"stage"`
	Planned  plan.Sum `json:"planned"`
	Measured costs    `json:"measured"`
}

// costs is a stage's report.Cost; what was not measured is absent.
type costs struct {
	Records        *float64 `json:"records,omitempty"`
	Sampled        *float64 `json:"tokens_sampled,omitempty"`
	Trained        *float64 `json:"tokens_trained,omitempty"`
	Bought         *float64 `json:"tokens_bought,omitempty"`
	FLOPs          *float64 `json:"flops,omitempty"`
	WallSeconds    *float64 `json:"wall_seconds,omitempty"`
	DeviceSeconds  *float64 `json:"device_seconds,omitempty"`
	CPUSeconds     *float64 `json:"cpu_seconds,omitempty"`
	Utilisation    *float64 `json:"utilisation,omitempty"`
	SamplingShare  *float64 `json:"sampling_share,omitempty"`
	GradingShare   *float64 `json:"grading_share,omitempty"`
	UpdateShare    *float64 `json:"update_share,omitempty"`
	OtherShare     *float64 `json:"other_share,omitempty"`
	WaitingShare   *float64 `json:"waiting_share,omitempty"`
	PackedShare    *float64 `json:"packed_share,omitempty"`
	Retries        *float64 `json:"retries,omitempty"`
	UngradableSeen *float64 `json:"ungradable,omitempty"`
}

func newComputeCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "compute RUN",
		Short: "Show what every stage of a run cost beside its plan: tokens, operations, time, utilisation",
		Long: `Show what every stage of a run cost beside what its recipe asked for (recipe plan):
activities, tokens sampled, trained and bought from teachers, floating-point
operations, and time; then seconds of devices and of CPUs, the share of the
devices' peak, and what the wall time went to: sampling, grading, updates, other
work, and waiting, when nothing was under way. It is made of what the run
has recorded in the store, as its report is, which has the same tables. Work outside of
stages is in the last line alone.`,
		Example: `  bin/starter compute demo
  bin/starter compute demo --json`,
		Args: oneArg("RUN", "the name of a run"),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			ctx, data := cmd.Context(), dataDir(cmd)
			store, err := endpoints.OpenReader(ctx, data)
			if err != nil {
				return err
			}
			s, err := readRun(ctx, store, args[0])
			if errors.Is(err, errNoRun) {
				return noRun(ctx, store, data, args[0])
			}
			if err != nil {
				return err
			}
			if !asJSON {
				return writeCompute(cmd.OutOrStdout(), s.shown)
			}
			text, err := json.MarshalIndent(costLines(s.shown), "", "  ")
			if err != nil {
				return fmt.Errorf("encode what was measured: %w", err)
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), string(text))
			return err
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print all of it as JSON, a member per stage and one for all")
	return cmd
}

func costLines(run report.Run) []costLine {
	var lines []costLine
	for _, s := range run.Stages {
		lines = append(lines, costLine{s.Name, s.Planned, costsOf(s.Cost)})
	}
	return append(lines, costLine{"all", run.Planned.Total, costsOf(run.Total)})
}

func costsOf(c report.Cost) costs {
	known := func(n report.Number) *float64 {
		if !n.Known() {
			return nil
		}
		return &n.Value
	}
	return costs{
		Records: known(c.Records), Sampled: known(c.SampledTokens), Trained: known(c.TrainedTokens), Bought: known(c.Bought), FLOPs: known(c.FLOPs),
		WallSeconds: known(c.Wall), DeviceSeconds: known(c.Device), CPUSeconds: known(c.CPU), Utilisation: known(c.Utilisation),
		SamplingShare: known(c.Sampling), GradingShare: known(c.Grading), UpdateShare: known(c.Update), OtherShare: known(c.Other), WaitingShare: known(c.Waiting),
		PackedShare: known(c.Packed), Retries: known(c.Retries), UngradableSeen: known(c.Ungradable),
	}
}

// writeCompute prints both tables: planned → measured, and what the measured time was.
func writeCompute(out io.Writer, run report.Run) error {
	lines := costLines(run)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PLANNED → MEASURED\tACTIVITIES\tSAMPLED\tTRAINED\tBOUGHT\tFLOPs\tTIME")
	for _, l := range lines {
		p, m := l.Planned, l.Measured
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Stage, beside(p.Activities, m.Records, count), beside(p.Tokens.Sampled, m.Sampled, compute.Prefixed),
			beside(p.Tokens.Trained, m.Trained, compute.Prefixed), beside(p.Tokens.Bought, m.Bought, compute.Prefixed), beside(p.FLOPs, m.FLOPs, compute.Prefixed), beside(p.Seconds, m.WallSeconds, took))
	}
	fmt.Fprintln(w, "\nMEASURED\tDEVICE\tCPU\tOF PEAK\tSAMPLING\tGRADING\tUPDATE\tOTHER\tWAITING")
	for _, l := range lines {
		m := l.Measured
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Stage, orNothing(m.DeviceSeconds, took), orNothing(m.CPUSeconds, took), orNothing(m.Utilisation, percent),
			orNothing(m.SamplingShare, percent), orNothing(m.GradingShare, percent), orNothing(m.UpdateShare, percent), orNothing(m.OtherShare, percent), orNothing(m.WaitingShare, percent))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nplanned with the rows of the data as they were prepared, on %s:\n", run.Planned.On)
	for _, a := range run.Planned.Assumptions {
		fmt.Fprintln(out, "- "+a)
	}
	return nil
}

// beside is a planned number and what was measured.
func beside(planned float64, measured *float64, form func(float64) string) string {
	switch {
	case planned == 0 && measured == nil:
		return ""
	case measured == nil:
		return form(planned) + " →"
	}
	return form(planned) + " → " + form(*measured)
}

func orNothing(v *float64, form func(float64) string) string {
	if v == nil {
		return ""
	}
	return form(*v)
}

func percent(share float64) string { return fmt.Sprintf("%.3g %%", 100*share) }
