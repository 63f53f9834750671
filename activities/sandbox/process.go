//go:build linux

package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// process is one process of a job from its start to its end.
type process struct {
	in     *warm
	limits Limits
	nonce  string

	stdout, stderr *capture
	results        *results
	readers        sync.WaitGroup
	outputs        []*os.File    // our ends of the latter three
	job            *os.File      // our end of the job's pipe, which tests and remote programs keep open
	handed         chan struct{} // closed when the job is written

	mu      sync.Mutex
	pidfd   int // 0 until it is known and after the end
	number  int // its pid here, or 0
	killed  bool
	expired bool // the wall limit was reached
	starved bool // ... while the machine had no time for the process
	stopped bool // by the judge, which had seen enough
	late    bool // one test used more CPU time than it may
	wall    *time.Timer
	clock   *time.Timer
	said    atomic.Int64  // CPU time in nanoseconds when the process last said something
	words   atomic.Int64  // how often it has
	asks    chan struct{} // it waits for an empty message; closed when there is nothing more to read

	waited     time.Duration // for the judge
	waitsSince time.Time

	fault error // of the sandbox
	walls bool  // the process said that its walls stand
	end   *exit
	known chan struct{} // closed when there is a handle to it, or will be none
	over  chan struct{} // closed when its end is known, or will not be
}

// request is what start needs to know.
type request struct {
	cpu    int64 // the kernel's limit in seconds
	limits Limits
	job    []any // kind and what belongs to it
	stdin  string
	open   bool // more messages follow the job
	passes bool // record passes on what the process says, and nothing of it is kept
	record func(record)
	// ahead is how many tests the process does without waiting for the judge, after the first.
	ahead int64
}

// start hands a job to an interpreter. An error is a fault of the sandbox or the request.
func (w *warm) start(r request) (*process, error) {
	if err := w.group.allow(r.limits); err != nil {
		return nil, err
	}
	nonce := make([]byte, 16)
	rand.Read(nonce) // never fails: crypto/rand ends the program instead
	p := &process{in: w, limits: r.limits, nonce: hex.EncodeToString(nonce), handed: make(chan struct{}), known: make(chan struct{}), over: make(chan struct{}), asks: make(chan struct{}, 1)}
	job, err := appendMarshal(nil, append([]any{p.nonce}, r.job...), 0)
	if err != nil {
		return nil, requestError{fmt.Errorf("encode job: %w", err)}
	}
	p.stdout = &capture{max: r.limits.OutputBytes, ahead: r.ahead, full: p.kill}
	p.stderr = &capture{max: r.limits.OutputBytes, ahead: r.ahead, full: p.kill}
	p.results = &results{p: p, max: r.limits.OutputBytes, record: r.record, passes: r.passes}
	pipes, err := makePipes(r.stdin)
	if err != nil {
		return nil, err
	}
	err = w.submit(w.uncharged(r.cpu), r.limits, pipes.theirs[:])
	for _, f := range pipes.theirs {
		unix.Close(f)
	}
	if err != nil {
		pipes.closeOurs()
		return nil, fmt.Errorf("interpreter of the cell is gone: %w", err)
	}
	p.job, p.outputs = pipes.ours[3], []*os.File{pipes.ours[1], pipes.ours[2], pipes.ours[4]}
	for i, to := range map[int]io.Writer{1: p.stdout, 2: p.stderr, 4: p.results} {
		p.readers.Go(func() {
			io.Copy(to, pipes.ours[i])
			pipes.ours[i].Close()
		})
	}
	go func() {
		for range p.asks {
			p.send(nil)
		}
	}()
	p.readers.Go(func() {
		p.write(job)
		close(p.handed)
		if !r.open {
			p.job.Close()
		}
	})
	return p, nil
}

// send writes one message to the process after its job.
func (p *process) send(message []byte) {
	<-p.handed
	p.write(message)
}

// reply has an empty message sent to a process that waits for one. A program that asks for
// many and reads none must not keep the judge from reading on, so there is one at a time.
func (p *process) reply() {
	select {
	case p.asks <- struct{}{}:
	default:
	}
}

// write writes one message to the process; that it is gone shows elsewhere.
func (p *process) write(message []byte) {
	p.job.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(len(message))), message...))
}

// wait returns when the process is gone and all that it wrote is read. The error is a
// fault of the sandbox, after which its interpreter must not be used again, or ctx's.
func (p *process) wait(ctx context.Context) error {
	stop := context.AfterFunc(ctx, p.kill)
	p.in.judge.SetReadDeadline(time.Now().Add(setupTime))
	for p.end == nil && p.fault == nil {
		p.hear()
	}
	p.in.judge.SetReadDeadline(time.Time{})
	stop()
	p.mu.Lock()
	p.found()
	close(p.over)
	for _, t := range []*time.Timer{p.wall, p.clock} {
		if t != nil {
			t.Stop()
		}
	}
	p.killed = true // nothing to kill any more: the handle is closed below
	if p.pidfd != 0 {
		unix.Close(p.pidfd)
		p.pidfd = 0
	}
	p.mu.Unlock()
	if p.fault != nil && p.end == nil {
		p.in.close() // whatever the process still does ends here
	}
	p.readers.Wait()
	close(p.asks)
	p.job.Close()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if p.fault != nil {
		return p.fault
	}
	if !p.walls && !p.stopped {
		return fmt.Errorf("set up process: ended before its walls stood (%s)", p.end)
	}
	return nil
}

// hear takes one message about the process.
func (p *process) hear() {
	pidfd := 0
	text, err := p.in.receive(&pidfd)
	switch {
	case err != nil && errors.Is(err, os.ErrDeadlineExceeded):
		p.fault = fmt.Errorf("interpreter of the cell did not answer within %v", setupTime)
	case err != nil:
		p.fault = fmt.Errorf("interpreter of the cell is gone: %w", err)
	case text == "pid" && pidfd != 0:
		p.mu.Lock()
		p.pidfd = pidfd
		p.number = pidOf(pidfd)
		p.found()
		killed := p.killed
		p.mu.Unlock()
		if killed {
			p.kill()
		}
	case text == "R":
		p.walls = true
		p.in.judge.SetReadDeadline(time.Time{}) // from here the process's own limits hold
	case strings.HasPrefix(text, "fault "):
		p.fault = setupError{fmt.Errorf("set up process: %s", strings.TrimPrefix(text, "fault "))}
	default:
		if p.end = p.in.readEnd(text); p.end == nil {
			p.fault = fmt.Errorf("interpreter of the cell said %q", text)
		}
	}
}

// found says that there is a handle to the process, or will be none. The caller holds mu.
func (p *process) found() {
	select {
	case <-p.known:
	default:
		close(p.known)
	}
}

// kill ends the process, at once or as soon as there is a handle to it.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killed = true
	if p.pidfd != 0 {
		unix.PidfdSendSignal(p.pidfd, unix.SIGKILL, nil, 0) // its error: gone already
		p.in.judge.SetReadDeadline(time.Now().Add(setupTime))
	}
}

// stop ends the process because the judge has seen enough.
func (p *process) stop() {
	p.mu.Lock()
	p.stopped = p.stopped || !p.killed
	p.mu.Unlock()
	p.kill()
}

// pipes are those of one process: our ends, and theirs as numbers.
type pipes struct {
	ours   [5]*os.File // none of standard input, which is a file
	theirs [5]int
}

// makePipes makes stdin, stdout, stderr, job and results. Our ends wait in Go's poller;
// theirs block, as Python expects.
func makePipes(stdin string) (*pipes, error) {
	p := &pipes{}
	var err error
	if p.theirs[0], err = inputFile(stdin); err != nil {
		return nil, fmt.Errorf("make standard input: %w", err)
	}
	for i := 1; i < len(p.ours); i++ {
		var ends [2]int
		if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
			p.closeOurs()
			for _, f := range p.theirs[:i] {
				unix.Close(f)
			}
			return nil, fmt.Errorf("make pipes: %w", err)
		}
		ours, theirs := ends[0], ends[1]
		if i == 3 { // they read
			ours, theirs = theirs, ours
		}
		unix.SetNonblock(ours, true)
		p.ours[i], p.theirs[i] = os.NewFile(uintptr(ours), "pipe"), theirs
	}
	return p, nil
}

func (p *pipes) closeOurs() {
	for _, f := range p.ours {
		f.Close() // nil is an error without effect
	}
}
