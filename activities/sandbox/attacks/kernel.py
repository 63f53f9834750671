import ctypes
import errno
import os


def attack(wall):
    through = []
    libc = ctypes.CDLL(None, use_errno=True)
    page = ctypes.create_string_buffer(4096)

    def attempt(name, result):
        if result >= 0 or ctypes.get_errno() != errno.EPERM:
            through.append(f"{name}: {result} {errno.errorcode.get(ctypes.get_errno())}")
        ctypes.set_errno(0)

    for name, flag in (("userns", 0x10000000), ("mountns", 0x20000), ("pidns", 0x20000000), ("netns", 0x40000000)):
        attempt("unshare " + name, libc.unshare(flag))
    attempt("mount", libc.mount(b"none", b"/tmp", b"tmpfs", 0, None))
    attempt("umount", libc.umount2(b"/tmp", 2))
    attempt("chroot", libc.chroot(b"/tmp"))
    if libc.setuid(0) == 0:  # EINVAL too is a no: there is no uid 0 inside
        through.append("setuid")
    attempt("setgroups", libc.setgroups(0, None))
    attempt("personality", libc.personality(0))
    attempt("memfd", libc.memfd_create(b"x", 0))
    attempt("shmget", libc.shmget(0, 1 << 20, 0o1600))
    attempt("io_uring", libc.syscall(425, 4, page))
    attempt("pidfd_open", libc.syscall(434, 1, 0))
    if os.uname().machine == "x86_64":
        for name, number in (("add_key", 248), ("keyctl", 250), ("bpf", 321), ("perf_event_open", 298), ("userfaultfd", 323),
                             ("init_module", 175), ("kexec_load", 246), ("open_by_handle_at", 304), ("reboot", 169), ("seccomp", 317)):
            attempt(name, libc.syscall(number, page, page, 0, 0, 0))
    return through
