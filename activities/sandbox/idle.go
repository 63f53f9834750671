//go:build linux

package sandbox

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// maxIdles is how many wall limits a process may idle in all, whatever it says in between.
	maxIdles = 20
	// starvation is how long a process may take that does not idle, but waits for a CPU. A
	// machine as busy as that is at fault, not the program.
	starvation = 20 * time.Minute
)

// idling adds up how long a process idles, by looking at it again and again. An interval
// between two looks counts if the process was silent in it, has nothing unread in its
// pipes, waited for no answer of the judge's, and rests at its end; then it counts by what
// the process neither ran nor waited for a CPU, and no longer than looks are apart when
// the judge itself gets its time. So neither a slow judge nor a busy machine turns a right
// program into a wrong one, and what a host keeps from this machine is not idled.
type idling struct {
	p      *process
	since  time.Time // the process's beginning
	looked time.Time
	worked time.Duration // then
	waited time.Duration // then
	words  int64         // then
	test   time.Duration // idled since it last said something
	all    time.Duration
}

func (i *idling) period() time.Duration {
	return min(max(i.p.limits.wall()/20, 5*time.Millisecond), 500*time.Millisecond)
}

// begin is called with the process locked.
func (i *idling) begin() {
	i.looked = i.since
	i.p.wall = time.AfterFunc(i.period(), i.look)
}

func (i *idling) look() {
	p := i.p
	pid := p.pid()
	rests, unread := !runs(pid), p.unread()
	worked, now := busy(pid), time.Now()
	cpu, _ := processTime(pid)
	here := p.pid() != 0 // still: else what was found is of nobody
	p.mu.Lock()
	defer p.mu.Unlock()
	if here && worked >= 0 {
		i.add(now, worked, rests && !unread)
	}
	switch limit := p.limits.wall(); {
	case p.killed:
	case !here: // at its end, of which the interpreter will tell
		p.wall = time.AfterFunc(i.period(), i.look)
	case worked < 0: // the kernel does not say; a limit that may be the machine's fault is no verdict
		p.expired, p.starved = true, true
		go p.kill()
	case i.test >= limit || i.all >= maxIdles*limit:
		p.expired = true
		go p.kill()
	case now.Sub(i.since)-p.waitedUntil(now)-cpu > starvation:
		p.expired, p.starved = true, true
		go p.kill()
	default:
		p.wall = time.AfterFunc(i.period(), i.look)
	}
}

// add takes in the interval that ends now.
func (i *idling) add(now time.Time, worked time.Duration, rests bool) {
	words, waited := i.p.words.Load(), i.p.waitedUntil(now)
	if words != i.words {
		i.test = 0
	} else if rests && waited == i.waited {
		idled := max(0, min(now.Sub(i.looked), 2*i.period())-max(0, worked-i.worked))
		i.test += idled
		i.all += idled
	}
	i.looked, i.worked, i.waited, i.words = now, worked, waited, words
}

// waitedUntil is how long the process has waited for the judge. It is locked.
func (p *process) waitedUntil(now time.Time) time.Duration {
	if p.waitsSince.IsZero() {
		return p.waited
	}
	return p.waited + now.Sub(p.waitsSince)
}

// unread says whether the process has written something that the judge has not read yet.
func (p *process) unread() bool {
	for _, f := range p.outputs {
		if waiting(f) > 0 {
			return true
		}
	}
	return false
}

// waiting is the number of bytes in a pipe, 0 if it is closed.
func waiting(f *os.File) (n int) {
	conn, err := f.SyscallConn()
	if err != nil {
		return 0
	}
	conn.Control(func(fd uintptr) { // its error: closed meanwhile
		n, _ = unix.IoctlGetInt(int(fd), unix.TIOCINQ)
	})
	return n
}
