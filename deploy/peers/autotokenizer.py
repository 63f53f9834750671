"""Token IDs that transformers' AutoTokenizer gives: JSON lines of {"folder", "text"} in, {"ids", "class", "decoded"} out."""

import json
import sys

from transformers import AutoTokenizer
from transformers.utils import logging

logging.set_verbosity_error()
loaded = {}
for line in sys.stdin:
    asked = json.loads(line)
    key = asked["folder"], asked.get("trust", False)
    if key not in loaded:
        loaded[key] = AutoTokenizer.from_pretrained(asked["folder"], trust_remote_code=key[1])
    tok = loaded[key]
    ids = tok(asked["text"], add_special_tokens=False)["input_ids"]
    print(json.dumps({"ids": ids, "class": type(tok).__name__, "decoded": tok.decode(ids), "eos": tok.eos_token_id, "size": len(tok)}))
