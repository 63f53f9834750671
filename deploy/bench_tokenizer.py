"""Speed of Hugging Face tokenizers on one core: the peer of BenchmarkEncodeUncached.

Prints one line: peer NAME tokens/s VALUE WHAT. The text is the first megabyte of
a file, whole or line by line, whichever is faster; the tokenizer's own cache of
words stays filled from one round to the next.
"""
import argparse
import os
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"

import tokenizers


def speed(tokenizer, texts, seconds):
    count, began = 0, time.time()
    while time.time() - began < seconds:
        for text in texts:
            count += len(tokenizer.encode(text, add_special_tokens=False).ids)
    return count / (time.time() - began)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokenizer", required=True, help="a folder with tokenizer.json")
    parser.add_argument("--text", required=True)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--name", required=True, help="of our benchmark")
    args = parser.parse_args()
    tokenizer = tokenizers.Tokenizer.from_file(os.path.join(args.tokenizer, "tokenizer.json"))
    with open(args.text, "rb") as file:
        text = file.read(1 << 20).decode(errors="ignore")
    best = max(speed(tokenizer, texts, args.seconds / 2) for texts in ([text], text.splitlines(keepends=True)))
    print(f"peer {args.name} tokens/s {best:.0f} tokenizers-{tokenizers.__version__}")


main()
