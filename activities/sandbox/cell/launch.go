//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// nobody is the uid and gid of a program inside its user namespace.
const nobody = 65534

// launch starts the cell proper, this same binary, behind its wall and waits for it. The
// judge does not do this itself: to make a user namespace a process must be forked whole,
// and a judge that holds gigabytes would pay for its page tables each time. Standard
// input is the leash: when the judge closes its end, or dies, the cell is ended.
func launch(args []string) error {
	if len(args) < 4 {
		return fmt.Errorf("arguments: want launch WALL HOST_UID HOST_GID GROUPS and the interpreter's")
	}
	uid, errUID := strconv.Atoi(args[1])
	gid, errGID := strconv.Atoi(args[2])
	if errUID != nil || errGID != nil {
		return fmt.Errorf("arguments: host uid %q and gid %q are not numbers", args[1], args[2])
	}
	if args[3] != "-" {
		for _, group := range strings.Split(args[3], ",") { // the cell will be in it from its start
			if err := os.WriteFile(group+"/cgroup.procs", []byte("0"), 0); err != nil {
				return fmt.Errorf("enter control group: %w", err)
			}
		}
	}
	attributes := inNamespaces(uid, gid)
	if args[0] == landlock {
		attributes = asUser(uid, gid)
	}
	// Pipes, as a program's own will be: what Python notes of them at its start then holds.
	inR, inW, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("make pipe: %w", err)
	}
	inW.Close()
	outR, outW, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("make pipe: %w", err)
	}
	defer outR.Close()
	files := []*os.File{inR, outW, os.Stderr, os.NewFile(statusFD, "status"), os.NewFile(socketFD, "socket")}
	// by the link: the new uid need not be able to walk to where the binary lies
	cell, err := os.StartProcess("/proc/self/exe", append([]string{"sandbox-cell", args[0]}, args[4:]...),
		&os.ProcAttr{Dir: "/", Env: os.Environ(), Files: files, Sys: attributes})
	if err != nil {
		return fmt.Errorf("make %s: %w", args[0], err)
	}
	for _, f := range files[2:] {
		f.Close() // the judge sees the end of a pipe when the cell is gone
	}
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cell.Kill() // first process of its pid namespace: everything in it dies too
	}()
	_, err = cell.Wait()
	return err
}

// inNamespaces are the first walls of a cell. The capabilities are valid inside the new
// user namespace only: one to make mounts, one to give up all others for good.
func inNamespaces(uid, gid int) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS,
		Setsid:     true, Pdeathsig: syscall.SIGKILL,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: nobody, HostID: uid, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: nobody, HostID: gid, Size: 1}},
		Credential:  &syscall.Credential{Uid: nobody, Gid: nobody, NoSetGroups: true},
		AmbientCaps: []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SETPCAP},
	}
}

// asUser makes root somebody without rights; who is not root stays who he is.
func asUser(uid, gid int) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	if uid != os.Getuid() {
		a.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return a
}
