#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "pattern_maker.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { ELEMENTS = 24, DEPTH = 4, GROUPS = 9 };

/* What decides the pattern. A quantifier uses a copy to make the text of its element once more. */
struct form {
	struct choices choices;
	unsigned elements; /* that may still come */
	unsigned groups;   /* that capture, so far */
	bool extended;	   /* (?x) */
	bool lettered;	   /* letters above all, so that there are literals */
};

struct maker {
	struct form form;
	struct choices *wording;
	struct buf *pattern, *text;
	unsigned depth;
	bool in_letters; /* the element is several letters; a quantifier repeats the last one */
	struct {
		size_t at, len;
	} group[GROUPS + 1]; /* in the text */
};

static size_t pick(struct maker *m, size_t limit)
{
	return choose(&m->form.choices, limit);
}

static size_t word(struct maker *m, size_t limit)
{
	return choose(m->wording, limit);
}

static void cut(struct buf *buf, size_t len)
{
	if (len < buf->len)
		buf->data[buf->len = len] = '\0';
}

/* Characters that are seldom in a text, or that are read as others: newer than libhs, letters
 * with several capitals, digits and blanks of other scripts, marks, markup, entities. */
/* clang-format off */
static const char *const rare[] = {
	" ", "  ", "\n", "\t", ".", "-", "_", "!", "@", "0", "3", "$", "(", "\\", "{", "\"", "٣",
	"໓", "𝟗", "９", "①", "Ⅷ", "½", "²", "🅱", "🅐", "🄰", "Ⓐ", "ⓐ", "🇻", "漢", "д", "Д", "а", "А",
	"σ", "ς", "Σ", "ß", "ẞ", "ı", "İ", "ſ", "\u212a", "µ", "ᲀ", "в", "ﬁ", "æ", "ø", "ł", "ð",
	"ñ", "ü", "ǆ", "ǅ", "\u0301", "\u0323", "\u0489", "\u20e3", "\u200b", "\u00ad", "\ufe0f",
	"\u202e", "‿", "·", "…", "\u3000", "\u00a0", "\u2028", "\xc2\x85", "\v", "\f", "\x7f",
	"\x01", "&nbsp;", "&#97;", "&lt;", "<b>", "</b>", "<br/>", "<!--", "<a title=x", ">", "😀",
	"^^", ":)", "👍🏽", "𞤢", "𞤀", "\u2e4f", "\uab70", "\u13a0", "\u1c88", "𞓐", "\u0cf3", "𱍐",
	"\u1c89", "\ua7cb", "\u0378", "\ue000", "\ufffd", "ᵃ", "ₐ", "ª", "º", "℃", "\u212b",
	"\u2126", "ʼ", "ー", "々", "ﾞ", "あ", "ア", "한", "ᄒ", "ไ", "ำ", "\u093e", "ـ", "א", "\u0345",
	"ᾳ", "\U00013430", "\u180e", "\u3164", "\ufff9", "θ", "ϑ", "ꙋ", "ა", "Ა", "ꭰ", "ᏸ", "ɐ",
};

static const char *const letters[] = {
	"a", "b", "c", "h", "i", "k", "n", "y", "o", "x", "à", "ạ", "ồ", "đ", "Đ", "ý", "A", "K",
	"1", "9",
};
/* clang-format on */

/* Any one character. */
static void any(struct maker *m)
{
	buf_add_string(m->text,
		       word(m, 3) ? letters[word(m, COUNT(letters))] : rare[word(m, COUNT(rare))]);
}

struct piece {
	const char *pattern, *text; /* NULL: any character */
};

static void piece(struct maker *m, const struct piece *p)
{
	buf_add_string(m->pattern, p->pattern);
	if (p->text)
		buf_add_string(m->text, p->text);
	else
		any(m);
}

/* ---- single characters ---------------------------------------------------------------- */

/* clang-format off */
static const struct piece atoms[] = {
	/* literals */
	{"a", "a"}, {"b", "b"}, {"k", "k"}, {"y", "y"}, {"i", "i"}, {"à", "à"}, {"ồ", "ồ"},
	{"đ", "đ"}, {"Đ", "Đ"}, {"A", "A"}, {"1", "1"}, {"2", "2"}, {"0", "0"}, {" ", " "},
	{"-", "-"}, {"_", "_"}, {"!", "!"}, {",", ","}, {":", ":"}, {"=", "="}, {"#", "#"},
	{"]", "]"}, {"}", "}"}, {"<", "<"}, {">", ">"}, {"\\.", "."}, {"\\[", "["}, {"\\(", "("},
	{"\\{", "{"}, {"\\*", "*"}, {"\\ ", " "}, {"\\-", "-"}, {"\\\\", "\\"}, {"\\#", "#"},
	{"д", "д"}, {"Д", "д"}, {"σ", "ς"}, {"ς", "σ"}, {"ß", "ẞ"}, {"ẞ", "ß"}, {"s", "ſ"},
	{"ſ", "s"}, {"k", "\u212a"}, {"в", "ᲀ"}, {"ꙋ", "\u1c88"}, {"θ", "ϑ"}, {"ı", "i"},
	{"İ", "i"}, {"ü", "ü"}, {"ñ", "ñ"}, {"漢", "漢"}, {"🅱", "🅱"}, {"𞤀", "𞤢"}, {"Ა", "ა"},
	{"e\u0301", "é"}, {"ø", "ø"}, {"æ", "æ"}, {"٣", "٣"}, {"①", "①"}, {"\\à", "à"},
	{"\\ồ", "ồ"}, {"\\д", "д"}, {"…", "…"}, {"😀", "😀"}, {"ᾳ", "ᾳ"}, {"µ", "μ"},
	/* by number */
	{"\\x{1EA1}", "ạ"}, {"\\x{e0}", "à"}, {"\\xe0", "à"}, {"\\xE0", "à"}, {"\\x41", "A"},
	{"\\x61", "a"}, {"\\x6", ""}, {"\\x{110}", "đ"}, {"\\x{434}", "д"}, {"\\x{20}", " "},
	{"\\o{141}", "a"}, {"\\141", "a"}, {"\\040", " "}, {"\\x{1E900}", "𞤢"}, {"\\x{3c3}", "ς"},
	{"\\N{U+e0}", "à"}, {"\\x", ""}, {"\\0", ""}, {"\\cA", ""}, {"\\e", ""}, {"\\n", "\n"},
	{"\\t", "\t"}, {"\\x{301}", "\u0301"}, {"\\x{13A0}", "\uab70"}, {"\\x0a", "\n"},
	/* sets */
	{".", NULL}, {".", NULL}, {".{0,3}", ""}, {".{0,3}", NULL}, {".{1,2}?", NULL}, {".{0,2}+", ""}, {"\\d", "1"}, {"\\d", NULL}, {"\\D", NULL}, {"\\w", "ồ"},
	{"\\w", NULL}, {"\\W", NULL}, {"\\W", NULL}, {"\\W", "-"}, {"\\s", " "}, {"\\s", NULL},
	{"\\S", NULL}, {"\\h", " "}, {"\\H", NULL}, {"\\v", "\n"}, {"\\V", NULL}, {"\\R", "\n"},
	{"\\X", NULL}, {"\\N", NULL}, {"\\p{L}", NULL}, {"\\p{Lu}", NULL}, {"\\p{Ll}", "ồ"},
	{"\\pL", "đ"}, {"\\PL", NULL}, {"\\P{L}", NULL}, {"\\p{^L}", NULL}, {"\\p{Nd}", NULL},
	{"\\pN", NULL}, {"\\p{P}", NULL}, {"\\p{L&}", NULL}, {"\\p{Latin}", "ạ"},
	{"\\p{Cyrillic}", NULL}, {"\\p{Any}", NULL}, {"\\p{Xan}", NULL}, {"\\p{Xwd}", NULL},
	{"\\p{So}", NULL}, {"\\p{Mn}", NULL}, {"\\p{Cn}", NULL}, {"\\p{Lt}", NULL},
	{"\\p{sc:Latn}", "a"}, {"\\p{scx:Grek}", NULL}, {"\\p{Xsp}", " "}, {"\\p{Xuc}", NULL},
	/* places */
	{"\\b", ""}, {"\\b", ""}, {"\\b", ""}, {"\\B", ""}, {"\\B", ""}, {"^", ""}, {"$", ""},
	{"\\A", ""}, {"\\z", ""}, {"\\Z", ""}, {"\\G", ""}, {"\\K", ""}, {"[[:<:]]", ""},
	{"[[:>:]]", ""}, {"\\E", ""},
};
/* clang-format on */

static void atom(struct maker *m)
{
	piece(m, &atoms[pick(m, COUNT(atoms))]);
}

/* ---- phrases: the letters of which literals are made ---------------------------------- */

/* clang-format off */
static const char *const syllables[] = {
	"nhà", "cái", "đánh", "bạc", "kèo", "quý", "khách", "thơm", "á", "NHÀ", "Cái", "vay",
	"ai",
};

static const struct piece separators[] = {
	{" ", " "}, {"\\s+", "  "}, {"\\s+", NULL}, {"\\W*", NULL}, {"\\W+", NULL}, {"\\W", NULL},
	{"[\\s._-]*", "."}, {"[^\\w]", NULL}, {"[^\\w]*", NULL}, {"\\s*", ""}, {"\\b \\b", " "},
	{".?", NULL}, {"\\S?", NULL}, {"", ""}, {"-", "-"}, {"\\x20", " "}, {"[\\W_]+", NULL},
	{"\\b\\W", NULL}, {"[!a]?", "a"}, {"\\h", " "}, {"[^\\p{L}]", NULL}, {"[\\W]", NULL},
};
/* clang-format on */

static void phrase(struct maker *m)
{
	m->in_letters = true;
	for (size_t left = pick(m, 4) + 1; left; left--) {
		const char *syllable = syllables[pick(m, COUNT(syllables))];
		buf_add_string(m->pattern, syllable);
		buf_add_string(m->text, syllable);
		if (left > 1)
			piece(m, &separators[pick(m, COUNT(separators))]);
	}
}

/* ---- classes -------------------------------------------------------------------------- */

/* clang-format off */
static const struct piece members[] = {
	{"a", "a"}, {"k", "k"}, {"c", "c"}, {"y", "y"}, {"à", "à"}, {"ồ", "ồ"}, {"đ", "đ"},
	{"Đ", "Đ"}, {"0", "0"}, {"9", "9"}, {".", "."}, {"_", "_"}, {" ", " "}, {"#", "#"},
	{"-", "-"}, {"-", "-"}, {"[", "["}, {"[:", ":"}, {"^", "^"}, {"&&", "&"}, {"(?#", "#"},
	{"д", "д"}, {"σ", "ς"}, {"ß", "ẞ"}, {"ü", "ü"}, {"🅱", "🅱"}, {"𞤀", "𞤢"}, {"ς", "σ"},
	{"\\d", "1"}, {"\\d", NULL}, {"\\D", NULL}, {"\\w", "ồ"}, {"\\w", NULL}, {"\\W", NULL},
	{"\\s", " "}, {"\\s", NULL}, {"\\S", NULL}, {"\\h", " "}, {"\\H", NULL}, {"\\v", "\n"},
	{"\\p{L}", NULL}, {"\\pL", "đ"}, {"\\P{L}", NULL}, {"\\p{Lu}", "Đ"}, {"\\p{^Lu}", NULL},
	{"\\PL", NULL}, {"\\p{Nd}", NULL}, {"\\pP", "."}, {"\\p{Latin}", "ồ"},
	{"[:alpha:]", NULL}, {"[:^alpha:]", NULL}, {"[:digit:]", NULL}, {"[:upper:]", "Đ"},
	{"[:lower:]", NULL}, {"[:punct:]", NULL}, {"[:space:]", NULL}, {"[:word:]", NULL},
	{"[:^space:]", NULL}, {"[:xdigit:]", "a"}, {"[:graph:]", NULL}, {"[:blank:]", " "},
	{"a-c", "b"}, {"0-9", "5"}, {"à-ỹ", "ồ"}, {"A-Z", "K"}, {"а-я", "д"}, {"!-/", "."},
	{"\\x{e0}", "à"}, {"\\x41", "A"}, {"\\xe0", "à"}, {"\\x{e0}-\\x{1ef9}", "ồ"},
	{"\\-", "-"}, {"\\]", "]"}, {"\\[", "["}, {"\\^", "^"}, {"\\b", ""}, {"\\n", "\n"},
	{"\\Q]\\E", "]"}, {"\\E", ""}, {"\\141", "a"}, {"\\o{141}", "a"}, {"\\N{U+61}", "a"},
	{"\\à", "à"}, {"\\e", ""}, {"\\cA", ""}, {"a-\\x{63}", "b"}, {"\\x{1EA1}", "ạ"},
};
/* clang-format on */

static void class(struct maker *m)
{
	size_t at = m->text->len, count, chosen;
	bool negated = pick(m, 3) == 0;

	buf_add_string(m->pattern, negated ? "[^" : "[");
	if (pick(m, 12) == 0)
		buf_add_string(m->pattern, "]");
	count = pick(m, 4) + 1;
	chosen = word(m, count); /* the one that the text has */
	for (size_t i = 0; i < count; i++) {
		size_t before = m->text->len;

		piece(m, &members[pick(m, COUNT(members))]);
		if (i != chosen)
			cut(m->text, before);
	}
	buf_add_string(m->pattern, "]");
	if (negated) {
		cut(m->text, at);
		any(m);
	}
}

/* ---- groups --------------------------------------------------------------------------- */

static void alternatives(struct maker *m);

/* What captures is registered, so that a back-reference can repeat it. */
static void group(struct maker *m)
{
	static const char *const openings[] = {
		"(",	 "(",	      "(?:",  "(?:",   "(?:",	 "(?>",	  "(?|",
		"(?i:",	 "(?-i:",     "(?x:", "(?s:",  "(?s-i:", "(?ix:", "(?^:",
		"(?xx:", "(*atomic:", "(?<n", "(?P<n", "(?'n",
	};
	const char *opening = openings[pick(m, COUNT(openings))];
	bool extended = m->form.extended, named = opening[strlen(opening) - 1] == 'n';
	unsigned number = named || !opening[1] ? ++m->form.groups : 0;
	size_t at = m->text->len;

	buf_add_string(m->pattern, opening);
	if (named)
		buf_printf(m->pattern, "%u%c", number, strchr(opening, '\'') ? '\'' : '>');
	m->form.extended |= strchr(opening, 'x') != NULL;
	alternatives(m);
	m->form.extended = extended;
	buf_add_string(m->pattern, ")");
	m->in_letters = false;
	if (number && number <= GROUPS) {
		m->group[number].at = at;
		m->group[number].len = m->text->len - at;
	}
}

/* The text that a look-ahead needs is kept half of the time: it is right only if nothing follows in
 * the pattern, or something that matches the same text. */
static void look(struct maker *m)
{
	static const char *const openings[] = {"(?=",  "(?!",	 "(?<=",   "(?<!",  "(?*",
					       "(?<*", "(*pla:", "(*nlb:", "(?=.*", "(?!.{0,3}"};
	const char *opening = openings[pick(m, COUNT(openings))];
	size_t at = m->text->len;
	bool extended = m->form.extended;

	buf_add_string(m->pattern, opening);
	alternatives(m);
	buf_add_string(m->pattern, ")");
	m->form.extended = extended;
	m->in_letters = false;
	if (strpbrk(opening, "!n") || word(m, 2))
		cut(m->text, at);
}

static void conditional(struct maker *m)
{
	static const char *const openings[] = {"(?(1)",	   "(?(2)",  "(?(<n1>)",       "(?(?=\\w)",
					       "(?(?!k)",  "(?(R)",  "(?(DEFINE)",     "(?(?<=a)",
					       "(?('n2')", "(?(R1)", "(?(VERSION>=10)"};

	buf_add_string(m->pattern, openings[pick(m, COUNT(openings))]);
	alternatives(m);
	buf_add_string(m->pattern, ")");
	m->in_letters = false;
}

static void reference(struct maker *m)
{
	static const char *const forms[] = {"\\%u",	"\\%u",	    "\\g{%u}",	"\\g%u",
					    "\\k<n%u>", "\\k{n%u}", "(?P=n%u)", "(?%u)",
					    "(?&n%u)",	"\\g<%u>",  "(?P>n%u)", "\\g{-%u}",
					    "(?-%u)",	"\\g'%u'",  "\\k'n%u'"};
	const char *form = forms[pick(m, COUNT(forms))], *number = strstr(form, "%u");
	size_t of = pick(m, m->form.groups + 1) + (pick(m, 8) != 0);

	buf_add(m->pattern, form, (size_t)(number - form));
	buf_add_number(m->pattern, (int64_t)of);
	buf_add_string(m->pattern, number + 2);
	if (of <= GROUPS && m->group[of].at + m->group[of].len <= m->text->len &&
	    buf_reserve(m->text, m->group[of].len))
		buf_add(m->text, m->text->data + m->group[of].at, m->group[of].len);
}

/* ---- options, comments, and what is written otherwise -------------------------------- */

static void options(struct maker *m)
{
	static const char *const all[] = {"(?i)", "(?i)",  "(?-i)",  "(?x)",   "(?-x)",	   "(?s)",
					  "(?m)", "(?xx)", "(?ix)",  "(?sx)",  "(?^)",	   "(?U)",
					  "(?J)", "(?n)",  "(?i-s)", "(?x-i)", "(?-imsx)", "(?)"};
	const char *option = all[pick(m, COUNT(all))], *extended = strchr(option, 'x');

	buf_add_string(m->pattern, option);
	if (extended)
		m->form.extended = !memchr(option, '-', (size_t)(extended - option));
}

static void comment(struct maker *m)
{
	static const char *const comments[] = {"(?#a)", "(?#[\\b)", "(?#{ 1 })",    "(?C)",
					       "(?C1)", "\\Q\\E",   "(?#|(.{0,3})", "(?C'a)b')"};

	buf_add_string(m->pattern, comments[pick(m, COUNT(comments))]);
}

static void quoted(struct maker *m)
{
	static const struct piece all[] = {{"\\Qa.b\\E", "a.b"},
					   {"\\Q[\\E", "["},
					   {"\\Qnhà cái\\E", "nhà cái"},
					   {"\\Q\\b\\E", "\\b"},
					   {"\\Q(a|b)*\\E", "(a|b)*"},
					   {"\\Q{2}\\E", "{2}"},
					   {"\\Qa\\", "a\\"},
					   {"\\Q", ""}};

	piece(m, &all[pick(m, COUNT(all))]);
}

/* clang-format off */
static const char *const syntax[] = {
	"(", ")", "[", "]", "{", "}", "?", "*", "+", "|", "\\", "^", "$", ".", ",", ":", "=", "!",
	"<", ">", "#", "-", "&", "'", "P", "R", "0", "1", "2", "{,3}", "{2 }", "{1,", "{2}{2}",
	"[a-\\d]", "(*ACCEPT)", "(*COMMIT)", "(*F)", "(*UTF)", "(?R)", "(?+1)", "(*SKIP)",
	"(*THEN)", "(*PRUNE)", "(*:a)", "(*UCP)", "(*CRLF)", "(*CR)", "(?[", "(*sr:", "\\8",
	"\\Q", "\\E", "\\u0061", "\\L", "\\c\\", "\\p{", "[[.a.]]", "[[:", ":]]", "[[=",
	"(*LIMIT_MATCH=9)", "(*NO_JIT)", "(*ANY)", "\\b\\b", "{0}", "(?|", "(?:", "[^", "\n", " ",
	"\\x{", "(*NOTEMPTY)", "(*NO_START_OPT)", "(*BSR_ANYCRLF)", "(*NUL)", "(?^", "(?aD)",
	"(*LF)", "\\b2", "\\B1",
};
/* clang-format on */

static void raw(struct maker *m)
{
	for (size_t left = pick(m, 3) + 1; left; left--)
		buf_add_string(m->pattern, syntax[pick(m, COUNT(syntax))]);
}

/* ---- sequences and alternatives ------------------------------------------------------- */

static void element(struct maker *m)
{
	static void (*const plain[])(struct maker *) = {atom, atom, phrase, phrase, class};
	static void (*const lettered[])(struct maker *) = {phrase, phrase, phrase, phrase,
							   group,  look,   class,  atom};
	static void (*const all[])(struct maker *) = {
		atom,	     atom,	atom,	   atom,    phrase,  phrase, phrase, phrase,
		class,	     class,	class,	   group,   group,   group,  look,   look,
		conditional, reference, reference, options, comment, quoted, raw,
	};

	if (m->form.lettered && m->depth < DEPTH)
		lettered[pick(m, COUNT(lettered))](m);
	else if (m->depth < DEPTH)
		all[pick(m, COUNT(all))](m);
	else
		plain[pick(m, COUNT(plain))](m);
}

/* The last letter of the text, `times` instead of once. */
static void repeat_letter(struct maker *m, size_t times)
{
	char letter[U8_MAX_LENGTH + 1] = "";
	int32_t at = (int32_t)m->text->len;

	if (!at)
		return;
	U8_BACK_1((const uint8_t *)m->text->data, 0, at);
	memcpy(letter, m->text->data + at, m->text->len - (size_t)at);
	cut(m->text, (size_t)at);
	for (; times; times--)
		buf_add_string(m->text, letter);
}

/* clang-format off */
static const struct quantifier {
	const char *source;
	unsigned least, most;
} quantifiers[] = {
	{"?", 0, 1}, {"*", 0, 3}, {"+", 1, 3}, {"??", 0, 1}, {"*?", 0, 3}, {"+?", 1, 3},
	{"?+", 0, 1}, {"*+", 0, 3}, {"++", 1, 3}, {"{2}", 2, 2}, {"{0}", 0, 0}, {"{1,2}", 1, 2},
	{"{0,2}", 0, 2}, {"{2,}", 2, 4}, {"{2}?", 2, 2}, {"{1,3}+", 1, 3}, {"{0,}", 0, 3},
	{"{0,3}?", 0, 3}, {"{2}{2}", 4, 4}, {"{,2}", 0, 2}, {"{1, 2 }", 1, 2}, {"{03}", 3, 3},
	{"{1}", 1, 1}, {"{,}", 0, 0},
};
/* clang-format on */

/* Repeats the element in the text only. */
static void again(struct maker *m, const struct form *before)
{
	size_t at = m->pattern->len;

	m->form = *before;
	element(m);
	cut(m->pattern, at);
}

static void quantified(struct maker *m)
{
	struct form before = m->form, after;
	const struct quantifier *q;
	size_t at = m->text->len, times;

	m->in_letters = false;
	element(m);
	bool in_letters = m->in_letters;
	if (pick(m, 3))
		return;
	q = &quantifiers[pick(m, COUNT(quantifiers))];
	buf_add_string(m->pattern, q->source);
	after = m->form;
	times = q->least + word(m, q->most - q->least + 1);
	if (in_letters) {
		repeat_letter(m, times);
		return;
	}
	if (times == 0)
		cut(m->text, at);
	for (; times > 1; times--)
		again(m, &before);
	m->form = after;
}

static void sequence(struct maker *m)
{
	static const char *const blanks[] = {" ", "\n", "# [(\\b\n", "#\n", "\t ", "#|nhà\n"};

	for (size_t left = pick(m, m->depth == 1 ? 5 : 4) + (m->depth == 1); left; left--) {
		if (!m->form.elements)
			return;
		m->form.elements--;
		quantified(m);
		if (m->form.extended && pick(m, 3) == 0)
			buf_add_string(m->pattern, blanks[pick(m, COUNT(blanks))]);
	}
}

static void alternatives(struct maker *m)
{
	size_t count = pick(m, 3) ? 1 : 2 + pick(m, 2), chosen = word(m, count);

	m->depth++;
	for (size_t i = 0; i < count; i++) {
		size_t at = m->text->len;

		if (i)
			buf_add_string(m->pattern, "|");
		sequence(m);
		if (i != chosen)
			cut(m->text, at);
	}
	m->depth--;
}

void pattern_make(struct choices *form, struct choices *wording, struct buf *pattern,
		  struct buf *text)
{
	struct maker m = {
		.form = {.choices = *form}, .wording = wording, .pattern = pattern, .text = text};

	m.form.lettered = pick(&m, 2);
	m.form.elements = pick(&m, 2) ? ELEMENTS : 1 + (unsigned)pick(&m, 4);
	alternatives(&m);
	*form = m.form.choices;
}

/* ---- changes -------------------------------------------------------------------------- */

static void replace(struct buf *buf, size_t at, size_t len, const char *with)
{
	struct buf changed = {0};

	buf_add(&changed, buf_string(buf), at);
	buf_add_string(&changed, with);
	buf_add_string(&changed, buf_string(buf) + at + len);
	buf_free(buf);
	*buf = changed;
}

void pattern_disturb(struct choices *c, struct buf *pattern)
{
	for (size_t left = choose(c, 3) + 1; left && pattern->len; left--) {
		int32_t at = (int32_t)choose(c, pattern->len), end;

		U8_SET_CP_START((const uint8_t *)pattern->data, 0, at);
		end = at;
		U8_FWD_1((const uint8_t *)pattern->data, end, (int32_t)pattern->len);
		if (happens(c, 3))
			end = at; /* beside it, not in its place */
		replace(pattern, (size_t)at, (size_t)(end - at),
			happens(c, 4) ? "" : syntax[choose(c, COUNT(syntax))]);
	}
}

/* clang-format off */
static const struct {
	UChar32 letter;
	const char *alike;
} look_alikes[] = {
	{'a', "а"}, {'a', "@"}, {'a', "4"}, {'a', "ɑ"}, {'a', "𝐚"}, {'a', "ａ"}, {'o', "0"},
	{'o', "о"}, {'o', "ο"}, {'o', "օ"}, {'c', "с"}, {'e', "е"}, {'k', "к"}, {'k', "\u212a"},
	{'n', "ｎ"}, {'h', "𝐡"}, {'h', "һ"}, {'i', "і"}, {'i', "ı"}, {'i', "1"}, {'i', "!"},
	{'i', "j"}, {'b', "🅱"}, {'b', "в"}, {'y', "у"}, {'s', "ſ"}, {'k', "c"}, {'i', "y"},
	{0x111, "d"}, {'h', "н"}, {'a', "🅐"}, {'n', "п"}, {'c', "k"}, {'1', "l"}, {'0', "О"},
};
/* clang-format on */

static const char *look_alike(struct choices *c, UChar32 letter)
{
	for (size_t i = choose(c, COUNT(look_alikes)), left = COUNT(look_alikes); left; left--, i++)
		if (look_alikes[i % COUNT(look_alikes)].letter == letter)
			return look_alikes[i % COUNT(look_alikes)].alike;
	return "";
}

static void add_character(struct buf *buf, UChar32 c)
{
	char bytes[U8_MAX_LENGTH + 1] = "";
	int32_t len = 0;

	U8_APPEND_UNSAFE((uint8_t *)bytes, len, (uint32_t)c);
	buf_add(buf, bytes, (size_t)len);
}

/* Adds the character to `to` changed, or nothing. */
static void change(struct choices *c, struct buf *to, UChar32 character)
{
	switch (choose(c, 7)) {
	case 0:
		return;
	case 1:
		add_character(to, character);
		break;
	case 2:
		character = u_toupper(character) != character ? u_toupper(character)
							      : u_tolower(character);
		break;
	case 3:
		buf_add_string(to, look_alike(c, u_tolower(character)));
		return;
	case 4:
		buf_add_string(to, rare[choose(c, COUNT(rare))]);
		return;
	default:
		buf_add_string(to, rare[choose(c, COUNT(rare))]);
	}
	add_character(to, character);
}

void text_disturb(struct choices *c, struct buf *text)
{
	static const size_t rates[] = {0, 0, 40, 15, 5};
	size_t rate = rates[choose(c, COUNT(rates))];
	bool upper = happens(c, 8);
	struct buf changed = {0};
	UChar32 character;

	for (int32_t i = 0, len = (int32_t)text->len; i < len;) {
		U8_NEXT((const uint8_t *)text->data, i, len, character);
		if (character < 0)
			continue;
		if (upper)
			character = u_toupper(character);
		if (rate && happens(c, rate))
			change(c, &changed, character);
		else
			add_character(&changed, character);
	}
	buf_free(text);
	*text = changed;
}
