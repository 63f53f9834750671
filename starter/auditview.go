package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// auditView shows how far an audit is: one line that changes on a terminal, elsewhere a line now and then.
type auditView struct {
	out      io.Writer
	terminal bool
	shown    time.Time
}

func newAuditView(out io.Writer) *auditView {
	file, ok := out.(*os.File)
	return &auditView{out: out, terminal: ok && term.IsTerminal(int(file.Fd())), shown: time.Now()}
}

// progress shows what is done, of all where that is known.
func (v *auditView) progress(what string, done, all int) {
	every, form := 10*time.Second, "%s\n"
	if v.terminal {
		every, form = 100*time.Millisecond, "\r\x1b[K%s"
	}
	if time.Since(v.shown) < every {
		return
	}
	v.shown = time.Now()
	text := fmt.Sprintf("%d %s", done, what)
	if all > 0 {
		text = fmt.Sprintf("%d of %d %s", done, all, what)
	}
	fmt.Fprintf(v.out, form, text)
}

// close leaves an empty line on a terminal.
func (v *auditView) close() {
	if v.terminal {
		fmt.Fprint(v.out, "\r\x1b[K")
	}
}
