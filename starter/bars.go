package main

import (
	"fmt"
	"io"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"temper/workflows"
)

// barWidth is the width of a bar itself; name and figures stand beside it and
// take its place where the terminal is narrow. lineWidth counts where the
// terminal does not tell its width.
const (
	barWidth  = 24
	lineWidth = 120
)

// bars shows one progress bar per stage on a terminal.
type bars struct {
	container *mpb.Progress
	state     string

	mu     sync.Mutex // the container draws from goroutines of its own
	stages []*stageBar
}

type stageBar struct {
	bar   *mpb.Bar
	stage workflows.StageProgress
}

func newBars(out io.Writer) *bars {
	return &bars{container: mpb.New(mpb.WithOutput(out), mpb.WithWidth(lineWidth), mpb.WithAutoRefresh())}
}

func (b *bars) update(p workflows.Progress) {
	if state := stateLine(p); state != b.state {
		b.state = state
		if state != "" {
			b.note(state)
		}
	}
	for len(b.stages) < len(p.Stages) {
		b.add(p.Stages[len(b.stages)], nameWidth(p.Stages))
	}
	for i, stage := range p.Stages {
		b.mu.Lock()
		b.stages[i].stage = stage
		b.mu.Unlock()
		bar := b.stages[i].bar
		if bar.Completed() {
			continue
		}
		// A bar of total 0 at its beginning does not complete by itself when the
		// last step is done: the stage's evaluation may follow.
		total := int64(max(stage.Steps, 1))
		bar.SetTotal(total, false)
		bar.SetCurrent(min(int64(stage.Step), total))
		if stage.Done {
			bar.SetCurrent(total)
			bar.SetTotal(-1, true)
		}
	}
}

func nameWidth(stages []workflows.StageProgress) int {
	width := 0
	for _, s := range stages {
		width = max(width, len(s.Name))
	}
	return width
}

func (b *bars) add(stage workflows.StageProgress, width int) {
	s := &stageBar{stage: stage}
	read := func() workflows.StageProgress {
		b.mu.Lock()
		defer b.mu.Unlock()
		return s.stage
	}
	s.bar = b.container.New(0, mpb.BarStyle().Rbound("]").Lbound("[").Filler("=").Tip(">").Padding(" "),
		mpb.BarWidth(barWidth),
		mpb.PrependDecorators(
			decor.Name(fmt.Sprintf("%-*s", width, stage.Name)),
			decor.Any(func(decor.Statistics) string { return counter(read()) }),
		),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return figures(read()) })),
	)
	b.mu.Lock()
	b.stages = append(b.stages, s)
	b.mu.Unlock()
}

// counter is the step count of a stage, in a fixed width.
func counter(p workflows.StageProgress) string {
	if p.Steps == 0 {
		return fmt.Sprintf("%8s ", "")
	}
	return fmt.Sprintf("%8s ", fmt.Sprintf("%d/%d", p.Step, p.Steps))
}

func (b *bars) note(line string) {
	fmt.Fprintln(b.container, line)
}

func (b *bars) close() {
	for _, s := range b.stages {
		s.bar.Abort(false) // leaves it standing; a completed bar is not touched
	}
	b.container.Wait()
}
