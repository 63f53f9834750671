import time


def attack(wall):
    time.sleep(1e6)
