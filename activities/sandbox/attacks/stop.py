import os
import signal


def attack(wall):
    # the first process of a pid namespace is not stopped or killed from inside; elsewhere
    # the filter forbids the two signals that look as if they came from outside
    for s in (signal.SIGSTOP, signal.SIGKILL):
        try:
            os.kill(os.getpid(), s)
        except PermissionError:
            pass
    return []
