# Packages of other people's that programs may import: those that contest sites have, where
# this machine has them.
import importlib.machinery, os, sys

PACKAGES = []  # the folders that are looked through, in order; none: the interpreter's own
ALLOWED = "numpy", "sortedcontainers"


def package_folders():
    version = "%d.%d" % sys.version_info[:2]
    return PACKAGES or [f"{sys.prefix}/lib/python{version}/site-packages", f"{sys.prefix}/local/lib/python{version}/dist-packages",
                        f"/usr/local/lib/python{version}/dist-packages", f"/usr/local/lib/python{version}/site-packages", "/usr/lib/python3/dist-packages"]


def find_packages(folders):
    """The folder and the version of each allowed package that is there."""
    found = {}
    for folder in folders:
        try:
            entries = sorted(os.listdir(folder))
        except OSError:
            continue
        for name in ALLOWED:
            if name in entries and name not in found:
                infos = [e for e in entries if e.startswith(name + "-") and e.endswith((".dist-info", ".egg-info"))]
                found[name] = folder, infos[0].split("-")[1].removesuffix(".dist").removesuffix(".egg") if infos else "unknown"
    return found


class Packages:
    """Finds the allowed packages, and nothing else in their folders."""

    def __init__(self, found):
        self.folders = {name: folder for name, (folder, _) in found.items()}
        self.versions = [f"{name}/{version}" for name, (_, version) in sorted(found.items())]

    def find_spec(self, name, path=None, target=None):
        if path is None and name in self.folders:
            return importlib.machinery.PathFinder.find_spec(name, [self.folders[name]])


def provide_packages():
    found = find_packages(package_folders())
    sys.meta_path.append(Packages(found))
    if "numpy" in found:
        os.putenv("OPENBLAS_NUM_THREADS", "1")  # a program has few threads; os.environ stays empty
