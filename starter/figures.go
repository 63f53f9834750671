package main

import (
	"fmt"
	"io"
	"strings"

	"temper/model/recipe"
	"temper/model/signal"
	"temper/workflows"
)

// figures are a stage's newest numbers in words, for the end of its line.
func figures(p workflows.StageProgress) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	measured := p.Step > 0 || p.Done
	switch {
	case p.Activity != "" && !measured: // later the step count says as much
		parts = append(parts, p.Activity)
	case p.Kind == recipe.KindSFT && measured:
		add("loss %.3f", p.Loss)
	case p.Kind == recipe.KindCurate && measured:
		parts = append(parts, p.Curated.String())
	case p.Kind == recipe.KindTeach && p.Done:
		parts = append(parts, p.Taught.String())
	case p.Kind == recipe.KindTeach && measured:
		parts = append(parts, p.Taught.Bought())
	case p.Kind == recipe.KindCollect && measured:
		parts = append(parts, p.Collected.String())
	case p.Kind == recipe.KindRL && measured:
		add("reward %.2f", p.Reward)
		add("entropy %.2f", p.Entropy)
		add("T %.2f", p.Temperature)
		add("length %.0f", p.ResponseLength)
		if p.Truncation > 0 {
			add("cut %.0f%%", 100*p.Truncation)
		}
		if n := len(p.Curated); n > 0 {
			add("left %d/%d", p.Curated[n-1].Out, p.Curated[0].In)
		}
		if g := p.Signal; g.Rollouts > 0 {
			if g.ZeroVariance > 0 {
				add("zero-variance %d/%d", g.ZeroVariance, g.Groups)
			}
			if g.Filtered > 0 {
				add("filtered %.0f%%", 100*g.FilteredShare())
			}
			add("grad %.2g", g.GradNorm)
			if terms := g.TermsText(); terms != "" {
				parts = append(parts, terms)
			}
		}
	}
	if p.TokensPerSecond > 0 {
		add("%s tok/s", thousands(p.TokensPerSecond))
	}
	return strings.Join(parts, " ")
}

// thousands writes 5230 as 5.2k.
func thousands(x float64) string {
	switch {
	case x >= 1e6:
		return fmt.Sprintf("%.1fM", x/1e6)
	case x >= 1000:
		return fmt.Sprintf("%.1fk", x/1e3)
	}
	return fmt.Sprintf("%.0f", x)
}

// stageLine is a stage as one plain line.
func stageLine(p workflows.StageProgress) string {
	line := p.Name
	if p.Steps > 0 {
		line += fmt.Sprintf(" %d/%d", p.Step, p.Steps)
	}
	switch {
	case p.Skipped:
		return line + " skipped"
	case p.Done:
		line += " done"
	}
	if numbers := figures(p); numbers != "" {
		line += ": " + numbers
	}
	return line
}

// stateLine says what a run that does not simply run is doing, "" otherwise.
func stateLine(p workflows.Progress) string {
	if p.State == workflows.StateRunning || p.State == workflows.StateCompleted || p.State == "" {
		return ""
	}
	line := fmt.Sprintf("run %s is %s", p.Run.Name, p.State)
	if p.Reason != "" {
		line += ": " + p.Reason
	}
	return line
}

// remarkLines are a stage's remarks, a line each.
func remarkLines(remarks []signal.Remark) []string {
	var lines []string
	for _, r := range remarks {
		lines = append(lines, "! "+r.Stage+": "+r.Text)
	}
	return lines
}

// signalLine says all that a stage's last step gave to learn from, "" where nothing is known.
func signalLine(p workflows.StageProgress) string {
	g := p.Signal
	if g.Rollouts == 0 {
		return ""
	}
	return fmt.Sprintf("learned from: %d of %d groups (the others without variance), %d tokens, grad norm %.3g, %.0f %% filtered, advantages %.2f to %.2f (std %.2f)",
		g.Groups-g.ZeroVariance, g.Groups, g.TrainedTokens, g.GradNorm, 100*g.FilteredShare(), g.Advantages.Min, g.Advantages.Max, g.Advantages.Std)
}

// writeStages prints stages, what their last steps gave to learn from, and their remarks.
func writeStages(out io.Writer, stages []workflows.StageProgress) {
	for _, stage := range stages {
		fmt.Fprintln(out, " ", stageLine(stage))
		if stage.Found.Temperature > 0 {
			fmt.Fprintln(out, "    temperature found:", stage.Found)
		}
		if line := signalLine(stage); line != "" {
			fmt.Fprintln(out, "   ", line)
		}
		for _, line := range remarkLines(stage.Remarks) {
			fmt.Fprintln(out, "   ", line)
		}
	}
}
