import ctypes
import os
import signal
import struct
import threading
import time


def attack(wall):
    # Timers whose signal ends the process as the machine's would, and signals to itself by
    # other ways than kill. Whatever got through would end it here.
    through = []
    libc = ctypes.CDLL(None, use_errno=True)
    create, settime, queue, queue_thread, thread_kill = (222, 223, 129, 297, 200) if os.uname().machine == "x86_64" else (107, 110, 138, 240, 130)
    timer = ctypes.c_int()
    for clock in (0, 1, 2, 3, 7):
        for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGXCPU, signal.SIGTERM):
            event = ctypes.create_string_buffer(struct.pack("<Qii", 0, number, 0), 64)
            if libc.syscall(create, clock, event, ctypes.byref(timer)) == 0:
                through.append(f"timer on clock {clock} with signal {number}")
                libc.syscall(settime, timer, 0, struct.pack("<qqqq", 0, 0, 0, 1_000_000), None)
    info = ctypes.create_string_buffer(128)
    for name, result in {"queue": libc.syscall(queue, os.getpid(), 9, info), "queue to thread": libc.syscall(queue_thread, os.getpid(), os.getpid(), 9, info),
                         "thread": libc.syscall(thread_kill, os.getpid(), 9)}.items():
        if result == 0:
            through.append(name)
    r, _ = os.pipe()
    for name, command, value in (("owner", 8, os.getpid()), ("signal of a file", 10, 9), ("lease", 1024, 0), ("watch", 1026, 1)):
        if libc.fcntl(r, command, value) == 0:
            through.append(name)
    for option, value in ((1, 9), (4, 0), (4, 1), (22, 1), (22, 2), (25, 2), (26, 2), (36, 1), (59, 1), (0x59616D61, -1)):
        if libc.prctl(option, value, 0, 0, 0) == 0:
            through.append(f"prctl {option}")
    time.sleep(0.01)
    return through
