#!/usr/bin/python3
"""The language of the project: fails when comments, messages or pages are not plain.

It reads the comments and string literals of src/ and tests/, the comments of scripts and units, the
Makefile, the English pages and the manual pages. It finds:

- phrases that should not come back, with what to write instead (PHRASES);
- terms with a second spelling (SPELLINGS);
- sentences in comments of src/ with more than LONGEST words;
- messages of src/ about something invalid, unknown or too large, without its value or what was expected.

The tables of words in src/link/words.c are read by binary search: they must be in order, without a
word twice, and each word must fit into its field with the NUL after it.
"""
import io
import pathlib
import re
import sys
import tokenize

ROOT = pathlib.Path(__file__).resolve().parents[2]
LONGEST = 30
# Messages that cannot have a value, and why.
NO_VALUE = {
    "the file is too long",  # the limit is the caller's
    "unknown escape",  # a message of libyaml
}

# What not to write (regular expression over one text, any case): what to write.
PHRASES = {
    r"how[- ]manieth": "zero-based index",
    r"\bas it is just now|what is as it is": "current value",
    r"nobody looked": "hold expired",
    r"\bgoes to the dead\b|\bto the dead\b|among the dead": "is moved to PREFIX:dead",
    r"\bwill not do\b|\bwill do\b": "invalid X: expected Y, or: is enough",
    r"\b(?:this|it) wants (?:to be|an?) ": "expected …",
    r"\bis wanted here\b": "expected …",
    r"\bthat is none\b|\bthat are none\b": "invalid, or: is not a …",
    r"\bwithout memory\b|\bno memory\b(?! of)|\bmemory is out\b": "out of memory",
    r"\bhands? over\b|\bhanded out\b": "delivers, delivered",
    r"\btaken? up again\b|\btakes? up what\b": "claimed, claims",
    r"\bis none of\b": "is not …",
    r"\bobjects? to\b|\bobjected to\b": "the rule fails, or: hits",
    r"\bhow far people agree\b": "how often people agree",
    r"\bbettered\b": "improved",
    r"\bloaded? anew\b|\banew\b": "again",
    r"\bdearer\b|\bdearest\b|\bis dear\b": "costs more, slower",
    r"\bhangs up\b": "disconnects",
    r"\bour standing\b|\bthe desk\b": "connection manager, judging",
    r"\bfor ever\b": "forever, or: without end",
    r"\bin the same breath\b": "in the same script",
    r"\bgives? away\b": "shows",
    r"\bthese few\b|\bas many as can be\b": "…",
    r"\bso many \w+ as\b": "as many … as",
    r"\bis believed\b|\bbelieves most\b": "uses the answer of the majority",
    r"\bdrives? (?:a|your|the) terminal\b": "changes the terminal",
    r"\bwhat it is called\b": "its name",
    r"\bleaves with (?:0|1|2|3)\b": "exits with",
    r"\bis of no use\b": "is not used",
    r"\bto one who\b|\bfor one who\b": "for a client that …",
    r"\bwho(?:ever)? hides\b|\bwhoever\b": "a client that …, written to hide",
    r"(?<!look-)(?<!looks )(?<!->)\bbehind\b(?! a link| the proxy)": "after",
    r"\bglued?\b": "joined",
    r"\bmended\b|\bmends\b": "repaired, corrected",
    r"\bborne\b|\bbears?\b": "has",
    r"\bfor want of\b": "because of too few …",
    r"\bheard of\b|\ball the same\b|\bbut for\b": "replies; still; except",
}
# One spelling for a term.
SPELLINGS = {
    r"\blookalikes?\b|\blook alikes?\b": "look-alike",
    r"\bout[- ]of[- ]mem\b": "out of memory",
    r"\be-mail adress": "e-mail address",
    r"\bback off delay\b": "back-off",
    r"\bdata base\b": "database",
    r"\bfile-name\b": "file name",
    r"\bnon-existing\b|\bunexisting\b": "that does not exist",
    r"\bunicode\b(?!\.org|data|_)": "Unicode",
    r"\bpcre2?\b(?=[ ,.;:'’])": "PCRE2",
}
CASE_MATTERS = {r"\bunicode\b(?!\.org|data|_)", r"\bpcre2?\b(?=[ ,.;:'’])"}
# Not checked: this file, Vietnamese pages, and files that imitate what people write.
LEFT_OUT = re.compile(r"^tests/(?:check/words\.py|cases/.*\.cases|demo/comments|quality/|fuzz/(?:seeds|dict))|\.vi\.md$")

problems = []


def c_texts(source):
    """(line, text, whether it is a comment) of C. Adjacent literals are one text."""
    pattern = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"(?:\s*"(?:\\.|[^"\\\n])*")*|\'(?:\\.|[^\'\\])+\'', re.S)
    for match in pattern.finditer(source):
        text, line = match.group(), source.count("\n", 0, match.start()) + 1
        if text[0] == "/":
            yield line, re.sub(r"\n[ \t]*\*? ?", "\n", text[2:-2]), True
        elif text[0] == '"':
            yield line, re.sub(r'"\s*"', "", text)[1:-1], False


def python_texts(source):
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# "), True
        elif token.type == tokenize.STRING and token.string.startswith('"""'):
            yield token.start[0], token.string[3:-3], True


def line_texts(source):
    """Comments of scripts, units, Lua and YAML. Comments on lines in a row are one text."""
    for block in re.finditer(r"(?:^[ \t]*(?:#|--)(?: .*)?\n)+", source, re.M):
        text = re.sub(r"^[ \t]*(?:#|--) ?", "", block.group(), flags=re.M)
        yield source.count("\n", 0, block.start()) + 1, text, True


def page_texts(source):
    source = re.sub(r"^```.*?^```", lambda code: "\n" * code.group().count("\n"), source, flags=re.M | re.S)
    for number, line in enumerate(source.splitlines(), 1):
        yield number, line, True


def texts(path, source):
    suffix = pathlib.Path(path).suffix
    if suffix in (".c", ".h"):
        return c_texts(source)
    if suffix == ".py":
        return python_texts(source)
    if suffix in (".md", ".1", ".5", ".7"):
        return page_texts(source)
    return line_texts(source)


def report(path, line, what):
    problems.append(f"{path}:{line}: {what}")


def check_phrases(path, line, text):
    flat = re.sub(r"\s+", " ", text)
    for pattern, better in {**PHRASES, **SPELLINGS}.items():
        found = re.search(pattern, flat, 0 if pattern in CASE_MATTERS else re.I)
        if found:
            report(path, line, f'"{found.group()}": write {better}')


def check_sentences(path, line, text):
    """Tables and drawings have lines that begin with a tab or two blanks; a line without text ends
    a sentence."""
    prose = "\n".join("" if part.startswith(("\t", "  ")) else part for part in text.splitlines())
    for sentence in re.split(r"[.:;!?](?=\s)|\n\s*\n", prose):
        words = sentence.split()
        if len(words) > LONGEST:
            report(path, line, f"a sentence of {len(words)} words, more than {LONGEST}: {' '.join(words[:8])} …")


def check_message(path, line, text):
    if path == "src/monitor/metrics.c":  # has no messages: what metrics count
        return
    if re.search(r"\b(?:invalid|unknown|too (?:long|large|deep)) ?", text) and " " in text \
            and not re.search(r"[%\d]|expected", text) and text not in NO_VALUE:
        report(path, line, f'the message "{text}" has neither the value nor what was expected')


def check_language():
    files = [file.relative_to(ROOT).as_posix()
             for name in ("src", "tests", "systemd", "rules", "Makefile", ".ci", "README.md")
             for file in sorted([ROOT / name, *(ROOT / name).rglob("*")])
             if file.is_file() and "__pycache__" not in file.parts]
    count = 0
    for path in files:
        if LEFT_OUT.search(path) or pathlib.Path(path).suffix in (".json", ".txt", ".cases"):
            continue
        source = (ROOT / path).read_text(encoding="utf-8", errors="replace")
        for line, text, is_comment in texts(path, source):
            count += 1
            check_phrases(path, line, text)
            if path.startswith("src/") and not path.endswith(".md"):
                (check_sentences if is_comment else check_message)(path, line, text)
    return count


def check_word_tables():
    source = (ROOT / "src/link/words.c").read_text(encoding="utf-8")
    tables = re.findall(r"char (\w+)\[\]\[WORD_MAX\] = \{(.*?)\};", source, re.S)
    room = int(re.search(r"WORD_MAX = (\d+)", source).group(1))
    for name, body in tables:
        words = re.findall(r'"([^"]+)"', body)
        for word in words:
            if len(word.encode()) >= room:
                problems.append(f"words.c: {name}: {word} is too long: expected less than {room} bytes")
        for before, word in zip(words, words[1:]):
            if before.encode() >= word.encode():
                problems.append(f"words.c: {name}: {word} after {before}")
    return len(tables)


def main():
    tables, count = check_word_tables(), check_language()
    print("\n".join(problems))
    print(f"{tables} tables, {count} texts, {len(problems)} problems")
    return 1 if problems or not tables or count < 1000 else 0


if __name__ == "__main__":
    sys.exit(main())
