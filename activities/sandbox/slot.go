//go:build linux

package sandbox

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// slot is a place for one job at a time. Its cells are started when they are needed.
type slot struct {
	number         int
	program, tests *warm
	examiner       *examiner // a process of tests, or nil
}

const cellsPerSlot = 2

// setupError is a wall that could not be made, requestError a job that nobody could run,
// memoryError a process that the machine killed and that held much of its memory.
type (
	setupError   struct{ error }
	requestError struct{ error }
	memoryError  struct{ error }
)

func (s *Sandbox) take() *slot {
	s.mu.Lock()
	defer s.mu.Unlock()
	sl := s.free[len(s.free)-1]
	s.free = s.free[:len(s.free)-1]
	return sl
}

func (s *Sandbox) put(sl *slot) {
	s.mu.Lock()
	s.free = append(s.free, sl)
	s.mu.Unlock()
	s.tickets <- struct{}{}
}

// discard ends a slot's interpreters; the next job gets new ones.
func (sl *slot) discard() {
	for _, w := range []**warm{&sl.program, &sl.tests} {
		if *w != nil {
			(*w).close()
			*w = nil
		}
	}
	if sl.examiner != nil {
		<-sl.examiner.gone
		sl.examiner = nil
	}
}

// forPrograms is the interpreter that a slot's programs run in, started or replaced if need be.
func (s *Sandbox) forPrograms(ctx context.Context, sl *slot) (*warm, error) {
	return s.warm(ctx, &sl.program, cellsPerSlot*sl.number)
}

// forTests is the interpreter for tests that are code. It never runs a program.
func (s *Sandbox) forTests(ctx context.Context, sl *slot) (*warm, error) {
	return s.warm(ctx, &sl.tests, cellsPerSlot*sl.number+1)
}

func (s *Sandbox) warm(ctx context.Context, w **warm, cell int) (*warm, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if *w != nil && (*w).jobs >= s.recycle {
		(*w).close()
		*w = nil
	}
	if *w == nil {
		uid, gid := s.hostIDs(cell)
		started, err := s.start(ctx, uid, gid)
		if err != nil {
			return nil, err
		}
		started.others = s.otherTasks()
		*w = started
	}
	return *w, nil
}

// hostIDs are the uid and gid on the host of the programs of a cell: where there is a
// choice never the judge's own, which would own the judge's files; and limits on the
// number of tasks do not bind the host's root.
func (s *Sandbox) hostIDs(cell int) (uid, gid int) {
	if s.baseUID >= 0 {
		return s.baseUID + cell, s.baseUID + cell
	}
	return os.Getuid(), os.Getgid()
}

// otherTasks is what the kernel's limit on a user's tasks counts beside a job's own:
// with a uid or a user namespace of the cell's own the interpreter, else all that the
// judge's user runs, with room for more.
func (s *Sandbox) otherTasks() int64 {
	if s.baseUID >= 0 || s.wall == Namespaces {
		return 1
	}
	const room = 256
	tasks := int64(room)
	files, _ := filepath.Glob("/proc/[0-9]*/status")
	me := fmt.Sprintf("Uid:\t%d\t", os.Getuid())
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil || !strings.Contains(string(text), me) {
			continue
		}
		var threads int64
		_, after, _ := strings.Cut(string(text), "Threads:")
		fmt.Sscan(after, &threads)
		tasks += 2 * threads
	}
	return tasks
}
