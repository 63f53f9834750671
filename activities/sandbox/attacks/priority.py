import ctypes
import os


def attack(wall):
    # A process of low priority could wait for a CPU until the judge takes the machine to be overloaded.
    through = []
    libc = ctypes.CDLL(None, use_errno=True)
    setattr_, ioprio = (314, 251) if os.uname().machine == "x86_64" else (274, 30)
    for name, do in {
        "nice": lambda: os.nice(19), "setpriority": lambda: os.setpriority(os.PRIO_PROCESS, 0, 19),
        "idle": lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)), "batch": lambda: os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0)),
        "parameter": lambda: os.sched_setparam(0, os.sched_param(0)), "affinity": lambda: os.sched_setaffinity(0, {0}),
    }.items():
        try:
            do()
            through.append(name)
        except OSError:
            pass
    attributes = (ctypes.c_uint32 * 14)(56, 5)  # struct sched_attr: size, SCHED_IDLE
    for name, number, *arguments in (("attributes", setattr_, 0, attributes, 0), ("input and output", ioprio, 1, 0, 3 << 13)):
        if libc.syscall(number, *arguments) == 0:
            through.append(name)
    return through
