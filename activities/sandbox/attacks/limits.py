import resource


def attack(wall):
    through = []
    for name, most in (("CPU", 3601), ("AS", 1 << 30), ("FSIZE", 32 << 20), ("NPROC", 17 if wall == "namespaces" else 1 << 20), ("NOFILE", 64), ("CORE", 1),
                       ("MEMLOCK", 0), ("MSGQUEUE", 0), ("STACK", 64 << 20), ("DATA", None), ("SIGPENDING", None), ("RTTIME", None)):
        which = getattr(resource, "RLIMIT_" + name, 15)
        soft, hard = before = resource.getrlimit(which)
        if most is not None and not (0 <= soft <= most and 0 <= hard <= most):
            through.append(f"{name} {soft} {hard}")
        # nothing is raised, and nothing lowered either: at a limit of its own a program would
        # end as if the machine had ended it
        for new in (hard + 1 if hard >= 0 else 1 << 40,) * 2, (soft, hard), (1, 1), (1, hard):
            for change in lambda: resource.setrlimit(which, new), lambda: resource.prlimit(0, which, new):
                try:
                    change()
                    done = name != "STACK"  # which seems to be set
                except (ValueError, OSError):
                    done = name == "STACK"
                if done or resource.getrlimit(which) != before:
                    through.append(f"set {name} to {new}")
    return through
