import sys


def attack(wall):
    while True:
        sys.stderr.write("x" * 65536)
