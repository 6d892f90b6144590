#!/usr/bin/python3
"""The tables of words that are searched by halves are in order, and each word stands once."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
source = (ROOT / "src/link/words.c").read_text(encoding="utf-8")
tables = re.findall(r"\*const (\w+)\[\] = \{(.*?)\};", source, re.S)
wrong = 0
for name, body in tables:
    words = re.findall(r'"([^"]+)"', body)
    for before, word in zip(words, words[1:]):
        if before.encode() >= word.encode():
            print(f"words.c: {name}: {word} behind {before}")
            wrong += 1
print(f"{len(tables)} tables, {wrong} words out of order")
sys.exit(1 if wrong or not tables else 0)
