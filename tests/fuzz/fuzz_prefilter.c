/*
 * Patterns and texts: what a scan finds must be what PCRE2 finds alone, pattern after pattern,
 * on the same canonical text. A missing candidate would approve banned text.
 *
 * An input that begins with ~ or = is used as it is written: each line that begins with ~ (any
 * case) or = (case counts) is a pattern, each other line a text. From any other input, patterns and
 * texts are made (pattern_maker.h). What differs is printed as an input of the first kind, a seed.
 */
#include "fuzz.h"

#include <string.h>
#include "pattern_maker.h"
#include "rules/match/build.h"
#include "rules/match/pattern.h"
#include "rules/match/scan.h"
#include "text/canonical.h"
#include "text/read_text.h"

enum { PATTERNS = 8, TEXTS = 48, PATTERN_BYTES = 400, TEXT_BYTES = 2000 };

struct tried {
	struct buf source;
	bool caseless;
	struct choices form;
	pcre2_code *code;
};

static struct tried patterns[PATTERNS];
static unsigned count;
static struct buf text_bytes;

static struct text *text;
static struct scan_scratch *scan_scratch;
static struct pattern_scratch *pattern_scratch;
static struct canonical canonical[2];
static size_t patterns_tried, pairs_tried, found;

static void clean_up(void)
{
	fprintf(stderr, "%zu patterns, %zu pairs of a pattern and a text, %zu of them with a hit\n",
		patterns_tried, pairs_tried, found);
	text_free(text);
	scan_scratch_free(scan_scratch);
	pattern_scratch_free(pattern_scratch);
	canonical_clear(&canonical[0]);
	canonical_clear(&canonical[1]);
	buf_free(&text_bytes);
	for (size_t i = 0; i < PATTERNS; i++)
		buf_free(&patterns[i].source);
}

static void set_up(void)
{
	text = text_new();
	scan_scratch = scan_scratch_new();
	pattern_scratch = pattern_scratch_new();
	REQUIRE(text && scan_scratch && pattern_scratch);
	atexit(clean_up);
}

/* ---- one text ------------------------------------------------------------------------- */

static void differs(unsigned i, const char *what)
{
	for (unsigned k = 0; k < count; k++)
		fprintf(stderr, "%c%s\n", patterns[k].caseless ? '~' : '=',
			buf_string(&patterns[k].source));
	fprintf(stderr, "%s\n", buf_string(&text_bytes));
	fprintf(stderr, "pattern %u, %s: %s\n", i, buf_string(&patterns[i].source), what);
	abort();
}

/* Whether PCRE2 matches without JIT and with a higher match limit than the program's. The JIT of
 * 10.42 has mistakes of its own ([^[:graph:]\w\s] takes a line break). Also false if it
 * reaches this limit. */
static bool really_matches(const struct tried *p, const struct canonical *c)
{
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	int rc;

	REQUIRE(data && context);
	pcre2_set_match_limit(context, 1000000);
	rc = pcre2_match(p->code, (PCRE2_SPTR)c->bytes, c->len, 0,
			 PCRE2_NOTEMPTY | PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, data, context);
	pcre2_match_data_free(data);
	pcre2_match_context_free(context);
	return rc >= 0;
}

static bool is_broken(const struct scan_result *result, unsigned rule)
{
	for (size_t i = 0; i < result->broken_count; i++)
		if (result->broken[i] == rule)
			return true;
	return false;
}

/* The hits of pattern `i` begin at `*hit` of the result; `*hit` moves past them. */
static void compare(unsigned i, const struct scan_result *result, size_t *hit)
{
	const struct canonical *c = &canonical[patterns[i].caseless];
	size_t at = 0, end, first = *hit, reach = 0;
	bool in_order = true, broken = is_broken(result, i);
	enum pattern_result r =
		pattern_next(patterns[i].code, pattern_scratch, c->bytes, c->len, &at, &end);

	while (*hit < result->count && result->hits[*hit].rule_index == i)
		++*hit;
	if (r == PATTERN_BROKEN && !broken && really_matches(&patterns[i], c))
		differs(i, "PCRE2 is at its limit, the scan finds nothing");
	if (r == PATTERN_FOUND && first == *hit && really_matches(&patterns[i], c))
		differs(i, "only PCRE2 finds it");
	if (r == PATTERN_NONE && (first < *hit || broken))
		differs(i, "only the scan finds it");
	found += r == PATTERN_FOUND;
	for (; r == PATTERN_FOUND && in_order && first < *hit; first++) {
		size_t glyph = canonical_glyph(c, text, at),
		       last = canonical_glyph(c, text, end - 1);

		in_order = at >= reach; /* a match with \K may begin before the last one ends */
		if (in_order && (result->hits[first].first != glyph ||
				 result->hits[first].count != last - glyph + 1))
			differs(i, "at another place");
		at = reach = end;
		r = pattern_next(patterns[i].code, pattern_scratch, c->bytes, c->len, &at, &end);
	}
}

static void try_text(const struct scan *scan)
{
	struct scan_result result;
	size_t hit = 0;

	if (text_bytes.len > TEXT_BYTES ||
	    text_read(text, buf_string(&text_bytes), text_bytes.len) != TEXT_OK)
		return;
	REQUIRE(scan_text(scan, scan_scratch, text, &result));
	REQUIRE(canonical_write(&canonical[0], text, false));
	REQUIRE(canonical_write(&canonical[1], text, true));
	for (unsigned i = 0; i < count; i++)
		compare(i, &result, &hit);
	REQUIRE(hit == result.count);
	pairs_tried += count;
}

/* ---- patterns ------------------------------------------------------------------------- */

/* Has a count of 30 or more. Large counts take libhs seconds. */
static bool is_slow(const char *source)
{
	for (size_t digits; *source; source++)
		if ((*source == '{' || *source == ',') &&
		    (digits = strspn(source + 1, "0123456789")) > 1 &&
		    (digits > 2 || source[1] > '2'))
			return true;
	return false;
}

/* Keeps the pattern in the next place if PCRE2 compiles it. */
static void keep_pattern(void)
{
	struct tried *p = &patterns[count];
	char why[128];
	size_t offset;

	if (p->source.len > PATTERN_BYTES || is_slow(buf_string(&p->source)) ||
	    strlen(buf_string(&p->source)) != p->source.len)
		return;
	p->code = pattern_compile(buf_string(&p->source), p->caseless, NULL, why, sizeof why,
				  &offset);
	count += p->code != NULL;
}

static struct scan *compile(void)
{
	struct scan_builder *builder = scan_builder_new();
	const char *why;
	size_t offset;

	REQUIRE(builder);
	for (unsigned i = 0; i < count; i++)
		REQUIRE(!scan_add_pattern(builder, i, buf_string(&patterns[i].source),
					  patterns[i].caseless ? 0 : SCAN_CASE, &offset));
	patterns_tried += count;
	return scan_compile(builder, &why);
}

static void free_patterns(void)
{
	while (count)
		pcre2_code_free(patterns[--count].code);
}

/* ---- inputs --------------------------------------------------------------------------- */

static void make_patterns(struct choices *c)
{
	size_t wanted = happens(c, 2) ? 1 : choose(c, PATTERNS) + 1;

	for (size_t tries = 0; tries < 2 * PATTERNS && count < wanted; tries++) {
		struct tried *p = &patterns[count];
		struct choices copy;

		p->caseless = happens(c, 2);
		p->form = copy = *c;
		buf_empty(&p->source);
		buf_empty(&text_bytes);
		pattern_make(c, &copy, &p->source, &text_bytes);
		if (happens(c, 3))
			pattern_disturb(c, &p->source);
		keep_pattern();
	}
}

/* libhs reads long texts differently from short ones: in blocks of 64 bytes. */
static void pad(struct choices *c)
{
	static const char *const fillings[] = {"z", ". ", "m", "đ ", "一"};
	const char *filling = fillings[choose(c, 5)];

	for (size_t left = happens(c, 3) ? choose(c, 150) : 0; left; left--)
		buf_add_string(&text_bytes, filling);
}

/* A text that one or two of the patterns are likely to match. */
static void make_text(struct choices *c)
{
	static const char *const between[] = {"", " ", "\n", "x", "-", "à"};
	static struct buf unused;

	buf_empty(&text_bytes);
	pad(c);
	do {
		struct choices form = patterns[choose(c, count)].form;

		buf_add_string(&text_bytes, between[choose(c, 6)]);
		buf_empty(&unused);
		pattern_make(&form, c, &unused, &text_bytes);
		buf_add_string(&text_bytes, between[choose(c, 6)]);
	} while (happens(c, 4));
	pad(c);
	text_disturb(c, &text_bytes);
}

static void try_made(struct choices c)
{
	struct scan *scan;

	make_patterns(&c);
	scan = count ? compile() : NULL;
	for (size_t i = 0; scan && i < TEXTS; i++) {
		make_text(&c);
		try_text(scan);
	}
	scan_free(scan);
}

static bool is_pattern(const char *line, size_t len)
{
	return len && (*line == '~' || *line == '=');
}

static void read_pattern(const char *line, size_t len)
{
	if (!is_pattern(line, len) || count == PATTERNS)
		return;
	patterns[count].caseless = *line == '~';
	buf_empty(&patterns[count].source);
	buf_add(&patterns[count].source, line + 1, len - 1);
	keep_pattern();
}

/* Tries the line as it is, then seven changed copies of it. */
static void try_line(const struct scan *scan, const char *line, size_t len, struct choices *c)
{
	for (size_t i = 0; i < 8; i++) {
		buf_empty(&text_bytes);
		buf_add(&text_bytes, line, len);
		if (i)
			text_disturb(c, &text_bytes);
		try_text(scan);
	}
}

static void try_written(const char *data, size_t size)
{
	struct choices c = choices_from((const uint8_t *)data, size);
	struct scan *scan = NULL;

	c.at = c.end; /* the bytes are patterns and texts; they decide nothing else */
	for (int round = 0; round < 2 && (round == 0 || scan); round++) {
		for (const char *line = data, *end = data + size; line < end;) {
			const char *stop = memchr(line, '\n', (size_t)(end - line));
			size_t len = (size_t)((stop ? stop : end) - line);

			if (round == 0)
				read_pattern(line, len);
			else if (!is_pattern(line, len))
				try_line(scan, line, len, &c);
			line += len + 1;
		}
		if (round == 0 && count)
			scan = compile();
	}
	scan_free(scan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!text)
		set_up();
	if (is_pattern((const char *)data, size))
		try_written((const char *)data, size);
	else
		try_made(choices_from(data, size));
	free_patterns();
	return 0;
}
