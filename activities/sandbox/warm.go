//go:build linux

package sandbox

import (
	"context"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

//go:embed inside/*.py
var insideFiles embed.FS

// insideSource is the Python that runs in a cell: what runs programs, then the loop that forks.
var insideSource = sync.OnceValue(func() string {
	var text strings.Builder
	for _, name := range []string{
		"imports", "furniture", "packages", "nodes", "program", "values", "arrays", "peer", "remote", "program_end",
		"tests_end", "helpers", "names", "trace", "faults", "batch", "tests", "calls", "pages", "interpreter",
	} {
		source, err := insideFiles.ReadFile("inside/" + name + ".py")
		if err != nil {
			panic(err) // embedded: cannot happen
		}
		text.Write(source)
	}
	return text.String()
})

// insideWith is insideSource that looks for packages in a folder; "" is the interpreter's own.
func insideWith(folder string) string {
	if folder == "" {
		return insideSource()
	}
	return strings.Replace(insideSource(), "PACKAGES = []", fmt.Sprintf("PACKAGES = [%q]", folder), 1)
}

// setupTime is how long a step of the sandbox's own may take. It is not the program's
// time: when it is over, that is a fault.
const setupTime = 5 * time.Minute

// warm is an interpreter in its cell, which forks a process for each job.
type warm struct {
	cmd    *exec.Cmd // the launcher
	leash  *os.File  // closed, it ends the cell
	judge  *net.UnixConn
	status *capture // what cell and launcher had to say
	stderr *capture
	said   sync.WaitGroup
	jobs   int

	closing sync.Once
	others  int64         // tasks of the same user beside a job's, which the limit on tasks counts too
	python  string        // its version
	group   *group        // or nil
	credit  time.Duration // see charged
}

// start starts a cell and waits until its interpreter is warm.
func (s *Sandbox) start(ctx context.Context, uid, gid int) (*warm, error) {
	w := &warm{credit: s.credit, status: &capture{max: 1 << 14}, stderr: &capture{max: 1 << 14}}
	if s.cgroup != "" {
		g, err := newGroup(s.cgroup)
		if err != nil {
			return nil, err
		}
		w.group = g
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		w.group.remove()
		return nil, fmt.Errorf("make socket: %w", err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "judge"), os.NewFile(uintptr(pair[1]), "cell")
	defer theirs.Close()
	conn, err := net.FileConn(ours)
	ours.Close()
	if err != nil {
		w.group.remove()
		return nil, fmt.Errorf("make socket: %w", err)
	}
	w.judge = conn.(*net.UnixConn)
	if err := w.launch(s, uid, gid, theirs); err != nil {
		w.judge.Close()
		w.group.remove()
		return nil, err
	}
	theirs.Close() // else the end of the cell is not seen
	w.judge.SetDeadline(time.Now().Add(setupTime))
	stop := context.AfterFunc(ctx, func() { w.judge.SetDeadline(time.Unix(1, 0)) })
	text, err := w.receive(nil)
	if version, ok := strings.CutPrefix(text, "warm "); ok && stop() {
		w.python = version
		w.judge.SetDeadline(time.Time{})
		return w, nil
	}
	w.close()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, w.failure(err)
}

// launch starts the launcher with the leash, the status pipe and the cell's socket.
func (w *warm) launch(s *Sandbox, uid, gid int, socket *os.File) error {
	leashR, leashW, err1 := os.Pipe()
	statusR, statusW, err2 := os.Pipe()
	defer leashR.Close() // nil is an error without effect
	defer statusW.Close()
	if err := errors.Join(err1, err2); err != nil {
		leashW.Close()
		statusR.Close()
		return fmt.Errorf("make pipes: %w", err)
	}
	w.leash = leashW
	w.cmd = exec.Command(s.cell, "launch", s.wall, strconv.Itoa(uid), strconv.Itoa(gid), w.group.argument(),
		s.python, "-S", "-s", "-B", "-X", "utf8", "-c", s.inside)
	w.cmd.Env, w.cmd.Dir = []string{"PYTHONHASHSEED=0"}, "/"
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	w.cmd.Stdin, w.cmd.Stderr = leashR, w.stderr
	w.cmd.ExtraFiles = []*os.File{statusW, socket}
	if err := w.cmd.Start(); err != nil {
		leashW.Close()
		statusR.Close()
		return fmt.Errorf("start %s: %w", s.cell, err)
	}
	w.said.Go(func() {
		io.Copy(w.status, statusR)
		statusR.Close()
	})
	return nil
}

// failure says why a cell that is gone never got warm.
func (w *warm) failure(err error) error {
	walls := false
	for line := range strings.Lines(string(w.status.kept)) {
		if line = strings.TrimSpace(line); line != "R" {
			return setupError{fmt.Errorf("set up cell: %s", line)}
		}
		walls = true
	}
	if !walls {
		return setupError{fmt.Errorf("set up cell: ended before its walls stood (%s)", w.cmd.ProcessState)}
	}
	return fmt.Errorf("%w (%w): %s", errPythonStart, err, lastLine(string(w.stderr.kept)))
}

// receive reads one message of the interpreter or of a job's set-up; a pid's message
// carries a handle, which goes to pidfd. An end of file means that the cell is gone.
func (w *warm) receive(pidfd *int) (string, error) {
	text, oob := make([]byte, 1<<10), make([]byte, unix.CmsgSpace(4))
	n, oobn, _, _, err := w.judge.ReadMsgUnix(text, oob)
	switch {
	case errors.Is(err, io.EOF) || err == nil && n == 0:
		return "", io.EOF
	case err != nil:
		return "", err
	case oobn == 0:
		return string(text[:n]), nil
	}
	messages, err := unix.ParseSocketControlMessage(oob[:oobn])
	if err != nil {
		return "", fmt.Errorf("control message: %w", err)
	}
	if len(messages) != 1 {
		return "", fmt.Errorf("%d control messages instead of one", len(messages))
	}
	handles, err := unix.ParseUnixRights(&messages[0])
	if err != nil {
		return "", fmt.Errorf("control message: %w", err)
	}
	if len(handles) != 1 {
		return "", fmt.Errorf("control message with %d handles instead of one", len(handles))
	}
	unix.CloseOnExec(handles[0])
	if pidfd == nil {
		unix.Close(handles[0])
		return "", fmt.Errorf("unexpected handle")
	}
	*pidfd = handles[0]
	return string(text[:n]), nil
}

// submit asks for a process with these CPU seconds, other limits and files (stdin, stdout,
// stderr, job, results). The request holds, as the kernel wants them, struct rlimit of CPU
// time, size of files, threads and memory, and the options of the mount on /tmp.
func (w *warm) submit(cpu int64, l Limits, handles []int) error {
	var request []byte
	for _, v := range []int64{cpu, l.DiskBytes, int64(l.Processes) + w.others, l.MemoryBytes} {
		request = binary.LittleEndian.AppendUint64(request, uint64(v))
		request = binary.LittleEndian.AppendUint64(request, uint64(v))
	}
	request = fmt.Appendf(request, "mode=1777,nr_inodes=1024,size=%d\x00", l.DiskBytes)
	w.jobs++
	_, _, err := w.judge.WriteMsgUnix(request, unix.UnixRights(handles...), nil)
	return err
}

// readEnd is how a process ended, by the interpreter's message on it, or nil if it is none:
// "end ", then what wait4 gave it, the status and struct rusage.
func (w *warm) readEnd(text string) *exit {
	rest, is := strings.CutPrefix(text, "end ")
	var status uint32
	var used unix.Rusage
	if !is || len(rest) != 4+binary.Size(used) {
		return nil
	}
	binary.Decode([]byte(rest[:4]), binary.LittleEndian, &status) // fails for no text of that length
	binary.Decode([]byte(rest[4:]), binary.LittleEndian, &used)
	e := &exit{cpu: w.charged(time.Duration(used.Utime.Nano()+used.Stime.Nano()), used.Minflt), peak: used.Maxrss << 10}
	if s := unix.WaitStatus(status); s.Signaled() {
		e.signal = s.Signal()
	} else {
		e.code = s.ExitStatus()
	}
	return e
}

// close ends the cell and everything in it, and waits for that.
func (w *warm) close() { w.closing.Do(w.end) }

func (w *warm) end() {
	w.leash.Close()
	w.judge.Close()
	kill := time.AfterFunc(setupTime, func() { w.cmd.Process.Kill() })
	w.cmd.Wait() // its error is in ProcessState
	kill.Stop()
	w.said.Wait()
	w.group.remove()
}
