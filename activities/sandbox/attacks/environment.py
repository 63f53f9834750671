import os
import socket


def attack(wall):
    through = [k for k in os.environ if k not in ("PYTHONHASHSEED", "LC_CTYPE")]
    if os.getuid() == 0 or os.geteuid() == 0 or wall == "namespaces" and os.getgroups() not in ([], [65534]):
        through.append(f"uid {os.getuid()} groups {os.getgroups()}")
    if wall == "namespaces" and socket.gethostname() != "sandbox":
        through.append("host name")
    open_files = [fd for fd in range(3, 4096) if is_open(fd)]
    if open_files != [4, 5]:  # the job and the results
        through.append(f"descriptors {open_files}")
    return through


def is_open(fd):
    try:
        os.fstat(fd)
        return True
    except OSError:
        return False
