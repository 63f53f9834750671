"""Speed of Hugging Face transformers with PyTorch: the peer of temper's cells.

Random weights of a Qwen2 shape; bf16 autocast over fp32 master weights with
fused AdamW for training, bf16 weights for generation; sdpa attention. Prints
JSON lines that `gpu` (the Go program beside this file) reads; each replaces the
one before.
"""
import argparse
import json
import sys
import time

MEASURE_SECONDS, MAX_STEPS = 20.0, 10


def emit(status, **fields):
    print(json.dumps(dict(engine="hf", status=status, **fields)), flush=True)


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--mode", choices=["train", "generate"], required=True)
    for name in ("vocab", "hidden", "intermediate", "layers", "heads", "kv-heads", "rows"):
        p.add_argument("--" + name, type=int, required=True)
    p.add_argument("--micro-rows", type=int, default=1)
    p.add_argument("--length", type=int, default=0, help="tokens per row (train)")
    p.add_argument("--gradient-checkpointing", action="store_true")
    p.add_argument("--prompt", type=int, default=0, help="prompt tokens (generate)")
    p.add_argument("--new", type=int, default=0, help="response tokens (generate)")
    p.add_argument("--cache", choices=["dynamic", "static"], default="dynamic", help="KV cache (generate)")
    p.add_argument("--device", default="cuda")
    return p.parse_args()


def build(a, torch, transformers):
    config = transformers.Qwen2Config(
        vocab_size=a.vocab, hidden_size=a.hidden, intermediate_size=a.intermediate,
        num_hidden_layers=a.layers, num_attention_heads=a.heads, num_key_value_heads=a.kv_heads,
        max_position_embeddings=32768, rms_norm_eps=1e-6, tie_word_embeddings=True,
        bos_token_id=None, eos_token_id=None, pad_token_id=None)
    torch.manual_seed(0)
    with torch.device(a.device):
        model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="sdpa")
    return model.to(device=a.device, dtype=torch.float32)


def synchronize(a, torch):
    if a.device.startswith("cuda"):
        torch.cuda.synchronize()


def train(a, torch, model, started, about):
    model.train()
    model.config.use_cache = False
    if a.gradient_checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.0,
                                  fused=a.device.startswith("cuda"))
    rows = torch.randint(0, a.vocab, (a.rows, a.length), device=a.device)

    def step():
        for micro in rows.split(a.micro_rows):
            with torch.autocast(a.device.split(":")[0], dtype=torch.bfloat16):
                loss = model(input_ids=micro, labels=micro, use_cache=False).loss
            (loss * (len(micro) / a.rows)).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        synchronize(a, torch)

    step()  # allocates, picks kernels
    setup, start, steps = time.monotonic() - started, time.monotonic(), 0
    while steps < MAX_STEPS and time.monotonic() - start < MEASURE_SECONDS:
        step()
        steps += 1
        rate = steps * a.rows * a.length / (time.monotonic() - start)
        emit("ok", tokens_per_second=rate, steps=steps, setup_seconds=setup, precision="bf16", software=about)


def generate(a, torch, model, started, about):
    model.to(torch.bfloat16).eval()
    settings = model.generation_config
    settings.eos_token_id, settings.pad_token_id = None, 0
    prompts = torch.randint(0, a.vocab, (a.rows, a.prompt), device=a.device)

    def respond(tokens):
        more = dict(cache_implementation="static") if a.cache == "static" else {}
        with torch.no_grad():
            out = model.generate(prompts, attention_mask=torch.ones_like(prompts), do_sample=True, temperature=1.0,
                                 top_p=1.0, top_k=0, max_new_tokens=tokens, use_cache=True, **more)
        synchronize(a, torch)
        got = out.shape[1] - a.prompt
        if got != tokens:
            raise RuntimeError(f"generate returned {got} tokens, not {tokens}")

    respond(min(8, a.new))
    setup, start = time.monotonic() - started, time.monotonic()
    respond(a.new)
    rate = a.rows * a.new / (time.monotonic() - start)
    emit("ok", tokens_per_second=rate, steps=a.new, setup_seconds=setup, precision="bf16", software=about)


def main():
    a, started = arguments(), time.monotonic()
    try:
        import torch
        import transformers
    except ImportError as e:
        emit("not run", text=f"{e.name or e} is not installed for {sys.executable}")
        return 0
    if a.device.startswith("cuda") and not torch.cuda.is_available():
        emit("not run", text=f"PyTorch {torch.__version__} sees no GPU")
        return 0
    about = f"PyTorch {torch.__version__}, transformers {transformers.__version__}, sdpa"
    transformers.logging.set_verbosity_error()
    try:
        (train if a.mode == "train" else generate)(a, torch, build(a, torch, transformers), started, about)
    except Exception as e:  # becomes the cell's text; the log has the rest
        import traceback
        traceback.print_exc()
        memory = isinstance(e, getattr(torch.cuda, "OutOfMemoryError", ())) or "out of memory" in str(e)
        emit("out of memory" if memory else "error", text=f"{type(e).__name__}: {' '.join(str(e).split())[:200]}", software=about)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
