"""Writes what Hugging Face's tokenizers, that is Oniguruma, divides texts into by
patterns: {pattern, texts, pieces} a line.

    pip install tokenizers==0.23.3
    python oniguruma.py >oniguruma.jsonl
"""

import json
import random

from tokenizers import Regex
from tokenizers.pre_tokenizers import Split

PATTERNS = [
    '\\p{N}{1,3}+',
    "(?i:'s|'t|'re)|\\p{L}+",
    '\\w+|[^\\w\\s]+',
    '[[:alpha:]]+|[[:punct:]]+|[[:^alpha:][:^punct:]]',
    '[\\p{L}&&[^\\p{Han}]]+|[\\p{Han}]+',
    '[a-z&&[^aeiou]]+',
    '(?=(\\d{3})+(?!\\d))',
    '(?<=\\d)(?=\\p{L})|(?<=\\p{L})(?=\\d)',
    '\\s+(?!\\S)|\\s+',
    ' ?[^(\\s|[.,!?…。，、।۔،])]+',
    '[\\r\\n]',
    '\\s?\\p{P}+',
    '[一-龥ࠀ-一가-\ud7ff]+',
    'x*',
    '\\b',
    '^.+$',
    '\\h+|\\H',
    '\\R|\\d+',
    '(?:a|b)*?c',
    '(?i)straße|ſ',
    '[^\\S\\n]+',
    '\\p{Greek}+',
    '\\p{^L}+',
    '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+',
    '\\p{Alphabetic}+',
    '(?m:.+)',
    '(?x: a b # c\n )|c',
    '\\u0041|\\x{1F600}',
    '[\\p{L}\\p{M}]+',
    '\\A.|.\\z',
    '\\n\\Z',
    '(?>a+)b|a',
    'a{,2}b',
    'a{2,}|b{x}',
    '[]a]+',
    '[\\w-]+',
    '\\p{So}+|\\p{Sc}',
    '\\P{L}+',
    '[^\\p{L}\\p{N}\\s]+',
    '(?i:[k-s])+',
    '(?i:[^k-s])+',
    '(?<!\\d)\\d',
    '[一-龥\u3040-ゟ゠-ヿ]+',
    '[[:space:]]+|[[:cntrl:]]|[[:graph:]]+',
    '\\p{L}+(?=\\d)|.',
    'a*+b|a',
    '(?i:straSSe|K)',
    '[^a-c[x-z]]+',
    '(?:ab|a)(?:c|bc)',
    '\\b\\w+?\\b',
    '(?-i:a)|(?i)b',
    '\\p{Lu}\\p{Ll}*',
    '[\\x20-\\x7e&&[^0-9]]+',
]
CHARACTERS = list(
    "abcksABKSxyzé日한ぁア 　\n\r\t123٣Ⅷ²_-.,!?'`$€^|~ſßK…。()\u0301\u200b\u200d\u00a0\u0085\u2028\x00\x1c😀👍🏽αΩς\u0e33क्षि{x}[]"
)

random.seed(5)
for pattern in PATTERNS:
    texts = ["".join(random.choice(CHARACTERS) for _ in range(random.randint(1, 25))) for _ in range(12)]
    split = Split(Regex(pattern), "isolated")
    pieces = [[piece for piece, _ in split.pre_tokenize_str(text)] for text in texts]
    print(json.dumps({"pattern": pattern, "texts": texts, "pieces": pieces}))
