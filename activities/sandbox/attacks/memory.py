import mmap


def attack(wall):
    # Address space is what is limited, by all ways to it; so nothing of it is touched here,
    # which would take seconds where pages are dear.
    through = []
    for name, block in {"zeroed": lambda: bytes(64 << 20), "shared": lambda: mmap.mmap(-1, 64 << 20),
                        "private": lambda: mmap.mmap(-1, 64 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)}.items():
        blocks = []
        try:
            while len(blocks) < 160:
                blocks.append(block())
        except (MemoryError, OSError):
            pass
        size = len(blocks) * 64
        blocks = None
        if size > 1024:
            through.append(f"{name}: {size} MiB")
    return through
