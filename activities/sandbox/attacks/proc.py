import ctypes
import os


def attack():
    through = []
    for path in ("/proc", "/proc/self", "/proc/1/environ", "/proc/1/root/etc/shadow", "/proc/self/mem"):
        if os.path.lexists(path):
            through.append(path)
    libc = ctypes.CDLL(None, use_errno=True)
    os.makedirs("/tmp/p", exist_ok=True)
    if libc.mount(b"proc", b"/tmp/p", b"proc", 0, None) == 0:
        through.append("mounted proc")
    os.rmdir("/tmp/p")
    return through
