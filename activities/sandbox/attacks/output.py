import sys


def attack(wall):
    while True:
        sys.stdout.write("x" * 65536)
