//go:build linux

package sandbox

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"temper/model/reward/code"
)

// attackPrograms define attack(wall), which tries something and returns a list of what it
// got through with, or runs into a limit.
//
//go:embed attacks/*.py
var attackPrograms embed.FS

// attack is one program of the self-test and how it must end.
type attack struct {
	name string // of attacks/NAME.py
	want code.Status
}

var attacks = []attack{
	{"host_files", code.Finished}, {"proc", code.Finished}, {"environment", code.Finished}, {"network", code.Finished},
	{"fork", code.Finished}, {"threads", code.Finished}, {"daemon", code.Finished}, {"judge", code.Finished},
	{"kernel", code.Finished}, {"privileges", code.Finished}, {"limits", code.Finished}, {"set_uid", code.Finished}, {"disk", code.Finished}, {"memory", code.Finished},
	{"stop", code.Finished}, {"forge", code.Finished}, {"modules", code.Finished},
	{"leave", code.EndedEarly}, {"loop", code.CPULimit}, {"idle", code.WallLimit},
	{"output", code.OutputLimit}, {"errors", code.OutputLimit}, {"result", code.OutputLimit},
}

// attackLimits are Default with times short enough for a start-up.
func (a attack) limits() Limits {
	l := Default()
	l.CPUSeconds = 0.9
	if a.want == code.WallLimit {
		l.WallSeconds = 1
	}
	return l
}

// run returns nil if the attack was stopped in the way it must be.
func (a attack) run(ctx context.Context, s *Sandbox) error {
	program, err := attackPrograms.ReadFile("attacks/" + a.name + ".py")
	if err != nil {
		return err
	}
	// Something to inherit: in a process that has no such file, a helper that closes
	// nothing would look like one that closes everything.
	open, err := unix.Open("/dev/null", unix.O_RDONLY, 0)
	if err != nil {
		return fmt.Errorf("open a file to inherit: %w", err)
	}
	defer unix.Close(open)
	out, err := s.run(ctx, Job{Program: string(program), Function: "attack", Calls: []json.RawMessage{[]byte(`["` + s.wall + `"]`)}, Limits: a.limits()})
	if err != nil {
		return err
	}
	if out.Status != a.want {
		return fmt.Errorf("attack %s was not stopped: ended with %q (%s), want %q", a.name, out.Status, out.Reason, a.want)
	}
	if a.want == code.Finished && !bytes.Equal(out.Tests[0].Value, []byte("[]")) {
		return fmt.Errorf("attack %s was not stopped: it got through with %s", a.name, out.Tests[0].Value)
	}
	return nil
}

// selfTest asks the interpreter for its version and runs every attack.
func (s *Sandbox) selfTest(ctx context.Context) error {
	out, err := s.run(ctx, Job{Program: "import sys\nprint(sys.version.split()[0])", Stdin: []string{""}})
	if err != nil {
		return err
	}
	if out.Status != code.Finished {
		return fmt.Errorf("python does not work inside: %s", out.Reason)
	}
	s.version = strings.TrimSpace(out.Tests[0].Stdout)
	faults := make([]error, len(attacks))
	var wg sync.WaitGroup
	for i, a := range attacks {
		wg.Go(func() { faults[i] = a.run(ctx, s) })
	}
	wg.Wait()
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("self-test: %w", err)
	}
	return nil
}
