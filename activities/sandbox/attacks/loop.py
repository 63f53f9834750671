def attack(wall):
    while True:
        pass
