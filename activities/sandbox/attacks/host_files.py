import os


def attack(wall):
    if wall == "landlock":
        return on_host()
    through = []
    for path in ("/etc/shadow", "/etc/passwd", "/etc/hostname", "/root", "/home", "/var", "/srv", "/opt", "/run", "/boot",
                 "/sys", "/dev/shm", "/dev/sda", "/dev/vda", "/dev/kmsg", "/old", "/tmp/old"):
        if os.path.lexists(path):
            through.append(path)
    if os.listdir("/tmp"):
        through.append("/tmp is not empty")
    extra = set(os.listdir("/")) - {"usr", "lib", "lib64", "bin", "tmp", "dev"}
    if extra or os.listdir("/dev") != ["null"]:
        through.append(f"/{sorted(extra)} /dev/{os.listdir('/dev')}")
    for path in ("/x", "/usr/x", "/usr/bin/x", "/dev/x", "/usr/lib/x"):
        try:
            open(path, "w").close()
            through.append(f"wrote {path}")
        except OSError:
            pass
    return through


def on_host():
    """The host's files are there, but none but those of /usr can be read and none changed."""
    through = []
    for path in ("/", "/etc", "/root", "/home", "/tmp", "/var", "/run", "/sys", "/dev", "/dev/shm", "."):
        if path != ".":
            attempt(through, "listed " + path, lambda: os.listdir(path))
        for flags in (os.O_WRONLY | os.O_CREAT, os.O_RDWR | os.O_CREAT | os.O_EXCL, os.O_RDWR | os.O_TMPFILE):
            attempt(through, f"opened {path}/x {flags}", lambda: os.open(path + "/x" if not flags & os.O_TMPFILE else path, flags))
        attempt(through, f"made {path}/x", lambda: os.mkdir(path + "/x"))
    for path in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/dev/null", "/dev/zero"):
        for flags in (os.O_RDONLY, os.O_RDONLY | os.O_TRUNC, os.O_WRONLY, os.O_RDWR):
            attempt(through, f"opened {path} {flags}", lambda: os.open(path, flags))
        attempt(through, "truncated " + path, lambda: os.truncate(path, 0))
    mine = "/usr/bin/python3"
    for name, do in {"chmod": lambda: os.chmod(mine, 0o755), "chown": lambda: os.chown(mine, -1, -1), "utime": lambda: os.utime(mine),
                     "link": lambda: os.link(mine, "/tmp/x"), "symlink": lambda: os.symlink(mine, "/tmp/x"), "rename": lambda: os.rename(mine, mine),
                     "unlink": lambda: os.unlink("/tmp/absent"), "xattr": lambda: os.setxattr(mine, "user.x", b"x"),
                     "O_TRUNC": lambda: os.open(mine, os.O_RDONLY | os.O_TRUNC)}.items():
        attempt(through, name, do)
    return through


def attempt(through, name, do):
    try:
        do()
        through.append(name)
    except PermissionError:
        pass
    except OSError as e:
        through.append(f"{name}: {e}")
