import ctypes
import os
import signal


def attack():
    through = []
    if os.getpid() != 1 or os.getppid() != 0:
        through.append(f"pid {os.getpid()} of parent {os.getppid()}")
    for pid in (-1, 2, os.getppid() or 3):
        try:
            os.kill(pid, 0)
            through.append(f"signal {pid}")
        except OSError:
            pass
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
