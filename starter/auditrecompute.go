package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"temper/model/audit"
)

// recomputeDrawn draws records and has their work done again, by the worker program beside this one, which has what it
// takes; where says what has the records.
func recomputeDrawn(cmd *cobra.Command, r *audit.Report, o auditOptions, where ...string) error {
	if o.recompute == 0 {
		return nil
	}
	r.RecomputeSeed = o.seed
	keys := r.Draw(o.recompute, o.seed)
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the worker program: %w", err)
	}
	worker := exec.CommandContext(cmd.Context(), filepath.Join(filepath.Dir(self), "worker"), append([]string{"recompute"}, where...)...)
	worker.Stdin = strings.NewReader(strings.Join(keys, "\n") + "\n")
	var said strings.Builder
	worker.Stderr = &said
	answers, err := worker.StdoutPipe()
	if err == nil {
		err = worker.Start()
	}
	if err != nil {
		return fmt.Errorf("start the worker program: %w; valid: make build", err)
	}
	show := newAuditView(cmd.ErrOrStderr())
	lines := bufio.NewReader(answers)
	for n := 0; ; n++ {
		show.progress("pieces of work done again", n, len(keys))
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break
		}
		var done audit.Recomputed
		if err := json.Unmarshal(line, &done); err != nil {
			return fmt.Errorf("read what the worker program said: %w", err)
		}
		r.AddRecomputed(done)
	}
	show.close()
	if err := worker.Wait(); err != nil {
		return fmt.Errorf("do work again: %w: %s", err, strings.TrimPrefix(strings.TrimSpace(said.String()), "worker: "))
	}
	return nil
}
