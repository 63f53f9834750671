"""Trains two small vocabularies on the text below and writes, for many pipelines
over them, what Hugging Face's tokenizers makes of texts:

    pip install tokenizers==0.23.3
    python reference.py

byte_level.json and characters.json are the trained files, pipelines.json holds
{"texts": […], "pipelines": [{name, base, with: the parts of the file that are
replaced, ids: of each text, decoded: of each text's ids, null where that is the
text again}]}.
"""

import json
import random

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from tokenizers import decoders, AddedToken

CORPUS = [
    "It's the end of the list, isn't it? I'll say they've 12 apples, 345 pears and 6789 plums.",
    "def add(left, right):\n    total = left + right\n\n    return total  # the sum\n",
    "Der Käse ist größer als die Straße; où est l'été ? El niño comió 3½ piñas.",
    "Привет, мир! Как дела? 你好，世界。日本語のテキスト。한국어 문장. שלום עולם. नमस्ते दुनिया।",
    "x\t=\t1;\r\ny = x ** 2;\r\n\r\n\r\nprint(x, y)   \n   \n",
    "URLs: http://example.org/a/b?c=d&e=f and HTML <b>bold</b> and JSON {\"key\": [1, 2, 3]}",
]
SPLITS = {
    "gpt2": r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "qwen2": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "llama3": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "qwen3.5": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "cl100k": r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    "o200k": r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "tekken": r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "han": r"[\p{Han}]+|[\p{L}&&[^\p{Han}]]+|[^\p{L}]",
    "thousands": r"(?=(\d{3})+(?!\d))|\n",
}
DEEPSEEK = [
    r"\p{N}{1,3}",
    "[一-龥぀-ゟ゠-ヿ]+",
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
]
BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
SPACES = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
BACK = [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}]
STRIP = {"type": "Strip", "content": " ", "start": 1, "stop": 0}


def split(pattern, behavior="Isolated", invert=False, kind="Regex"):
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def cuts(*parts):
    return {"pre_tokenizer": {"type": "Sequence", "pretokenizers": list(parts)}}


def normalizing(*parts):
    return {"normalizer": {"type": "Sequence", "normalizers": [p if isinstance(p, dict) else {"type": p} for p in parts]}}


def metaspace(scheme, cut):
    mark = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": cut}
    return {"normalizer": None, "pre_tokenizer": mark,
            "decoder": {"type": "Sequence", "decoders": BACK + ([] if scheme == "never" else [STRIP])}}


def pipelines():
    for name, pattern in SPLITS.items():
        yield name, "byte_level", cuts(split(pattern), BYTES)
    yield "deepseek", "byte_level", cuts(*[split(p) for p in DEEPSEEK], BYTES)
    yield "falcon", "byte_level", cuts({"type": "Punctuation", "behavior": "Contiguous"}, dict(BYTES, use_regex=True),
                                       {"type": "Digits", "individual_digits": False}, split("[0-9][0-9][0-9]"))
    yield "starcoder", "byte_level", cuts({"type": "Digits", "individual_digits": True}, dict(BYTES, add_prefix_space=True, use_regex=True))
    for behavior in ["Isolated", "Removed", "Contiguous", "MergedWithPrevious", "MergedWithNext"]:
        for invert in [False, True]:
            name = behavior + (" inverted" if invert else "")
            yield name, "byte_level", cuts(split(r"\d|[,.]|x*", behavior, invert), BYTES)
            yield name + " text", "byte_level", cuts(split(" ", behavior, invert, "String"), BYTES)
    yield "NFKC", "byte_level", normalizing("NFKC")
    yield "NFD, accents", "byte_level", normalizing("NFD", "Lowercase", "StripAccents")
    yield "NFKD, strip", "byte_level", normalizing("NFKD", {"type": "Strip", "strip_left": True, "strip_right": False})
    yield "replace", "byte_level", normalizing({"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "})
    yield "llama2", "characters", {}
    yield "ignore_merges", "characters", {"model": {"ignore_merges": True}}
    yield "gemma", "characters", {"normalizer": SPACES, "pre_tokenizer": split(" ", "MergedWithPrevious", False, "String"),
                                  "decoder": {"type": "Sequence", "decoders": BACK}}
    for scheme in ["always", "first", "never"]:
        for cut in [True, False]:
            yield f"metaspace {scheme} {cut}", "characters", metaspace(scheme, cut)
    yield "older metaspace", "characters", {
        "normalizer": None, "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True},
        "decoder": {"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True}]}}


def texts():
    random.seed(1)
    parts = list("aAbBzZéßſİΣς9²½٣日本한ñ👍🏽\u0301\u200d\ufeff'\",.;/!?(<_-=$€|。、") + [" ", "  ", "   ", "\n", "\r\n", "\n\n", "\t", "\u00a0", "\u3000", "\x00", "\x1b"] * 2
    parts += ["'s", "'LL", "12", "345", "6789", "▁", "</s>", "<|end|>", "the", " the", "And", "ﬁ", "क्षि"]
    made = ["".join(random.choice(parts) for _ in range(random.randint(1, 24))) for _ in range(24)]
    return ["", " ", "a", " a", "  a b", "</s> a", " a</s>b </s>  b"] + CORPUS + made


def main():
    level = Tokenizer(models.BPE())
    level.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    level.decoder = decoders.ByteLevel()
    level.train_from_iterator(CORPUS * 3, trainers.BpeTrainer(
        vocab_size=420, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<|end|>"], show_progress=False))
    level.save("byte_level.json", pretty=False)
    characters = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    characters.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    characters.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    characters.train_from_iterator(CORPUS * 3, trainers.BpeTrainer(
        vocab_size=520, limit_alphabet=60, special_tokens=["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)], show_progress=False))
    file = json.loads(characters.to_str())
    file["added_tokens"] = [t for t in file["added_tokens"] if not t["content"].startswith("<0x")]
    file["added_tokens"].append(dict(file["added_tokens"][0], id=len(file["model"]["vocab"]), content="▁▁▁", special=False, normalized=False))
    file["pre_tokenizer"] = None
    file["decoder"] = {"type": "Sequence", "decoders": BACK + [STRIP]}
    bases = {"byte_level": json.load(open("byte_level.json")), "characters": file}
    out = {"texts": texts(), "pipelines": []}
    for name, base in bases.items():
        json.dump(base, open(name + ".json", "w"), ensure_ascii=False, separators=(",", ":"))
    for name, base, parts in pipelines():
        changed = {**bases[base], **parts, "model": {**bases[base]["model"], **parts.get("model", {})}}
        tokenizer = Tokenizer.from_str(json.dumps(changed))
        ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in out["texts"]]
        decoded = [tokenizer.decode(i, skip_special_tokens=False) for i in ids]
        out["pipelines"].append({"name": name, "base": base, "with": parts, "ids": ids,
                                 "decoded": [None if d == t else d for d, t in zip(decoded, out["texts"])]})
    with open("pipelines.json", "w") as f:
        f.write('{"texts":' + json.dumps(out["texts"]) + ',\n"pipelines":[\n')
        f.write(",\n".join(json.dumps(p, separators=(",", ":")) for p in out["pipelines"]) + "\n]}\n")


main()
