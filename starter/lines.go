package main

import (
	"fmt"
	"io"
	"time"

	"temper/workflows"
)

// linePause is the time between two lines of the same stage.
const linePause = 4 * time.Second

// lines shows progress as plain lines, for logs and pipes: a line when a stage
// changes, at most one per stage in a few seconds, and always one at its end.
type lines struct {
	out   io.Writer
	now   func() time.Time
	shown map[string]shownStage
	state string
}

type shownStage struct {
	line string
	at   time.Time
	done bool
}

func newLines(out io.Writer) *lines {
	return &lines{out: out, now: time.Now, shown: map[string]shownStage{}}
}

func (l *lines) update(p workflows.Progress) {
	now := l.now()
	if state := stateLine(p); state != l.state {
		l.state = state
		if state != "" {
			l.note(state)
		}
	}
	for _, stage := range p.Stages {
		if stage.Step == 0 && stage.Activity == "" && !stage.Done {
			continue // not begun
		}
		line, before := stageLine(stage), l.shown[stage.Name]
		if line == before.line || before.done {
			continue
		}
		if !stage.Done && !before.at.IsZero() && now.Sub(before.at) < linePause {
			continue
		}
		l.shown[stage.Name] = shownStage{line: line, at: now, done: stage.Done}
		l.note(line)
	}
}

func (l *lines) note(line string) { fmt.Fprintln(l.out, line) }

func (l *lines) close() {}
