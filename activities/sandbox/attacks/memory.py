def attack(wall):
    blocks = []
    try:
        while len(blocks) < 160:
            blocks.append(bytearray(64 << 20))
    except MemoryError:
        size = len(blocks) * 64
        blocks = None
        return [f"{size} MiB"] if size > 1024 else []
    return ["10 GiB"]
