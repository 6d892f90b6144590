#!/usr/bin/python3
"""The tables of words that are searched by halves are in order, each word stands once,
and each fits in its field with the NUL behind it."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
source = (ROOT / "src/link/words.c").read_text(encoding="utf-8")
tables = re.findall(r"char (\w+)\[\]\[WORD_MAX\] = \{(.*?)\};", source, re.S)
room = int(re.search(r"WORD_MAX = (\d+)", source).group(1))
wrong = 0
for name, body in tables:
    words = re.findall(r'"([^"]+)"', body)
    for word in words:
        if len(word.encode()) >= room:
            print(f"words.c: {name}: {word} is too long: expected less than {room} bytes")
            wrong += 1
    for before, word in zip(words, words[1:]):
        if before.encode() >= word.encode():
            print(f"words.c: {name}: {word} behind {before}")
            wrong += 1
print(f"{len(tables)} tables, {wrong} words wrong")
sys.exit(1 if wrong or not tables else 0)
