"""Loading and saving weights in Python: the peer of BenchmarkLoad and BenchmarkSave.

Prints lines: peer NAME MB/s VALUE WHAT. A file has 256 MiB, its values are
float32 in memory. Where there is the package safetensors it does the work,
else numpy with a raw file, and PyTorch to convert.
"""
import argparse
import os
import tempfile
import time

import numpy as np

try:
    import torch
except ImportError:
    torch = None
try:
    import safetensors.torch
    PEER = f"safetensors-{safetensors.__version__}" if torch else None
except ImportError:
    safetensors = None
    PEER = f"numpy-{np.__version__}"

SIZE = 256 << 20
DTYPES = {"F32": "float32", "BF16": "bfloat16", "F16": "float16"}


def values(dtype):
    """Eight tensors, none a part of another: safetensors refuses those."""
    n = SIZE // (4 if dtype == "F32" else 2) // 8
    return [np.resize(np.random.default_rng(i).standard_normal(1 << 20, dtype=np.float32), n) for i in range(8)]


def save(path, arrays, dtype):
    if safetensors:
        wanted = getattr(torch, DTYPES[dtype])
        safetensors.torch.save_file({str(i): torch.from_numpy(a).to(wanted) for i, a in enumerate(arrays)}, path)
    else:
        with open(path, "wb") as file:
            for a in arrays:
                if dtype != "F32":
                    a = torch.from_numpy(a).to(getattr(torch, DTYPES[dtype])).view(torch.int16).numpy()
                a.tofile(file)
    with open(path) as file:
        os.fsync(file.fileno())


def load(path, dtype):
    if safetensors:
        # The file is mapped: a copy makes it memory, as float() does of another dtype.
        return [t.clone() if dtype == "F32" else t.float() for t in safetensors.torch.load_file(path).values()]
    if dtype == "F32":
        return np.fromfile(path, dtype=np.float32)
    return torch.from_numpy(np.fromfile(path, dtype=np.int16)).view(getattr(torch, DTYPES[dtype])).float()


def forget(path):
    """Takes a file that is on the disk out of the page cache."""
    with open(path) as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure(name, seconds, work, before=lambda: None):
    work()
    rounds, spent = 0, 0.0
    while spent < seconds:
        before()
        began = time.time()
        work()
        spent += time.time() - began
        rounds += 1
    print(f"peer {name} MB/s {rounds * SIZE / 1e6 / spent:.0f} {PEER}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1)
    seconds = parser.parse_args().seconds
    if torch:
        torch.set_num_threads(int(os.environ.get("GOMAXPROCS") or len(os.sched_getaffinity(0))))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.safetensors")
        for dtype in DTYPES:
            if dtype != "F32" and not torch:
                continue
            arrays = values(dtype)
            measure(f"Save/{dtype}", seconds, lambda: save(path, arrays, dtype))
            measure(f"Load/{dtype}/cache", seconds, lambda: load(path, dtype))
            measure(f"Load/{dtype}/disk", seconds, lambda: load(path, dtype), lambda: forget(path))


main()
