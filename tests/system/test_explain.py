"""explain: why a comment gets its verdict, and its canonical text."""
import re
import unicodedata

import pytest

from commands import columns, conditions, rules, run  # noqa: F401 (fixtures)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_explain_underlines_the_hit(rules, form):
    text = unicodedata.normalize(form, "Người ấy 🎉 nói 全角 rằng nhà cái uy tín")
    done = run("explain", "--rules", rules, text)
    lines = done.stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if text in line)
    before, hit = lines[at].partition(unicodedata.normalize(form, "nhà cái"))[:2]
    assert lines[at + 1] == " " * columns(before) + "^" * columns(hit)
    assert "reject by gambling" in lines and lines[-1] == "Quảng cáo."
    assert any(re.fullmatch(r" +\S+\.yaml:\d+ nhà cái", line) for line in lines)
    assert not any(line.startswith("passes") for line in lines)
    assert any(re.fullmatch(r"\d+ other rules? pass(es)? \(--all shows .*\)", line) for line in lines)
    everything = run("explain", "--all", "--rules", rules, text).stdout.splitlines()
    assert any(line.split()[:2] == ["passes", "min-length"] for line in everything)
    assert not any("--all" in line for line in everything)


@pytest.mark.parametrize("text, found", [
    ("ok shop", ["shop"]),
    ("đẹp wonderful beautiful product shipping fast", ["wonderful beautiful product shipping fast"]),
    ("wonderful đẹp beautiful product. Shipping fast amazing", ["wonderful", "beautiful product", "fast amazing"]),
    ("xem wonderful beautiful product shipping thi biet lien", ["biet lien"]),
    ("toi thay rat hay", ["toi thay rat"]),
    ("Honda Civic Toyota Camry Suzuki Mazda Hyundai Ford Vinfast Kia", None),
])
def test_explain_underlines_what_diacritics_finds(tmp_path, text, found):
    (tmp_path / "a.yaml").write_text("rules: [{name: marks, kind: diacritics, message: x}]")
    lines = run("explain", "--rules", tmp_path, text).stdout.splitlines()
    at = lines.index("    " + text)
    assert [text[hit.start() - 4:hit.end() - 4] for hit in re.finditer(r"\^+", lines[at + 1])] == (found or [text])


def test_explain_stdin_and_colour(rules):
    assert run("explain", "--rules", rules, stdin="một hai ba\n").stdout.splitlines()[-1] == "approve"
    assert "\033[" not in run("explain", "--rules", rules, "nhà cái đây").stdout
    assert "\033[31m" in run("explain", "--rules", rules, "--color=always", "nhà cái đây").stdout


def test_explain_prints_no_control_characters(rules):
    text = "\033[2J nhà cái\u202e \u0085\r đây rồi\u2028"
    output = run("explain", "--rules", rules, "--color", "never", text).stdout
    assert all(c == "\n" or (ord(c) >= 32 and unicodedata.category(c)[0] != "C") for c in output)
    assert "␛[2J nhà cái" in output


def test_explain_cuts_long_lines(rules):
    output = run("explain", "--rules", rules, "chữ " * 500 + "nhà cái " + "chữ " * 500).stdout
    line = next(line for line in output.splitlines() if "nhà cái" in line)
    assert line.strip().startswith("…") and line.endswith("…") and len(line) < 90


def test_explain_takes_fields(conditions):
    text = "tỷ số ở vidu.com nhé"
    output = run("explain", "--rules", conditions, text).stdout.splitlines()
    assert output[0].split()[:2] == ["reject", "no-links"]
    assert output[1] == '    unless does not hold: no field "role"'
    assert "1 other rule does not apply (--all shows it)" in output
    output = run("explain", "--rules", conditions, "--field", "role=guest",
                 "--field", "section=/the-thao/1", text).stdout.splitlines()
    assert '    unless does not hold: role is "guest", expected "staff"' in output
    assert '    only holds: section is "/the-thao/1"' in output
    output = run("explain", "--rules", conditions, "--field", "role=staff", text).stdout.splitlines()
    assert [line.split(None, 2) for line in output[:2]] == [
        ["skipped", "no-links", 'unless holds: role is "staff"'],
        ["skipped", "sports", 'only does not hold: no field "section"']]
    assert output[2:] == ["approve"]
    output = run("explain", "--all", "--rules", conditions, "--field=role=staff",
                 "--field", "section=\033[J", text).stdout.splitlines()
    assert output[0].split(None, 2) == ["skipped", "no-links", 'unless holds: role is "staff"']
    assert output[1].split(None, 2) == ["skipped", "sports",
                                        'only does not hold: section is "\\x1b[J", expected "/the-thao/*"']
    assert output[-1] == "approve"
    output = run("explain", "--rules", conditions, text, DUYETD_FIELD="role=staff").stdout
    assert output.count("skipped") == 2
    output = run("explain", "--rules", conditions, "--field", "role=guest", text, DUYETD_FIELD="role=staff")
    assert "reject by no-links" in output.stdout
    for wrong in ("role", "=staff", "text=a"):
        done = run("explain", "--rules", conditions, "--field", wrong, text)
        assert done.returncode == 2 and f'invalid value "{wrong}": expected NAME=VALUE' in done.stderr


@pytest.mark.parametrize("width", [50, 80, 120])
def test_explain_fits_the_terminal(rules, width):
    text = "chữ " * 40 + "nhà cái " + "dài " * 40 + "nhà cái uy tín"
    output = run("explain", "--all", "--rules", rules, text, COLUMNS=str(width)).stdout.splitlines()
    assert max(map(columns, output)) <= width
    marked = [(line, output[i + 1]) for i, line in enumerate(output) if "nhà cái" in line and "^" in output[i + 1]]
    assert len(marked) == 2  # a part of the line around each hit
    for line, below in marked:
        assert below == " " * columns(line.partition("nhà cái")[0]) + "^" * columns("nhà cái")


# What the manual page says of it, in its order.
CANONICAL = [
    ("a<br>b<b>c</b>d<img src=x>e<!-- f -->&nbsp;&#97;", "a\nbcd e a\n␞\nsrc=x\n␞\n"),
    ("a\u00a0\u2800\u3000b \r\nc\v\u2028d\fe\u0085\u2029f", "a b\nc\nd\ne\nf\n"),
    ("ma \u0301 u, a\u0301\u0300a\u0323\u0303", "máu, àã\n"),
    ("ＡＢ 𝐛 ⓒ ﬁ ㎏ ½ … ٣ 🇻🇳 🇰🇺🇧", "AB b c fi kg 1⁄2 ... 3 🇻🇳 KUB\n"),
    ("a\u200bb\u00adc\u200ed\ufe0fe\u0001f", "abcdef\n"),
    ("ñü ç\u0335\u0316", "nu c\n"),
    ("bаnk банк к8", "bank банк k8\n"),
    ("Hoà HÒA – ’ 漢 👨", "Hoà HÒA – ’ 漢 👨\n"),
    ("x\u202eolleh\u202c y", "xolleh y\n␞\nxhello y\n"),
]


@pytest.mark.parametrize("text, canonical", CANONICAL)
def test_explain_prints_canonical_text_as_the_manual_defines_it(rules, text, canonical):
    output = run("explain", "--canonical", text).stdout
    assert output.startswith(canonical) if canonical.endswith("␞\n") else output == canonical


def test_explain_prints_canonical_text(rules):
    text = "Ｘem&nbsp;<b>hoà</b>  bi\u0300nh\u200b, n\u0303 b\u0430nk <!-- ẩn --> Hết…"
    done = run("explain", "--canonical", text)
    assert done.stdout == "Xem hoà bình, n bank Hết...\n␞\nẩn \n" and done.returncode == 0
    done = run("explain", "--canonical", " ")
    assert done.returncode == 1 and done.stderr == \
        "duyetd explain: no canonical text: the text is malformed\n"
