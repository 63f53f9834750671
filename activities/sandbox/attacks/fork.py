import ctypes
import os
import subprocess


def attack(wall):
    through = []

    def attempt(name, start):
        try:
            pid = start()
        except OSError:
            return
        if pid == 0:  # the child: a fork bomb would begin here
            os._exit(0)
        through.append(name)

    attempt("fork", os.fork)
    attempt("forkpty", lambda: os.forkpty()[0])
    attempt("posix_spawn", lambda: os.posix_spawn("/usr/bin/true", ["true"], {}))
    attempt("subprocess", lambda: subprocess.Popen(["/usr/bin/true"]).pid)
    libc = ctypes.CDLL(None, use_errno=True)
    if os.uname().machine == "x86_64":
        for name, number, flags in (("fork call", 57, 0), ("clone call", 56, 17)):
            pid = libc.syscall(number, flags, 0, 0, 0, 0)
            if pid == 0:
                os._exit(0)
            if pid > 0:
                through.append(name)
    return through
