def attack(wall):
    return "x" * (64 << 20)
