#include <libpsl.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "link/dot.h"
#include "link/label.h"
#include "link/words.h"
#include "text/text.h"
#include "text/syllable.h"

#define DIGITS	    "0123456789"
#define CYRILLIC_EM 0x43Cu

/* Thai, Lao, Khmer, Chinese, Japanese, Korean (composed or not): no space separates a name from its
 * sentence. */
static bool is_unspaced(uint32_t ch)
{
	return ch >= 0x0E00 && (ch < 0x0F00 || (ch >= 0x1100 && ch < 0x1200) ||
				(ch >= 0x1780 && ch < 0x1800) || (ch >= 0x2E80 && ch < 0xA4D0) ||
				(ch >= 0xA960 && ch < 0xA980) || (ch >= 0xAC00 && ch < 0xD800) ||
				(ch >= 0xF900 && ch < 0xFB00) || (ch >= 0x20000 && ch < 0x40000));
}

static bool is_hyphen(const struct glyph *g)
{
	return g->ch == '-' || g->ch == '_';
}

/* The script of a glyph of a label. */
enum script {
	SCRIPT_NONE, /* not part of a label */
	SCRIPT_SPACED,
	SCRIPT_UNSPACED,
	SCRIPT_BOTH = 4, /* digits and hyphens belong to any script */
};

static inline enum script script_of(const struct glyph *g)
{
	bool latin = (g->ch < 0x0E00) | (g->ch - 0x1E00 < 0x100); /* most often */
	if (g->kind == GLYPH_LETTER && latin)
		return SCRIPT_SPACED;
	if (g->kind == GLYPH_DIGIT)
		return SCRIPT_BOTH;
	if (g->kind == GLYPH_LETTER && !words_is_letter_point(g->ch))
		return is_unspaced(g->ch) ? SCRIPT_UNSPACED : SCRIPT_SPACED;
	return is_hyphen(g) ? SCRIPT_BOTH : SCRIPT_NONE;
}

/* Whether two neighbouring glyphs may belong to one name. */
static bool belong(enum script a, enum script b)
{
	return (a | b) != (SCRIPT_SPACED | SCRIPT_UNSPACED);
}

static bool is_symbol(const struct glyph *g)
{
	return g->kind == GLYPH_SYMBOL && g->ch > 0x7F;
}

/* The flags that a glyph of another kind than a letter gives its label. */
static const uint16_t kind_flags[] = {
	[GLYPH_DIGIT] = LABEL_DIGIT,
	[GLYPH_SPACE] = LABEL_HYPHEN,
	[GLYPH_PUNCT] = LABEL_HYPHEN,
	[GLYPH_SYMBOL] = LABEL_SIGN,
};

/* The flags that a letter gives its label, by those of the glyph. */
static const uint16_t letter_flags[] = {
	[0] = LABEL_LETTER | LABEL_LOWER,
	[GLYPH_UPPER] = LABEL_LETTER | LABEL_UPPER,
	[GLYPH_FOREIGN] = LABEL_LETTER | LABEL_LOWER | LABEL_FOREIGN,
	[GLYPH_UPPER | GLYPH_FOREIGN] = LABEL_LETTER | LABEL_UPPER | LABEL_FOREIGN,
};

/* Whether one of the letters has marks and no mark of another language. */
static bool is_marked(const struct text *text, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		const struct glyph *g = &text->glyph[i];
		if (g->kind == GLYPH_LETTER && g->marks && g->letter && !(g->flags & GLYPH_FOREIGN))
			return true;
	}
	return false;
}

/* Whether the first glyph is a letter and the only capital. */
static bool is_title(const struct text *text, size_t first, size_t end)
{
	unsigned capitals = 0;
	for (size_t i = first; i < end; i++)
		capitals += (text->glyph[i].flags & GLYPH_UPPER) != 0;
	return capitals == 1 && text->glyph[first].flags & GLYPH_UPPER &&
	       text->glyph[first].kind == GLYPH_LETTER;
}

/* The flags of the label [first, end). */
static inline unsigned read_flags(const struct text *text, size_t first, size_t end)
{
	unsigned flags = 0, marks = 0;
	for (size_t i = first; i < end; i++) {
		const struct glyph *g = &text->glyph[i];
		if (g->kind != GLYPH_LETTER) {
			flags |= kind_flags[g->kind];
			continue;
		}
		marks |= g->marks;
		flags |= letter_flags[g->flags & (GLYPH_UPPER | GLYPH_FOREIGN)];
		if (!g->letter)
			flags |= LABEL_FOREIGN;
	}
	if (marks && (!(flags & LABEL_FOREIGN) || is_marked(text, first, end)))
		flags |= LABEL_MARK;
	if (flags & LABEL_UPPER && flags & LABEL_LOWER && is_title(text, first, end))
		flags |= LABEL_TITLE;
	return flags;
}

/* The label in [first, end), hyphens at either end left out. */
static inline struct label make_label(const struct text *text, size_t first, size_t end)
{
	while (first < end && is_hyphen(&text->glyph[first]))
		first++;
	while (first < end && is_hyphen(&text->glyph[end - 1]))
		end--;
	return (struct label){.first = first,
			      .count = end - first,
			      .flags = (uint16_t)read_flags(text, first, end)};
}

struct label label_part(const struct text *text, size_t first, size_t end)
{
	return make_label(text, first, end);
}

struct label label_read(const struct text *text, size_t i, bool whole)
{
	size_t end = i;
	enum script before = SCRIPT_BOTH, script;
	for (; end < text->glyphs; end++, before = script) {
		script = script_of(&text->glyph[end]);
		if (whole ? !script && !is_symbol(&text->glyph[end])
			  : !script || !belong(before, script))
			break;
	}
	return make_label(text, i, end);
}

struct label label_before(const struct text *text, size_t floor, size_t i)
{
	/* one glyph more than the longest shows that it is too long */
	size_t first = i, least = i - floor > LABEL_MAX ? i - LABEL_MAX - 1 : floor;
	enum script after = SCRIPT_BOTH, script;
	for (; first > least; first--, after = script) {
		script = script_of(&text->glyph[first - 1]);
		if (!script || !belong(script, after))
			break;
	}
	return make_label(text, first, i);
}

bool label_is_host(const struct label *label)
{
	return label->count && label->count <= LABEL_MAX && !(label->flags & LABEL_SIGN);
}

bool label_copy(const struct text *text, const struct label *label, char word[LABEL_MAX + 1])
{
	if (!label->count || label->count > LABEL_MAX ||
	    label->flags & (LABEL_MARK | LABEL_FOREIGN | LABEL_SIGN))
		return false;
	for (size_t i = 0; i < label->count; i++) {
		const struct glyph *g = &text->glyph[label->first + i];
		unsigned hyphen = !g->letter;
		word[i] = (char)(g->letter | (g->ch * hyphen));
	}
	word[label->count] = '\0';
	return true;
}

/* hihi, kkkk, okkkk, luonnn: laughter, and stretched letters. */
static bool is_stretched(const char *word, size_t count)
{
	size_t same = 1, echo = 0;
	for (size_t i = 1; i < count; i++) {
		same = word[i] == word[i - 1] ? same + 1 : 1;
		if (same == 3 && word[i] >= 'a')
			return true;
		echo += i >= 2 && word[i] == word[i - 2];
	}
	return count >= 3 && echo == count - 2;
}

enum {
	JOINED_LETTERS = 8,
	JOINED_NUMBERED = 6,
	JOINED_SYLLABLES = 3,
	JOINED_MAX = 40,
	NUMBER_MIN = 2
};

/* The longest syllable at glyph `i`, in letters. */
static size_t joined_syllable(const struct text *text, size_t i, size_t end)
{
	size_t n = end - i < SYLLABLE_LETTERS ? end - i : SYLLABLE_LETTERS;
	while (n && !syllable_read(&text->glyph[i], n, NULL))
		n--;
	return n;
}

/* nhacaiuytin, tênmiềnviệt: three syllables or more without a space, and nothing else. Two with
 * marks are enough when a number of two digits or more follows: nhàcái39, nhà-cái-39. */
static bool is_joined(const struct text *text, const struct label *label)
{
	size_t i = label->first, end = i + label->count, syllables = 0, digits = 0;
	if (label->count < JOINED_NUMBERED || label->count > JOINED_MAX ||
	    label->flags & (LABEL_FOREIGN | LABEL_SIGN))
		return false;
	while (text->glyph[end - 1 - digits].kind == GLYPH_DIGIT && digits < label->count - 1)
		digits++;
	bool numbered = digits >= NUMBER_MIN && label->flags & LABEL_MARK;
	if ((label->count < JOINED_LETTERS || digits) && !numbered)
		return false;
	if (label->flags & LABEL_HYPHEN && !numbered)
		return false;
	for (end -= digits; i < end; syllables++) {
		size_t n = joined_syllable(text, i, end);
		if (!n)
			return false;
		i += n;
		i += numbered && i < end && is_hyphen(&text->glyph[i]);
	}
	return syllables + numbered >= JOINED_SYLLABLES;
}

/* Removes the number at the end of a word. Returns its number of digits. */
static size_t cut_number(char *word, size_t count)
{
	size_t end = count;
	while (end && word[end - 1] >= '0' && word[end - 1] <= '9')
		end--;
	word[end] = '\0';
	return count - end;
}

/* 100k, 6tr5, 3n2d, 12a: a number with its unit or one letter, not a name with a digit in it. */
static bool is_quantity(const char *word)
{
	size_t digits = strspn(word, DIGITS), letters = 0;
	if (!digits || (digits <= 2 && strlen(word) - digits <= 1))
		return digits;
	for (word += digits; *word && digits; word += letters + digits) {
		char unit[LABEL_MAX + 1];
		letters = strcspn(word, DIGITS);
		memcpy(unit, word, letters);
		unit[letters] = '\0';
		if (!words_have(WORDS_UNITS, unit))
			return false;
		digits = strspn(word + letters, DIGITS);
		if (digits > 2)
			return false;
	}
	return !*word;
}

/* 88bet, 123win: numbers that begin a name. */
static bool is_numbered(const char *word)
{
	size_t digits = strspn(word, DIGITS);
	return digits > 1 && strlen(word) > digits + 1;
}

/* How an ASCII label that is not a syllable reads. */
static enum label_look word_look(char *word, size_t count)
{
	if (is_quantity(word) || is_stretched(word, count))
		return LABEL_WORD;
	if (is_numbered(word))
		return LABEL_CODE;
	size_t digits = cut_number(word, count);
	if (words_have(WORDS_COMMON, word))
		return LABEL_WORD; /* note10 as well */
	if (words_have(WORDS_BRANDS, word))
		return LABEL_BRAND;
	if (digits)
		return digits > 1 && count - digits > 1 ? LABEL_CODE : LABEL_NAME;
	return count > 3 || (*word >= '0' && *word <= '9') ? LABEL_NAME : LABEL_WORD;
}

enum label_look label_look(const struct text *text, const struct label *label)
{
	char word[LABEL_MAX + 1];
	bool lacks_marks;

	if (is_joined(text, label))
		return LABEL_CODE;
	if (label->flags & LABEL_MARK)
		return LABEL_ACCENTED;
	if (syllable_read(&text->glyph[label->first], label->count, &lacks_marks))
		return lacks_marks ? LABEL_UNACCENTED : LABEL_SYLLABLE;
	if (!(label->flags & LABEL_LETTER))
		return LABEL_NUMBER;
	if (label->count <= 3 && !(label->flags & (LABEL_DIGIT | LABEL_FOREIGN)))
		return LABEL_WORD;
	if (!label_copy(text, label, word))
		return label->count > 1 ? LABEL_NAME : LABEL_WORD; /* あ */
	return word_look(word, label->count);
}

static bool is_listed(const char *word)
{
	return words_have(WORDS_STRONG, word) || words_have(WORDS_BETTING, word) ||
	       words_have(WORDS_COMMON_TLD, word);
}

/* c0m, v1p, coom, còm, ċom, and сом, whose last letter looks like a Latin one only as a capital
 */
static bool is_misspelt(const struct text *text, const struct label *label)
{
	static const char digits[] = "oi2ea"; /* 0 1 3 4 */
	char word[LABEL_MAX + 1];
	uint16_t marks = 0;
	if (label->count > 6 || label->flags & LABEL_HYPHEN)
		return false;
	if (!(label->flags & (LABEL_MARK | LABEL_DIGIT | LABEL_FOREIGN)))
		return label->count == 4 && glyph_spells(text, label->first, "coom");
	for (size_t i = 0; i < label->count; i++) {
		const struct glyph *g = &text->glyph[label->first + i];
		uint8_t letter = g->ch == CYRILLIC_EM ? 'm' : g->letter;
		bool is_digit = letter >= '0' && letter <= '4';
		word[i] = (char)(is_digit ? digits[letter - '0'] : letter);
		marks |= g->marks;
	}
	word[label->count] = '\0';
	if (label->flags & LABEL_MARK)
		return !(marks & MARK_QUALITY) && !strcmp(word, "com");
	if (label->flags & LABEL_DIGIT && words_have(WORDS_FAMILIAR, word))
		return label->count > 2;
	return is_listed(word);
}

enum tld tld_look(const struct text *text, const struct label *label)
{
	char word[LABEL_MAX + 1];

	if (label->count < 2 || !(label->flags & LABEL_LETTER) || label->flags & LABEL_SIGN)
		return TLD_NONE;
	if (is_misspelt(text, label))
		return TLD_MISSPELT;
	if (label->flags & LABEL_MARK)
		return TLD_NONE;
	if (!label_copy(text, label, word))
		return TLD_STRONG; /* .みんな .рф: not words after a full stop in Vietnamese */
	if (!strncmp(word, "xn--", 4))
		return TLD_STRONG;
	if (label->flags & (LABEL_DIGIT | LABEL_HYPHEN))
		return TLD_NONE;
	if (!strcmp(word, "vn"))
		return TLD_NATION;
	if (words_have(WORDS_STRONG, word))
		return TLD_STRONG;
	if (words_have(WORDS_BETTING, word))
		return TLD_BETTING;
	if (words_have(WORDS_FAMILIAR, word))
		return TLD_FAMILIAR;
	return TLD_WORDLIKE;
}

/* Writes the label in small letters as UTF-8; false when it does not fit. */
static bool write_out(const struct text *text, const struct label *label, char *out, size_t size)
{
	size_t len = 0;
	for (size_t i = label->first; i < label->first + label->count; i++) {
		uint32_t ch = (uint32_t)u_tolower((UChar32)text->glyph[i].ch);
		if (len + U8_MAX_LENGTH >= size)
			return false;
		U8_APPEND_UNSAFE((uint8_t *)out, len, ch);
	}
	out[len] = '\0';
	return true;
}

static bool is_suffix(const char *suffix)
{
	return psl_is_public_suffix2(psl_builtin(), suffix, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}

bool tld_is_known(const struct text *text, const struct label *label, enum tld look)
{
	char as_ascii[LABEL_MAX + 1], as_typed[LABEL_MAX * 2];

	if (look == TLD_MISSPELT)
		return true;
	if (look >= TLD_FAMILIAR && !(label->flags & (LABEL_FOREIGN | LABEL_HYPHEN)))
		return true; /* in the lists of words.c */
	bool is_ascii = label_copy(text, label, as_ascii);
	if (is_ascii && is_suffix(as_ascii))
		return true;
	return write_out(text, label, as_typed, sizeof as_typed) &&
	       !(is_ascii && !strcmp(as_ascii, as_typed)) && is_suffix(as_typed);
}

bool tld_is_pair(const struct text *text, const struct label *before, const struct label *label)
{
	char suffix[2 * (LABEL_MAX + 1)];

	if (label->count != 2 || !label_copy(text, before, suffix) ||
	    !words_have(WORDS_SECOND, suffix))
		return false;
	suffix[before->count] = '.';
	return label_copy(text, label, suffix + before->count + 1) && is_suffix(suffix);
}

bool tld_is_famous(const struct text *text, const struct label *host, const struct label *label)
{
	char name[2 * (LABEL_MAX + 1)];

	if (host->count > 12 || label->count > 6 ||
	    (host->flags | label->flags) & (LABEL_DIGIT | LABEL_HYPHEN) ||
	    !label_copy(text, host, name))
		return false;
	name[host->count] = '.';
	return label_copy(text, label, name + host->count + 1) && words_have(WORDS_FAMOUS, name);
}
