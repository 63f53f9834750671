import os
import stat


def attack(wall):
    # set-uid programs lie in /usr; executing one must not raise anything
    for name in ("su", "sudo", "passwd", "mount"):
        path = "/usr/bin/" + name
        if wall == "namespaces" and os.path.exists(path) and not os.statvfs(path).f_flag & os.ST_NOSUID:
            return [path]
    try:
        os.mknod("/tmp/device", stat.S_IFBLK | 0o600, os.makedev(8, 0))
        return ["mknod"]
    except OSError:
        return []
