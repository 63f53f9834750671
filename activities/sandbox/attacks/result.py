def attack(wall):
    return "x" * (1 << 20)
