//go:build linux

package sandbox

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

//go:embed driver.py
var driver string

// process is one cell from its start to its end.
type process struct {
	cmd    *exec.Cmd
	limits Limits
	nonce  string

	stdout, stderr, results *capture
	status                  []string // lines of the status pipe but for the pid
	pid                     chan int // of the cell; closed when there will be none
	job                     []byte

	overflow atomic.Bool // a capture was full
	expired  atomic.Bool // the wall limit was reached
	starved  atomic.Bool // ... while the process mostly waited for a CPU
	wall     *time.Timer
	readers  sync.WaitGroup

	ours, ends []*os.File // our ends of the pipes (status, results, job) and the cell's
}

// setupTime is how long a cell may take until its interpreter is ready. It is not the
// program's time: when it is over, that is a fault.
const setupTime = 60 * time.Second

// capture keeps the first max bytes written to it and calls full on more. It must not
// embed a bytes.Buffer: io.Copy would use its ReadFrom and pass by the limit.
type capture struct {
	kept  []byte
	max   int64
	first func() // if set, called before the first write
	full  func()
}

func (c *capture) Write(p []byte) (int, error) {
	if c.first != nil {
		c.first()
		c.first = nil
	}
	room := max(0, c.max-int64(len(c.kept)))
	if int64(len(p)) > room {
		c.kept = append(c.kept, p[:room]...)
		c.full()
		return 0, errors.New("output limit")
	}
	c.kept = append(c.kept, p...)
	return len(p), nil
}

// start starts a cell for one run: all calls of a function, or one standard input.
func (s *Sandbox) start(slot int, l Limits, program, function string, calls []any, stdin string) (*process, error) {
	nonce := make([]byte, 16)
	rand.Read(nonce) // never fails: crypto/rand ends the program instead
	p := &process{limits: l, nonce: hex.EncodeToString(nonce), pid: make(chan int, 1)}
	// a model may write bytes that are no text; Python then says what it thinks of them
	job := []any{p.nonce, strings.ToValidUTF8(program, "\uFFFD"), nil, nil}
	if function != "" {
		job[2], job[3] = function, calls
	}
	var err error
	if p.job, err = appendMarshal(nil, job, 0); err != nil {
		return nil, fmt.Errorf("encode job: %w", err)
	}
	p.capture()
	uid, gid := s.hostIDs(slot)
	p.cmd = exec.Command(s.cell, "launch", uid, gid, strconv.FormatInt(l.kernelCPU(), 10), strconv.FormatInt(l.MemoryBytes, 10),
		strconv.FormatInt(l.DiskBytes, 10), strconv.Itoa(l.Processes),
		s.python, "-S", "-s", "-B", "-X", "utf8", "-c", driver)
	p.cmd.Env = []string{"PYTHONHASHSEED=0"}
	p.cmd.Dir = "/"
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	p.cmd.Stdout, p.cmd.Stderr = p.stdout, p.stderr
	if stdin != "" {
		p.cmd.Stdin = bytes.NewReader([]byte(stdin))
	}
	if err := p.pipes(); err != nil {
		return nil, err
	}
	err = p.cmd.Start()
	for _, f := range p.ends {
		f.Close()
	}
	if err != nil {
		for _, f := range p.ours {
			f.Close()
		}
		return nil, fmt.Errorf("start %s: %w", s.cell, err)
	}
	p.serve()
	return p, nil
}

// serve writes the job, reads what comes back and sets the clock.
func (p *process) serve() {
	p.wall = time.AfterFunc(setupTime, p.expire)
	status, results, job := p.ours[0], p.ours[1], p.ours[2]
	p.readers.Go(func() {
		p.readStatus(status)
		status.Close()
	})
	p.readers.Go(func() {
		io.Copy(p.results, results)
		results.Close()
	})
	go func() {
		job.Write(p.job) // a cell that is gone already shows in its status
		job.Close()
	}()
}

// readStatus reads what the cell and its launcher say, in whatever order.
func (p *process) readStatus(status io.Reader) {
	defer close(p.pid)
	for lines := bufio.NewScanner(status); lines.Scan(); {
		pid, err := 0, error(nil)
		if text, ok := strings.CutPrefix(lines.Text(), "pid "); !ok {
			p.status = append(p.status, lines.Text())
		} else if pid, err = strconv.Atoi(text); err == nil {
			p.pid <- pid
		}
	}
}

// ready starts the program's own wall time: the driver is about to run it.
func (p *process) ready() {
	pid := <-p.pid // the driver's word may come before the launcher's
	since, before := time.Now(), busy(pid)
	p.wall.Stop()
	p.wall = time.AfterFunc(p.limits.wall(), func() {
		p.starved.Store(starved(pid, before, time.Since(since)))
		p.expire()
	})
}

// expire ends the process because its time is over.
func (p *process) expire() {
	p.expired.Store(true)
	p.kill()
}

// capture prepares the buffers for what the cell writes.
func (p *process) capture() {
	full := func() {
		p.overflow.Store(true)
		p.kill()
	}
	p.stdout = &capture{max: p.limits.OutputBytes, full: full}
	p.stderr = &capture{max: p.limits.OutputBytes, full: full}
	p.results = &capture{max: p.limits.OutputBytes, full: full, first: p.ready}
}

// pipes makes the cell's descriptors 3 (status), 4 (job) and 5 (results).
func (p *process) pipes() error {
	statusR, statusW, err1 := os.Pipe()
	jobR, jobW, err2 := os.Pipe()
	resultsR, resultsW, err3 := os.Pipe()
	if err := errors.Join(err1, err2, err3); err != nil {
		for _, f := range []*os.File{statusR, statusW, jobR, jobW, resultsR, resultsW} {
			f.Close() // nil is an error without effect
		}
		return fmt.Errorf("make pipes: %w", err)
	}
	p.ours, p.ends = []*os.File{statusR, resultsR, jobW}, []*os.File{statusW, jobR, resultsW}
	p.cmd.ExtraFiles = p.ends
	return nil
}

// hostIDs are the uid and gid on the host of the programs of a slot: where there is a
// choice never the judge's own, which would own the judge's files; and limits on the
// number of tasks do not bind the host's root.
func (s *Sandbox) hostIDs(slot int) (uid, gid string) {
	if s.baseUID >= 0 {
		id := strconv.Itoa(s.baseUID + slot)
		return id, id
	}
	return strconv.Itoa(os.Getuid()), strconv.Itoa(os.Getgid())
}

// kill makes the launcher end the first process of the cell's pid namespace, and so
// everything in it.
func (p *process) kill() { p.cmd.Process.Signal(syscall.SIGTERM) }

// wait returns when the cell and everything in it is gone. The error is that of ctx.
func (p *process) wait(ctx context.Context) error {
	stop := context.AfterFunc(ctx, p.kill)
	p.cmd.Wait() // its error is in ProcessState, or the captures' own
	stop()
	p.readers.Wait()
	p.wall.Stop()
	return ctx.Err()
}
