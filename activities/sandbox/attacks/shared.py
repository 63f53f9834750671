import ctypes
import errno
import os
import sys


def attack(wall):
    # What programs share with each other and with the host: numbers of things that the
    # kernel allows for all, locks and leases on common files, times of /dev/null.
    through = []
    libc = ctypes.CDLL(None, use_errno=True)
    here = os.uname().machine == "x86_64"
    context, page = ctypes.c_ulong(0), ctypes.create_string_buffer(4096)
    calls = {
        "aio": (206 if here else 0, 1024, ctypes.byref(context)), "inotify": (294 if here else 26, 0), "fanotify": (300 if here else 262, 0, 0),
        "flock": (73 if here else 32,), "mq": (240 if here else 180, b"x", 0o102, 0o600, None), "epoch": (305 if here else 266, 0, page),
        "shm": (29 if here else 194, 0, 4096, 0o1600), "keys": (250 if here else 219, 0, -3, 1), "mlock": (149 if here else 228, page, 4096),
        "mlockall": (151 if here else 230, 1), "vmsplice": (278 if here else 75, 1, page, 0, 0), "mincore": (27 if here else 232, page, 4096, page),
        "syslog": (103 if here else 116, 10, None, 0), "io_uring": (425, 4, page), "seccomp": (317 if here else 277, 1, 0, page), "open_by_handle": (304 if here else 265, 0, page, 0),
    }
    if here:
        calls["inotify, old"] = (253,)
    interpreter = os.open(sys.executable or "/usr/bin/python3", os.O_RDONLY)
    for name, (number, *arguments) in calls.items():
        if name == "flock":
            arguments = [interpreter, 6]
        ctypes.set_errno(0)
        if libc.syscall(number, *arguments) >= 0 or ctypes.get_errno() != errno.EPERM:
            through.append(f"{name} {ctypes.get_errno()}")
    lock = (ctypes.c_int64 * 8)()  # struct flock: a read lock on the whole file
    for name, command in (("lock", 6), ("lock, waiting", 7), ("lock of the description", 37), ("lease", 1024), ("watch", 1026), ("pipe size", 1031), ("hint", 1036)):
        if libc.fcntl(interpreter, command, lock if command in (6, 7, 37, 1036) else 0) == 0:
            through.append(name)
    for name, do in {"utime": lambda: os.utime("/dev/null"), "chmod": lambda: os.chmod("/dev/null", 0o777), "chown": lambda: os.chown("/dev/null", os.getuid(), -1),
                     "truncate": lambda: os.truncate("/dev/null", 0) if wall == "landlock" else os.unlink("/dev/null"),
                     "fifo": lambda: os.mkfifo("/tmp/fifo"), "xattr": lambda: os.setxattr("/tmp", "user.x", b"x")}.items():
        try:
            do()
            through.append(name)
        except OSError:
            pass
    os.close(interpreter)
    return through
