import resource


def attack(wall):
    through = []
    for name, most in (("CPU", 3601), ("AS", 1 << 30), ("FSIZE", 32 << 20), ("NPROC", 17 if wall == "namespaces" else 1 << 20), ("NOFILE", 64), ("CORE", 0),
                       ("MEMLOCK", 0), ("MSGQUEUE", 0), ("STACK", 64 << 20)):
        which = getattr(resource, "RLIMIT_" + name)
        soft, hard = resource.getrlimit(which)
        if not (0 <= soft <= most and 0 <= hard <= most):
            through.append(f"{name} {soft} {hard}")
        if hard < 0:  # no limit: "one more" would be a limit of 0, which kills
            continue
        try:
            resource.setrlimit(which, (hard + 1, hard + 1))
            through.append(f"raised {name}")
        except (ValueError, OSError):
            pass
    return through
