/*
 * Writes the code point tables (codepoint.h) as C, from the data of the ICU it is built
 * with. Run by the build, not by the daemon.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uloc.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include "text/codepoint.h"
#include "text/glyph.h"
#include "text/letter.h"

enum { ASCII = 128, BLOCK = 128, BLOCKS = 0x110000 / BLOCK };

static const UNormalizer2 *nfkc;
static USpoofChecker *spoof;

static struct codepoint rows[8192];
static unsigned row_count;
static uint32_t expansions[16384];
static unsigned expansion_count;
static uint16_t stage2[BLOCKS][BLOCK];
static unsigned block_count;
static uint16_t stage1[BLOCKS];
static struct look_alike look_alikes[1024];
static unsigned look_alike_count;

static void check(UErrorCode err, const char *what)
{
	if (U_SUCCESS(err))
		return;
	fprintf(stderr, "mkcodepoints: %s: %s\n", what, u_errorName(err));
	exit(1);
}

static UChar32 next(const UChar *s, int32_t *at, int32_t len)
{
	uint32_t c;
	U16_NEXT(s, *at, len, c);
	return (UChar32)c;
}

/* The Vietnamese mark that a combining code point is, or 0. */
static uint16_t vietnamese_mark(UChar32 c)
{
	switch (c) {
	case 0x302:
		return MARK_CIRCUMFLEX;
	case 0x306:
		return MARK_BREVE;
	case 0x31B:
		return MARK_HORN;
	case 0x300:
		return MARK_GRAVE;
	case 0x301:
		return MARK_ACUTE;
	case 0x309:
		return MARK_HOOK;
	case 0x303:
		return MARK_TILDE;
	case 0x323:
		return MARK_DOT;
	}
	return 0;
}

static int is_ascii_letter(UChar32 c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static uint8_t lower(UChar32 c)
{
	return (uint8_t)(c | 0x20);
}

/* Look-alikes and other forms of đ. */
static int looks_like_d_stroke(UChar32 c)
{
	static const UChar32 forms[] = {0x110, 0x111, 0xD0,  0xF0,  0x189,
					0x18A, 0x18B, 0x18C, 0x256, 0x257};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (forms[i] == c)
			return 1;
	return 0;
}

/* X of a code point that Unicode names "... LATIN ... LETTER X ...", else 0. */
static uint8_t letter_of_name(UChar32 c)
{
	char name[128];
	UErrorCode err = U_ZERO_ERROR;
	u_charName(c, U_UNICODE_CHAR_NAME, name, sizeof name, &err);
	const char *latin = U_SUCCESS(err) ? strstr(name, "LATIN ") : NULL;
	if (!latin || strstr(name, "LIGATURE") || strstr(name, "TURNED") ||
	    strstr(name, "REVERSED"))
		return 0;
	static const char *const words[] = {"LETTER SMALL CAPITAL ", "LETTER DOTLESS ",
					    "LETTER SCRIPT ", "LETTER "};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const char *at = strstr(latin, words[i]);
		if (!at)
			continue;
		at += strlen(words[i]);
		if (is_ascii_letter(at[0]) && (at[1] == '\0' || at[1] == ' '))
			return lower(at[0]);
	}
	return strcmp(name, "LATIN SMALL LETTER ALPHA") == 0 ? 'a' : 0;
}

/* The Latin letter that Unicode's confusables say a letter of another script looks like. */
static uint8_t letter_of_confusable(UChar32 c)
{
	UErrorCode err = U_ZERO_ERROR;
	switch (uscript_getScript(c, &err)) {
	case USCRIPT_LATIN:
	case USCRIPT_CYRILLIC:
	case USCRIPT_GREEK:
	case USCRIPT_ARMENIAN:
	case USCRIPT_CHEROKEE:
	case USCRIPT_COPTIC:
	case USCRIPT_LISU:
	case USCRIPT_GEORGIAN:
	case USCRIPT_CANADIAN_ABORIGINAL:
	case USCRIPT_DESERET:
	case USCRIPT_OSAGE:
	case USCRIPT_TIFINAGH:
		break;
	default:
		return 0;
	}
	UChar from[4], to[32];
	int32_t n = 0;
	U16_APPEND_UNSAFE(from, n, c);
	int32_t len = uspoof_getSkeleton(spoof, 0, from, n, to, 32, &err);
	check(err, "uspoof_getSkeleton");
	int32_t at = 0;
	UChar32 first = next(to, &at, len);
	if (at != len) /* a letter and something more: only marks on it leave it one letter */
		for (int32_t i = at; i < len; i++)
			if (u_charType(to[i]) != U_NON_SPACING_MARK)
				return 0;
	if (is_ascii_letter(first))
		return lower(first);
	return letter_of_name(first);
}

/* Letters that people write for a Latin one and that are missing or different in the confusables:
 * by their look in one case or in italics, upside down, or by their sound (`other`). */
static const struct {
	UChar32 c;
	uint8_t letter, other;
} more_look_alikes[] = {
	{0xDF, 'b', 0},	   {0x190, 'e', 0}, {0x25B, 'e', 0},  {0x39B, 'a', 0},
	{0x3C2, 'c', 0},   {0x3B2, 'b', 0}, {0x3B5, 'e', 0},  {0x3BC, 'u', 0},
	{0x3C0, 'n', 0},   {0x3C9, 'w', 0}, {0x40B, 'h', 0},  {0x417, 'e', 0},
	{0x418, 'n', 'u'}, {0x414, 'd', 0}, {0x41B, 'n', 0},  {0x41F, 'n', 0},
	{0x41D, 'h', 'n'}, {0x42F, 'r', 0}, {0x433, 'r', 0},  {0x437, 'e', 0},
	{0x438, 'u', 'n'}, {0x434, 'd', 0}, {0x43B, 'n', 0},  {0x43D, 'h', 'n'},
	{0x43F, 'n', 0},   {0x44F, 'r', 0}, {0x4A0, 'k', 0},  {0x4A1, 'k', 0},
	{0x4E0, 'e', 0},   {0x4E1, 'e', 0}, {0x10B1, 'u', 0}, {0x2D11, 'u', 0},
	{0x138, 'k', 0},   {0x250, 'a', 0}, {0x254, 'c', 0},  {0x1DD, 'e', 0},
	{0x25F, 'f', 0},   {0x183, 'g', 0}, {0x265, 'h', 0},  {0x1D09, 'i', 0},
	{0x27E, 'j', 0},   {0x29E, 'k', 0}, {0x26F, 'm', 0},  {0x279, 'r', 0},
	{0x287, 't', 0},   {0x28C, 'v', 0}, {0x28D, 'w', 0},  {0x28E, 'y', 0},
};

/* What `c` looks like in its own case; `other`: a second letter that it looks or sounds like. */
static uint8_t look(UChar32 c, uint8_t *other)
{
	uint8_t letter = 0;

	*other = 0;
	for (size_t i = 0; i < sizeof more_look_alikes / sizeof *more_look_alikes; i++)
		if (more_look_alikes[i].c == c) {
			*other = more_look_alikes[i].other;
			return more_look_alikes[i].letter;
		}
	if ((letter = letter_of_name(c)))
		return letter;
	return letter_of_confusable(c);
}

static UChar32 other_case(UChar32 c)
{
	UChar32 other = u_tolower(c) != c ? u_tolower(c) : u_toupper(c);
	return u_tolower(other) == u_tolower(c) ? other : c;
}

/*
 * The letters that `c` is read as: its own reading (`own`), and what its capital and its small
 * letter look like. A capital iota also looks like l; it is an i.
 */
static struct look_alike both_looks(UChar32 c)
{
	uint8_t other, second;
	struct look_alike both = {.c = (uint32_t)c};
	uint8_t own = look(c, &other), opposite = look(other_case(c), &second);
	bool is_small = u_tolower(c) == c;

	own = own ? own : opposite;
	opposite = opposite ? opposite : own;
	both.own = own;
	both.upper = is_small ? opposite : own;
	both.lower = is_small ? own : opposite;
	if (own == opposite && other)
		both.lower = other;
	if (own + opposite == 'i' + 'l') {
		both.own = both.upper = 'i';
		both.lower = 'l';
	}
	return both;
}

static int is_vowel_sign(UChar32 c)
{
	/* Marks of one script only (Thai, Indic ...) are part of its words. Marks for any letter
	 * have Script=Inherited; marks with a combining class are reordered with them in NFC and
	 * NFD. */
	UErrorCode err = U_ZERO_ERROR;
	return uscript_getScript(c, &err) != USCRIPT_INHERITED && !u_getCombiningClass(c);
}

/* Digits in dingbats and double circles, which NFKC does not change. */
static int is_circled_digit(UChar32 c)
{
	return u_charType(c) == U_OTHER_NUMBER &&
	       ((c >= 0x24F5 && c <= 0x24FF) || (c >= 0x2776 && c <= 0x2793)) &&
	       u_getNumericValue(c) < 10;
}

static uint8_t kind_of(UChar32 c)
{
	if (c == '\n' || c == '\r' || u_isUWhiteSpace(c) || c == 0x2800)
		return GLYPH_SPACE;
	int8_t type = u_charType(c);
	if (type == U_CONTROL_CHAR || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
		return CODEPOINT_INVISIBLE;
	if (type == U_FORMAT_CHAR)
		return CODEPOINT_INVISIBLE;
	if (type == U_ENCLOSING_MARK)
		return CODEPOINT_MARK;
	if (U_MASK(type) & U_GC_M_MASK)
		return is_vowel_sign(c) ? GLYPH_LETTER : CODEPOINT_MARK;
	if (U_MASK(type) & U_GC_L_MASK)
		return GLYPH_LETTER;
	if (type == U_DECIMAL_DIGIT_NUMBER || is_circled_digit(c))
		return GLYPH_DIGIT;
	if ((U_MASK(type) & U_GC_P_MASK) || (c < 0x80 && u_isprint(c)))
		return GLYPH_PUNCT;
	return GLYPH_SYMBOL;
}

/* The properties of a code point without a decomposition. */
static struct codepoint plain(UChar32 c)
{
	struct codepoint e = {.glyph.kind = kind_of(c)};

	switch (e.glyph.kind) {
	case GLYPH_SPACE:
		e.glyph.ch = ' ';
		if ((c >= 0xA && c <= 0xD) || c == 0x85 || c == 0x2028 || c == 0x2029)
			e.glyph.ch = '\n';
		return e;
	case CODEPOINT_MARK:
		e.glyph.marks = vietnamese_mark(c);
		return e;
	case GLYPH_DIGIT:
		e.glyph.letter = (uint8_t)('0' + (int)u_getNumericValue(c));
		e.glyph.ch = e.glyph.letter;
		e.glyph.flags = is_circled_digit(c) ? GLYPH_COMPAT : 0;
		return e;
	case GLYPH_SYMBOL: /* negative circled and squared letters are used as letters */
		if (c >= 0x1F150 && c <= 0x1F189 && (e.glyph.letter = letter_of_name(c))) {
			e.glyph.kind = GLYPH_LETTER;
			e.glyph.flags = GLYPH_UPPER | GLYPH_COMPAT;
			e.glyph.ch = e.glyph.letter - 0x20u;
		}
		return e;
	case GLYPH_LETTER:
		break;
	default:
		return e;
	}
	if (u_isupper(c) || u_istitle(c))
		e.glyph.flags |= GLYPH_UPPER;
	if (looks_like_d_stroke(c)) {
		e.glyph.letter = 'd';
		e.glyph.marks = MARK_STROKE;
		if (c != 0x110 && c != 0x111)
			e.glyph.flags |= GLYPH_LOOKALIKE;
	} else if (is_ascii_letter(c)) {
		e.glyph.letter = lower(c);
	} else if ((e.glyph.letter = both_looks(c).own)) {
		e.glyph.flags |= GLYPH_LOOKALIKE;
	}
	return e;
}

/* A letter that decomposes into one base and marks: ệ, ü, й. False if it is not that. */
static int letter_with_marks(const UChar32 *part, int count, struct codepoint *e)
{
	struct letter letter;

	if (kind_of(part[0]) != GLYPH_LETTER)
		return 0;
	*e = plain(part[0]);
	letter_begin(&letter, e->glyph.ch ? e->glyph.ch : (uint32_t)part[0], e->glyph.letter,
		     e->glyph.marks, e->glyph.flags);
	for (int i = 1; i < count; i++) {
		if (kind_of(part[i]) != CODEPOINT_MARK)
			return 0;
		letter_mark(&letter, (uint32_t)part[i], vietnamese_mark(part[i]));
	}
	e->glyph.ch = letter.ch;
	e->glyph.marks = letter.marks;
	e->glyph.flags = letter.flags;
	e->count = (uint8_t)(count - 1);
	return 1;
}

static struct codepoint of(UChar32 c)
{
	UChar buf[64];
	UChar32 part[64] = {0};
	UErrorCode err = U_ZERO_ERROR;
	if (U_IS_SURROGATE((uint32_t)c) || c == 0x3F9 || /* Ϲ: not Σ, as in NFKC */
	    u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
		return plain(c);
	if (uscript_getScript(c, &err) == USCRIPT_HANGUL && u_charType(c) == U_OTHER_LETTER &&
	    c >= 0xAC00 && c <= 0xD7A3)
		return plain(c); /* a Hangul block stays one letter; words and marks do not depend
				    on it */
	int32_t len = unorm2_getDecomposition(nfkc, c, buf, 64, &err);
	if (len < 0 || U_FAILURE(err))
		return plain(c);
	int count = 0;
	for (int32_t i = 0; i < len; count++)
		part[count] = next(buf, &i, len);
	/* A character with a canonical decomposition (é) is not another form of a letter. */
	UErrorCode err2 = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&err2);
	uint8_t compat = unorm2_getDecomposition(nfc, c, buf, 64, &err2) < 0 ? GLYPH_COMPAT : 0;
	struct codepoint e;
	if (letter_with_marks(part, count, &e)) {
		e.glyph.flags |= compat;
		if ((e.glyph.flags & GLYPH_UPPER) == 0 && u_isupper(c))
			e.glyph.flags |= GLYPH_UPPER;
		return e;
	}
	if (count == 1) {
		e = plain(part[0]);
		if (!e.glyph.ch)
			e.glyph.ch = (uint32_t)part[0];
		e.glyph.flags |= compat;
		return e;
	}
	e = (struct codepoint){.glyph.kind = CODEPOINT_EXPANDS,
			       .glyph.ch = expansion_count,
			       .glyph.flags = compat,
			       .count = (uint8_t)count};
	for (int i = 0; i < count; i++)
		expansions[expansion_count++] = (uint32_t)part[i];
	return e;
}

/* Whether `c` is unchanged in canonical text, and its small letter has the same length in UTF-8.
 * Excluded is the first character of a forum's tag. */
static bool is_canonical(UChar32 c, const struct codepoint *e)
{
	bool upper = e->glyph.flags & GLYPH_UPPER;

	if (!e->standalone || c == '[' || (e->glyph.flags & ~GLYPH_UPPER) ||
	    (e->glyph.ch && e->glyph.ch != (uint32_t)c))
		return false;
	return !upper || (e->glyph.letter && U8_LENGTH(u_tolower(c)) == U8_LENGTH(c));
}

/* Excluded are the first character of an entity, regional indicators, Hangul vowels and codas, and
 * vowel signs. */
static bool is_standalone(UChar32 c, const struct codepoint *e)
{
	if ((c >= REGIONAL_A && c <= REGIONAL_Z) || U_MASK(u_charType(c)) & U_GC_M_MASK)
		return false;
	return e->glyph.kind <= GLYPH_SYMBOL && c != '&' && !(c >= 0x1161 && c <= 0x11C2);
}

static int same(const struct codepoint *a, const struct codepoint *b)
{
	return a->glyph.ch == b->glyph.ch && a->glyph.marks == b->glyph.marks &&
	       a->glyph.kind == b->glyph.kind && a->glyph.letter == b->glyph.letter &&
	       a->glyph.flags == b->glyph.flags && a->glyph.len == b->glyph.len &&
	       a->glyph.boundary == b->glyph.boundary && a->count == b->count &&
	       a->standalone == b->standalone && a->canonical == b->canonical;
}

static uint16_t intern(const struct codepoint *e)
{
	for (unsigned i = ASCII; i < row_count; i++)
		if (same(&rows[i], e))
			return (uint16_t)i;
	if (row_count == sizeof rows / sizeof *rows || expansion_count > 16000) {
		fprintf(stderr, "mkcodepoints: a table is full\n");
		exit(1);
	}
	rows[row_count] = *e;
	return (uint16_t)row_count++;
}

static void complete(struct codepoint *e, UChar32 c)
{
	if (!e->glyph.ch)
		e->glyph.ch = (uint32_t)c;
	e->glyph.len = 1;
}

/* Where the two cases look like two letters. */
static void add_look_alike(UChar32 c, const struct codepoint *e)
{
	UChar32 base = c;
	UChar buf[64];
	UErrorCode err = U_ZERO_ERROR;
	int32_t at = 0, len = unorm2_getDecomposition(nfkc, c, buf, 64, &err);

	if (e->glyph.kind != GLYPH_LETTER || !(e->glyph.flags & GLYPH_LOOKALIKE) ||
	    (e->glyph.marks & MARK_STROKE))
		return;
	if (len > 0)
		base = next(buf, &at, len);
	struct look_alike both = both_looks(base);
	both.c = (uint32_t)c;
	if (both.upper != both.lower && look_alike_count < sizeof look_alikes / sizeof *look_alikes)
		look_alikes[look_alike_count++] = both;
}

static bool is_two_way(UChar32 c)
{
	return look_alike_count && look_alikes[look_alike_count - 1].c == (uint32_t)c;
}

static void fill(void)
{
	for (UChar32 block = 0; block < BLOCKS; block++) {
		uint16_t *row = stage2[block_count];
		for (UChar32 i = 0; i < BLOCK; i++) {
			struct codepoint e = of(block * BLOCK + i);
			add_look_alike(block * BLOCK + i, &e);
			e.glyph.boundary = e.glyph.kind != GLYPH_LETTER ||
					   (e.glyph.flags & GLYPH_UPPER) ||
					   is_two_way(block * BLOCK + i);
			e.standalone = is_standalone(block * BLOCK + i, &e);
			e.canonical = is_canonical(block * BLOCK + i, &e);
			if (block * BLOCK + i < ASCII)
				complete(&e, block * BLOCK + i);
			row[i] = intern(&e);
		}
		unsigned same = 0;
		while (same < block_count && memcmp(stage2[same], row, sizeof stage2[0]) != 0)
			same++;
		stage1[block] = (uint16_t)same;
		block_count += same == block_count;
	}
}

/* The two letters of each flag: bit n of row m is set where the letters m and n, from A on, are
 * the code of a country. */
static void write_regions(void)
{
	static const char *const more[] = {"AC", "CP", "DG", "EA", "EU", "IC", "TA", "UN", "XK"};
	uint32_t row[26] = {0};

	for (const char *const *code = uloc_getISOCountries(); *code; code++)
		row[(*code)[0] - 'A'] |= 1u << ((*code)[1] - 'A');
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		row[more[i][0] - 'A'] |= 1u << (more[i][1] - 'A');
	printf("static const uint32_t regions[26] = {");
	for (int i = 0; i < 26; i++)
		printf("%u,", row[i]);
	printf("};\n");
}

static void write_look_alikes(void)
{
	printf("static const struct look_alike look_alikes[%u] = {\n", look_alike_count);
	for (unsigned i = 0; i < look_alike_count; i++)
		printf("{%u,%u,%u,%u},\n", look_alikes[i].c, look_alikes[i].own,
		       look_alikes[i].upper, look_alikes[i].lower);
	printf("};\n");
}

static int kind_of_byte(int byte)
{
	if (byte >= ASCII || !rows[byte].canonical)
		return BYTE_OTHER;
	return rows[byte].glyph.kind == GLYPH_SPACE ? BYTE_BLANK : BYTE_GLYPH;
}

static void write_bytes(void)
{
	printf("const uint8_t codepoint_byte[256] = {");
	for (int i = 0; i < 256; i++)
		printf("%d,", kind_of_byte(i));
	printf("};\n");
}

static void write_tables(void)
{
	printf("/* Generated by mkcodepoints.c from ICU %s (Unicode %s). */\n", U_ICU_VERSION,
	       U_UNICODE_VERSION);
	printf("const uint16_t codepoint_block[%d] = {", BLOCKS);
	for (int i = 0; i < BLOCKS; i++)
		printf("%u,", stage1[i]);
	printf("};\nconst uint16_t codepoint_index[%u][%d] = {\n", block_count, BLOCK);
	for (unsigned b = 0; b < block_count; b++) {
		printf("{");
		for (int i = 0; i < BLOCK; i++)
			printf("%u,", stage2[b][i]);
		printf("},\n");
	}
	printf("};\nconst struct codepoint codepoint_table[%u] = {\n", row_count);
	for (unsigned i = 0; i < row_count; i++) {
		const struct codepoint *e = &rows[i];
		printf("{{.ch=%u,.marks=%u,.kind=%u,.letter=%u,.flags=%u,.boundary=%u,.len=%u},%u,%d,%d},\n",
		       e->glyph.ch, e->glyph.marks, e->glyph.kind, e->glyph.letter, e->glyph.flags,
		       e->glyph.boundary, e->glyph.len, e->count, e->standalone, e->canonical);
	}
	printf("};\nstatic const uint32_t expansions[%u] = {", expansion_count);
	for (unsigned i = 0; i < expansion_count; i++)
		printf("%u,", expansions[i]);
	printf("};\n");
}

int main(void)
{
	UErrorCode err = U_ZERO_ERROR;
	nfkc = unorm2_getNFKCInstance(&err);
	check(err, "NFKC data");
	spoof = uspoof_open(&err);
	check(err, "uspoof_open");
	fill();
	write_tables();
	write_bytes();
	write_look_alikes();
	write_regions();
	uspoof_close(spoof);
	return 0;
}
