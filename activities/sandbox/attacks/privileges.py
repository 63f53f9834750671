import ctypes


def attack(wall):
    libc = ctypes.CDLL(None, use_errno=True)
    through = []
    if wall == "namespaces":  # elsewhere one cannot give it up; without new privileges it gives nothing
        through = [f"bounding capability {c}" for c in range(41) if libc.prctl(23, c, 0, 0, 0) == 1]
    through += [f"ambient capability {c}" for c in range(41) if libc.prctl(47, 1, c, 0, 0) == 1]
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    if libc.capget(header, data) != 0 or any(data):
        through.append(f"capabilities {list(data)}")
    if libc.prctl(39, 0, 0, 0, 0) != 1:
        through.append("new privileges")
    if libc.prctl(21, 0, 0, 0, 0) != 2:
        through.append("no system-call filter")
    return through
