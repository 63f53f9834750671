"""Speed of a Qwen2-style decoder in PyTorch on this CPU: the peer of `make bench`.

Prints one line: peer NAME tok/s VALUE PyTorch-VERSION. Sizes and batches are
those of BenchmarkTrainStep, BenchmarkPrefill and BenchmarkGenerate. It is
measured with one thread and with one per core (GOMAXPROCS says how many), and
the better counts: small matrices and a busy machine are better off with one.
"""
import argparse
import ctypes
import math
import os
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

CORES = int(os.environ.get("GOMAXPROCS") or len(os.sched_getaffinity(0)))
SIZES = {
    "854k": dict(vocab=512, hidden=128, layers=4, heads=4, kv_heads=2, head_dim=32, ff=384),
    "4.9M": dict(vocab=512, hidden=256, layers=6, heads=4, kv_heads=2, head_dim=64, ff=768),
}


class Norm(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(hidden))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.weight


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat([-b, a], -1) * sin


class Layer(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.s = s
        hidden, q_width, kv_width = s["hidden"], s["heads"] * s["head_dim"], s["kv_heads"] * s["head_dim"]
        self.input_norm, self.post_norm = Norm(hidden), Norm(hidden)
        self.q, self.k, self.v = nn.Linear(hidden, q_width), nn.Linear(hidden, kv_width), nn.Linear(hidden, kv_width)
        self.o = nn.Linear(q_width, hidden, bias=False)
        self.gate, self.up = nn.Linear(hidden, s["ff"], bias=False), nn.Linear(hidden, s["ff"], bias=False)
        self.down = nn.Linear(s["ff"], hidden, bias=False)

    def forward(self, x, cos, sin, mask, cache, start):
        batch, length, _ = x.shape
        heads, kv, dim = self.s["heads"], self.s["kv_heads"], self.s["head_dim"]
        h = self.input_norm(x)
        q = rotate(self.q(h).view(batch, length, heads, dim).transpose(1, 2), cos, sin)
        k = rotate(self.k(h).view(batch, length, kv, dim).transpose(1, 2), cos, sin)
        v = self.v(h).view(batch, length, kv, dim).transpose(1, 2)
        if cache is not None:
            cache[0][:, :, start:start + length], cache[1][:, :, start:start + length] = k, v
            k, v = cache[0][:, :, :start + length], cache[1][:, :, :start + length]
        seen, group = k.shape[2], heads // kv
        scores = torch.bmm(q.reshape(batch * kv, group * length, dim), k.reshape(batch * kv, seen, dim).transpose(1, 2))
        scores = scores.view(batch * kv, group, length, seen) / math.sqrt(dim)
        if mask is not None:
            scores = scores + mask
        probs = F.softmax(scores, -1).view(batch * kv, group * length, seen)
        out = torch.bmm(probs, v.reshape(batch * kv, seen, dim)).view(batch, heads, length, dim)
        x = x + self.o(out.transpose(1, 2).reshape(batch, length, heads * dim))
        h = self.post_norm(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Decoder(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.s = s
        self.embedding = nn.Embedding(s["vocab"], s["hidden"])
        self.layers = nn.ModuleList(Layer(s) for _ in range(s["layers"]))
        self.norm = Norm(s["hidden"])
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, std=0.02)

    def forward(self, tokens, start=0, caches=None):
        """Logits of all tokens; with a cache those of the last alone, which is all that sampling reads."""
        length, dim = tokens.shape[1], self.s["head_dim"]
        inverse = torch.tensor([1e6 ** (-2 * i / dim) for i in range(dim // 2)])
        angles = torch.arange(start, start + length).float()[:, None] * torch.cat([inverse, inverse])
        mask = torch.full((length, length), -1e30).triu(1) if length > 1 else None
        x = self.embedding(tokens)
        for i, layer in enumerate(self.layers):
            x = layer(x, angles.cos(), angles.sin(), mask, caches[i] if caches else None, start)
        x = x[:, -1:] if caches else x
        return self.norm(x) @ self.embedding.weight.t()


def train_step(model, optimizer):
    rows, length, vocab = 16, 128, model.s["vocab"]
    tokens = torch.randint(0, vocab, (rows, length))
    loss = F.cross_entropy(model(tokens).view(-1, vocab), ((tokens * 5 + 7) % vocab).view(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return rows * length


def new_caches(s, rows, slots):
    return [[torch.zeros(rows, s["kv_heads"], slots, s["head_dim"]) for _ in range(2)] for _ in range(s["layers"])]


def draw(logits):
    probs = F.softmax(logits, -1)
    token = torch.multinomial(probs, 1)
    return token, torch.log(probs.gather(1, token))


@torch.no_grad()
def prefill(model):
    """24 prompts of 512 tokens, as many at a time as is fastest here, and one token after each."""
    prompts, length, at_a_time = 24, 512, 2
    for _ in range(prompts // at_a_time):
        caches = new_caches(model.s, at_a_time, length)
        draw(model(torch.randint(0, model.s["vocab"], (at_a_time, length)), 0, caches)[:, -1])
    return prompts * length


@torch.no_grad()
def generate(model):
    rows, prompt, new, s = 64, 16, 64, model.s
    caches = new_caches(s, rows, prompt + new)
    logits = model(torch.randint(0, s["vocab"], (rows, prompt)), 0, caches)[:, -1]
    for i in range(new):
        token, _ = draw(logits)
        if i + 1 < new:
            logits = model(token, prompt + i, caches)[:, -1]
    return rows * new


def blas():
    """The BLAS library that PyTorch computes with and its path: the reference one is ten times slower and no peer."""
    if torch.backends.mkl.is_available():
        return "MKL", ""
    with open("/proc/self/maps") as maps:
        paths = [line.split(None, 5)[5].strip() for line in maps if "openblas" in line]
    return ("OpenBLAS", paths[0]) if paths else ("reference", "")


def use_threads(n, library, path):
    """OpenBLAS has threads of its own, which threads of PyTorch only fight with."""
    torch.set_num_threads(1 if library == "OpenBLAS" else n)
    if library == "OpenBLAS":
        ctypes.CDLL(path).openblas_set_num_threads(n)


def speed(work, seconds):
    work()
    tokens, began = 0, time.time()
    while time.time() - began < seconds:
        tokens += work()
    return tokens / (time.time() - began)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=["train", "prefill", "generate"], required=True)
    parser.add_argument("--size", choices=sorted(SIZES), required=True)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--name", required=True, help="of our benchmark")
    args = parser.parse_args()
    torch.manual_seed(0)
    torch.mm(torch.ones(8, 8), torch.ones(8, 8))
    library, path = blas()
    if library == "reference":
        sys.exit("PyTorch computes with the reference BLAS (Debian: apt-get install libopenblas0-pthread)")
    model = Decoder(SIZES[args.size])
    if args.mode == "train":
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.01)
        work = lambda: train_step(model, optimizer)
    else:
        work = lambda: {"prefill": prefill, "generate": generate}[args.mode](model)
    best = (0, 0)
    for threads in sorted({1, CORES}):
        use_threads(threads, library, path)
        best = max(best, (speed(work, args.seconds / 2), threads))
    print(f"peer {args.name} tok/s {best[0]:.0f} PyTorch-{torch.__version__}/{library}/threads={best[1]}")


main()
