//go:build linux

package main

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// nobody is the uid and gid of a program inside its user namespace.
const nobody = 65534

// launch starts the cell proper, this same binary, in namespaces of its own and waits
// for it. The judge does not do this itself: to make a user namespace a process must be
// forked whole, and a judge that holds gigabytes would pay for its page tables each time.
// On the status pipe it writes the line "pid PID" and, when the cell is gone, "exit CODE
// CPU_NANOSECONDS" or "signal NUMBER CPU_NANOSECONDS". SIGTERM asks it to end the cell.
func launch(args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("arguments: want launch HOST_UID HOST_GID and the cell's own")
	}
	uid, errUID := strconv.Atoi(args[0])
	gid, errGID := strconv.Atoi(args[1])
	if errUID != nil || errGID != nil {
		return fmt.Errorf("arguments: host uid %q and gid %q are not numbers", args[0], args[1])
	}
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return fmt.Errorf("parent death signal: %w", err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	files := []*os.File{os.Stdin, os.Stdout, os.Stderr, os.NewFile(statusFD, "status"), os.NewFile(4, "job"), os.NewFile(5, "results")}
	// by the link: the new uid need not be able to walk to where the binary lies
	cell, err := os.StartProcess("/proc/self/exe", append([]string{"sandbox-cell"}, args[2:]...),
		&os.ProcAttr{Dir: "/", Env: os.Environ(), Files: files, Sys: namespaces(uid, gid)})
	if err != nil {
		return fmt.Errorf("make namespaces: %w", err)
	}
	if _, err := fmt.Fprintf(files[statusFD], "pid %d\n", cell.Pid); err != nil {
		cell.Kill() // the judge is gone
	}
	for i, f := range files {
		if i != statusFD {
			f.Close() // the judge sees the end of a pipe when the cell is gone
		}
	}
	go func() {
		<-stop
		cell.Kill() // first process of its pid namespace: everything in it dies too
	}()
	state, err := cell.Wait()
	if err != nil {
		return fmt.Errorf("wait for cell: %w", err)
	}
	end, number := "exit", state.ExitCode()
	if w := state.Sys().(syscall.WaitStatus); w.Signaled() {
		end, number = "signal", int(w.Signal())
	}
	cpu := state.UserTime() + state.SystemTime()
	_, err = fmt.Fprintf(files[statusFD], "%s %d %d\n", end, number, cpu.Nanoseconds())
	return err
}

// namespaces are the first walls of a cell. The capabilities are valid inside the new
// user namespace only; the cell drops them when its root stands.
func namespaces(uid, gid int) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS,
		Setsid:     true, Pdeathsig: syscall.SIGKILL,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: nobody, HostID: uid, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: nobody, HostID: gid, Size: 1}},
		Credential:  &syscall.Credential{Uid: nobody, Gid: nobody, NoSetGroups: true},
		AmbientCaps: []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SETPCAP},
	}
}
