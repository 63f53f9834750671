import os
import sys


def attack(wall):
    # modules that the next program, or the tests, would import instead of Python's
    through = []
    for folder in [*sys.path, "/usr/lib/python3/dist-packages", os.path.dirname(os.__file__) + "/__pycache__", "/usr/local/lib"]:
        for name in ("json.py", "sitecustomize.py", "x.pth", "solution.py"):
            try:
                open(os.path.join(folder, name), "x").close()
                through.append(f"wrote {folder}/{name}")
            except OSError:
                pass
    if "" in sys.path or "/tmp" in sys.path or os.getcwd() in sys.path:
        through.append(f"imports from {sys.path}")
    return through
