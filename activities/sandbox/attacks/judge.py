import ctypes
import os
import signal


def attack(wall):
    through = []
    if wall == "landlock":
        through += on_host()
    elif os.getpid() != 1 or os.getppid() != 0:
        through.append(f"pid {os.getpid()} of parent {os.getppid()}")
    for pid in (-1, 2, -2, os.getppid() or 3):
        try:
            os.kill(pid, 0)
            through.append(f"signal {pid}")
        except OSError:
            pass
    if wall == "namespaces":
        os.kill(0, signal.SIGCONT)  # its own process group: itself alone
    libc = ctypes.CDLL(None, use_errno=True)
    for pid in (1, 2, 3):
        for request in (16, 0x4206):  # attach, seize
            if libc.ptrace(request, pid, 0, 0) == 0:
                through.append(f"ptrace {pid}")
    if libc.ptrace(0, 0, 0, 0) == 0:
        through.append("traceme")
    buffer = ctypes.create_string_buffer(16)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 16)
    if libc.process_vm_readv(2, vector, 1, vector, 1, 0) >= 0:
        through.append("process_vm_readv")
    return through


def on_host():
    """What reaches the interpreter or the judge otherwise than by kill."""
    through = []
    libc = ctypes.CDLL(None, use_errno=True)
    parent, r = os.getppid(), os.pipe()[0]
    for name, do in {
        "tgkill": lambda: libc.syscall(234, parent, parent, 0), "tkill": lambda: libc.syscall(200, parent, 0),
        "sigqueue": lambda: libc.sigqueue(parent, 0, None), "own kill": lambda: libc.kill(os.getpid(), 9), "own stop": lambda: libc.kill(os.getpid(), 19),
        "group": lambda: libc.kill(0, 0), "raise": lambda: libc.syscall(234, os.getpid(), os.getpid(), 9),
        "owner": lambda: libc.fcntl(r, 8, parent), "owner ioctl": lambda: libc.ioctl(r, 0x8901, ctypes.byref(ctypes.c_int(parent))),
        "priority": lambda: libc.setpriority(0, parent, 19), "limits": lambda: libc.prlimit(parent, 0, None, ctypes.create_string_buffer(16)),
        "affinity": lambda: libc.sched_setaffinity(parent, 8, ctypes.create_string_buffer(b"\1", 8)), "orphan": lambda: libc.prctl(1, 0, 0, 0, 0),
    }.items():
        if os.uname().machine == "x86_64" or "kill" not in name and name != "raise":
            if do() == 0:
                through.append(name)
    return through
