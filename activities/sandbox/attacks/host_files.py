import os


def attack():
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
