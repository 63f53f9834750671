import ctypes
import os


def attack(wall):
    through = []
    if wall == "landlock":
        for path in ("/proc", "/proc/self", "/proc/1", "/proc/self/fd", f"/proc/{os.getppid()}", "/proc/self/task"):
            try:
                through.append(f"{path}: {len(os.listdir(path))} entries")
            except PermissionError:
                pass
        for path in ("/proc/1/environ", "/proc/self/mem", "/proc/self/maps", f"/proc/{os.getppid()}/mem", f"/proc/{os.getppid()}/environ"):
            try:
                os.open(path, os.O_RDONLY)
                through.append(path)
            except PermissionError:
                pass
        return through
    for path in ("/proc", "/proc/self", "/proc/1/environ", "/proc/1/root/etc/shadow", "/proc/self/mem"):
        if os.path.lexists(path):
            through.append(path)
    libc = ctypes.CDLL(None, use_errno=True)
    os.makedirs("/tmp/p", exist_ok=True)
    if libc.mount(b"proc", b"/tmp/p", b"proc", 0, None) == 0:
        through.append("mounted proc")
    os.rmdir("/tmp/p")
    return through
