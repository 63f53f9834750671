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
	"sync/atomic"
	"time"

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
	{"stop", code.Finished}, {"signals", code.Finished}, {"priority", code.Finished}, {"shared", code.Finished},
	{"forge", code.Finished}, {"modules", code.Finished},
	{"leave", code.EndedEarly}, {"loop", code.CPULimit}, {"clock", code.CPULimit}, {"idle", code.WallLimit},
	{"output", code.OutputLimit}, {"errors", code.OutputLimit}, {"result", code.OutputLimit},
}

// limits are Default, but for those that bring an attack to its end, which are tight enough
// for a start-up. Those that must not decide are out of reach on the slowest machine: the
// self-test proves walls, not speed.
func (a attack) limits() Limits {
	l := Default()
	l.CPUSeconds, l.WallSeconds, l.OutputBytes = 100, 600, 256<<10
	switch a.want {
	case code.CPULimit:
		l.CPUSeconds = 0.2
	case code.WallLimit:
		l.WallSeconds = 0.5
	}
	return l
}

// errNotStopped is of an attack program that did what no program may do.
var errNotStopped = errors.New("was not stopped")

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
	if over := out.Status == code.CPULimit || out.Status == code.WallLimit; over && a.want == code.Finished {
		return fmt.Errorf("attack %s came to no end, so that nothing is known: it %s", a.name, out.Reason)
	}
	if out.Status != a.want {
		return fmt.Errorf("attack %s %w: ended with %q (%s), want %q", a.name, errNotStopped, out.Status, out.Reason, a.want)
	}
	if a.want == code.Finished && !bytes.Equal(out.Tests[0].Value, []byte("[]")) {
		return fmt.Errorf("attack %s %w: it got through with %s", a.name, errNotStopped, out.Tests[0].Value)
	}
	return nil
}

// selfTest asks the interpreter for its version and packages, and runs every attack. While it lasts it
// tells say how far it is.
func (s *Sandbox) selfTest(ctx context.Context, say func(string)) error {
	var stopped atomic.Int64
	defer tell(say, func() string {
		return fmt.Sprintf("self-test behind %s: %d of %d attack programs stopped", s.wall, stopped.Load(), len(attacks))
	})()
	const ask = "import sys\nprint(sys.version.split()[0], *sys.meta_path[-1].versions)" // see inside/packages.py
	out, err := s.run(ctx, Job{Program: ask, Stdin: []string{""}})
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
		wg.Go(func() {
			if faults[i] = a.run(ctx, s); faults[i] == nil {
				stopped.Add(1)
			}
		})
	}
	wg.Wait()
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("self-test: %w", err)
	}
	return nil
}

// tellEvery is how often a start-up that lasts says how far it is.
const tellEvery = 3 * time.Second

// tell calls say with what there is to tell, now and then, until the function that it
// returns is called.
func tell(say func(string), what func() string) (stop func()) {
	if say == nil {
		return func() {}
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		every := time.NewTicker(tellEvery)
		defer every.Stop()
		for {
			select {
			case <-end:
				return
			case <-every.C:
				say(what())
			}
		}
	}()
	return func() { close(end); <-ended }
}
