import os
import signal


def attack():
    # the first process of a pid namespace is not stopped or killed from inside
    for s in (signal.SIGSTOP, signal.SIGKILL, signal.SIGTERM):
        os.kill(os.getpid(), s)
    return []
