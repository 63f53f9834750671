//go:build linux

// Package sandbox runs untrusted Python programs, such as those that a model writes.
//
// Behind one of two walls, which a small helper binary (folder cell) makes, a warm
// interpreter (folder inside) waits. For each job it forks a process, which gives up what
// is left of its privileges, takes on its limits and a system-call filter, and only then
// reads the program. So a job costs a fork, not a start of Python, and what it does to
// its interpreter dies with it: the warm one reads nothing of any job.
//
//   - Namespaces (user, mount, pid, network, ipc, uts): the root holds /usr, read-only, an
//     empty bounded /tmp of the job's own and /dev/null. There is no capability, network
//     or /proc, and the program is the first process of a pid namespace of its own.
//   - Landlock, where namespaces are refused (containers without rights): nothing but
//     /usr can be read, and nothing written, not even in /tmp. What Landlock does not
//     cover the system-call filter does. The host's uid, names of files and the number of
//     threads are less hidden or bounded than behind namespaces, if the judge is not root.
//
// In both no program starts a process, opens a socket or signals another process, and CPU
// time, memory, threads and output are limited. System calls that are not on a list (see
// cell/calls.go) do not exist. As root, each cell has a host uid of its own. New takes the
// first wall that this machine allows and whose self-test of attack programs holds; if one
// attack is not stopped, or there is no wall, it refuses. There is no mode without walls.
//
// Expected results never enter the program's process. A job carries a program and its
// inputs, an outcome what came out; package model/reward/code compares. Tests that are
// Python statements run in a second process, of another interpreter, in which no program
// ever runs; names that they take from the program are called through the judge. Values
// come back as plain data, of which no method is the program's; its objects stay where
// they are and are used from there, by operators, attributes and methods, as are objects
// and functions of the tests that a program is given (of which it gets to nothing else).
// Containers that both hold are kept alike. An object of the program equals, and is
// compared and calculated with, other objects of the program's only, not with plain data:
// it would learn what is expected, and agree. The exception is an object that the tests
// made by calling a class which their text shows to be one (inside/names.py): there its
// methods are what is tested, arithmetic with plain data and the 0 of sum included, until
// the program returns it as a result. What comes of such arithmetic never becomes a number or
// a truth by the program's own word. Tests that unpickle, evaluate text of the program's or
// match by its classes have no verdict. Exceptions arrive as what they are; StopIteration and those
// that are no Exception end the test, unless it asked for the next item or catches them by
// name.
//
// A fault of the tests by themselves (before the program had any part in them, or in an
// expression of nothing but constants and modules) is an error. The process of the tests
// goes on to the next job's, unless they do more than import pure modules, compute and
// call, or took much memory; a job for which it has too little left is begun once more
// with another. If a value that the program returned is more than the tests can cope with
// (a range without end), the program has failed; if they fail to end before that, they are
// at fault.
//
// The interpreter runs without the site module: with the standard library, and numpy and
// sortedcontainers where it has them under /usr, whose versions are part of the grader's.
// The hash seed, the layout of memory and the random module's state are the same for each
// job, so that the same program prints the same again; only the layout varies where a
// container's profile does not let it be fixed. Function problems find the names of the modules that
// LeetCode provides among the built-in ones.
//
// No program chooses to have no verdict. It sets itself no limit (that of the stack seems
// to be set), no timer that kills and no priority; its CPU time is read on the kernel's
// clock from outside (clock.go); and of the errors below it can cause none. If the machine
// kills it twice while it holds more than half of the memory that it may, it has failed.
// What is left: a program can move CPU time from one call of a function to another, since
// it knows the arguments of all; where the kernel gives crashes to a socket (Linux 6.16,
// core_pattern "@"), a program's reaches the host's handler; there are no file locks, so
// that no database but one in memory opens, and no multiprocessing, whose queues are in
// /dev/shm.
//
// What a program costs, beside bare python3 and by the kind of machine, stands in SPEED.md.
// Where a page fault is dear, the interpreter has the pages that a job writes to copied at
// once; and a program is charged for a fault no more than it costs elsewhere.
//
// Two things are kept apart throughout. A program that fails (exception, limit, crash) is
// an Outcome. A fault of the set-up, the machine, the tests or the judge is an error: the
// job is begun once more with new interpreters, and then callers get "no verdict", never
// a failed program.
package sandbox
