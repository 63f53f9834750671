import os
import time


def attack(wall):
    try:
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(3000)
            os._exit(0)
        return ["daemon"]
    except OSError:
        return []
