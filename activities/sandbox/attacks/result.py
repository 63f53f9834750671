def attack():
    return "x" * (64 << 20)
