import os


def attack(wall):
    total, block = 0, bytes(1 << 20)
    for i in range(64):  # many files: the limit is on their sum
        try:
            with open(f"/tmp/{i}", "wb", 0) as f:
                for _ in range(16):
                    total += f.write(block)
        except OSError:
            break
    files = 0
    try:
        while files < 100_000:
            os.close(os.open(f"/tmp/n{files}", os.O_CREAT | os.O_WRONLY))
            files += 1
    except OSError:
        pass
    most, number = (33 << 20, 2000) if wall == "namespaces" else (0, 0)
    through = [f"{total >> 20} MiB"] if total > most else []
    return through + ([f"{files} files"] if files > number else [])
