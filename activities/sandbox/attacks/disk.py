import os


def attack():
    total = 0
    for i in range(64):  # many files: the limit is on their sum
        try:
            with open(f"/tmp/{i}", "wb", 0) as f:
                for _ in range(16):
                    total += f.write(bytes(1 << 20))
        except OSError:
            break
    files = 0
    try:
        while files < 100_000:
            os.close(os.open(f"/tmp/n{files}", os.O_CREAT | os.O_WRONLY))
            files += 1
    except OSError:
        pass
    through = [f"{total >> 20} MiB"] if total > 33 << 20 else []
    return through + ([f"{files} files"] if files > 2000 else [])
