#include <stdlib.h>
#include <string.h>
#include <unicode/utf8.h>

#include "rules/match/prefilter.h"
#include "text/codepoint.h"
#include "text/skeleton.h"

/* Whether literals have it: not other scripts, look-alikes, other marks. */
static bool is_plain(const struct glyph *glyph)
{
	return glyph->kind <= GLYPH_DIGIT && glyph->letter && !(glyph->flags & ~GLYPH_UPPER);
}

size_t prefilter_read(const char *canonical, size_t len, char *run)
{
	size_t runs = 0;

	for (size_t i = 0; i < len;) {
		uint32_t c;
		U8_NEXT_UNSAFE((const uint8_t *)canonical, i, c);
		const struct glyph *glyph = &codepoint_look(c)->glyph;
		char byte = (char)skeleton_byte(glyph);
		if (is_plain(glyph) && (runs == 0 || run[runs - 1] != byte))
			run[runs++] = byte;
	}
	return runs;
}

/* The number of letters of the shortest literal, 0 for an empty set. */
static size_t literals_shortest(const struct literals *set)
{
	size_t least = set->count ? LITERAL_LETTERS : 0;
	for (unsigned i = 0; i < set->count; i++)
		if (strlen(set->literal[i]) < least)
			least = strlen(set->literal[i]);
	return least;
}

/* Sets `best` to the more selective of the two sets. */
static void literals_choose(struct literals *best, const struct literals *other)
{
	size_t have = literals_shortest(best), offered = literals_shortest(other);
	if (offered > have || (offered && offered == have && other->count < best->count))
		*best = *other;
}

/* Appends `b` to `a` as in a skeleton: equal letters that meet are one run. */
static bool join(char to[LITERAL_LETTERS + 1], const char *a, const char *b)
{
	size_t len = strlen(a);
	if (len && a[len - 1] == *b)
		b++;
	size_t rest = strlen(b);
	if (len + rest > LITERAL_LETTERS)
		return false;
	memcpy(to, a, len + 1);
	memcpy(to + len, b, rest + 1);
	return true;
}

/* Appends each of `b` to each of `a`. These functions return false when the result does not fit; it
 * is then not used. */
static bool literals_multiply(struct literals *product, const struct literals *a,
			      const struct literals *b)
{
	product->count = 0;
	if (a->count * b->count > LITERALS)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		for (unsigned k = 0; k < b->count; k++)
			if (!join(product->literal[product->count++], a->literal[i], b->literal[k]))
				return false;
	return true;
}

static bool literals_add(struct literals *set, const char *literal)
{
	for (unsigned i = 0; i < set->count; i++)
		if (strcmp(set->literal[i], literal) == 0)
			return true;
	if (set->count == LITERALS)
		return false;
	memcpy(set->literal[set->count++], literal, strlen(literal) + 1);
	return true;
}

static bool literals_unite(struct literals *set, const struct literals *other)
{
	for (unsigned i = 0; i < other->count; i++)
		if (!literals_add(set, other->literal[i]))
			return false;
	return true;
}

static char *literals_longest(struct literals *set)
{
	char *longest = set->literal[0];

	for (unsigned i = 1; i < set->count; i++)
		if (strlen(set->literal[i]) > strlen(longest))
			longest = set->literal[i];
	return longest;
}

/* Unites them, and leaves out the longest of those that do not fit. */
static void literals_unite_shortest(struct literals *set, const struct literals *other)
{
	for (unsigned i = 0; i < other->count; i++) {
		const char *literal = other->literal[i];
		char *longest;

		if (literals_add(set, literal))
			continue;
		longest = literals_longest(set);
		if (strlen(literal) < strlen(longest))
			memcpy(longest, literal, strlen(literal) + 1);
	}
}

enum { DEPTH = 16 };

/* What is known about a part of the pattern. */
struct part {
	bool exact; /* `one_of` lists all that it can add to a skeleton, including nothing */
	struct literals
		one_of; /* else: what it adds contains one of these; count 0: nothing is known */
};

struct parser {
	const char *at;
	unsigned depth;
	bool failed; /* the pattern uses syntax that is not analysed */
	bool cuts;   /* the longest alternatives are left out if they do not fit: finds too few */
};

static const struct part nothing = {.exact = true, .one_of = {.count = 1}};
static const struct part anything = {.exact = false};

static struct part alternatives(struct parser *p);

/* ---- single characters ---------------------------------------------------------------- */

/* What `c` adds to a skeleton, if everything that it matches adds the same. */
static struct part character(uint32_t c)
{
	const struct glyph *glyph = &codepoint_look(c)->glyph;
	struct part part = nothing;

	if (glyph->kind == GLYPH_SPACE || glyph->kind == GLYPH_PUNCT || glyph->kind == GLYPH_SYMBOL)
		return nothing;
	if (!is_plain(glyph))
		return anything; /* no literal has it */
	part.one_of.literal[0][0] = (char)skeleton_byte(glyph);
	return part;
}

static uint32_t next_character(struct parser *p)
{
	const uint8_t *bytes = (const uint8_t *)p->at;
	int32_t i = 0, c;
	U8_NEXT(bytes, i, -1, c);
	p->at += i;
	return c < 0 ? 0 : (uint32_t)c;
}

/* \x41 and \x{1EA1}, after the x. */
static struct part hexadecimal(struct parser *p)
{
	bool braced = *p->at == '{';
	char digits[9] = "", *end;
	size_t n = braced ? strcspn(p->at + 1, "}") : strspn(p->at, "0123456789abcdefABCDEF");

	if (!braced && n > 2)
		n = 2;
	if (n == 0 || n >= sizeof digits) {
		p->failed = true;
		return anything;
	}
	memcpy(digits, p->at + braced, n);
	p->at += n + (braced ? 2 : 0);
	unsigned long c = strtoul(digits, &end, 16);
	p->failed |= *end || c > 0x10ffff;
	return p->failed ? anything : character((uint32_t)c);
}

/* \p{Lu} and \pL, after the p. */
static struct part property(struct parser *p)
{
	if (*p->at == '{')
		p->at += strcspn(p->at, "}");
	p->at += *p->at != '\0';
	return anything;
}

/* What follows a backslash. \w matches letters and digits; \s and \W add nothing to a skeleton. */
static struct part escape(struct parser *p)
{
	char c = *p->at;

	if (!c) { /* PCRE2 does not compile such a pattern */
		p->failed = true;
		return anything;
	}
	if ((unsigned char)c >= 0x80 ||
	    !((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')))
		return character(next_character(p));
	p->at++;
	if (strchr("bBAZzGKshvRWfnrtae", c))
		return nothing;
	if (strchr("dDwSHVX", c))
		return anything;
	if (c == 'x')
		return hexadecimal(p);
	if (c == 'p' || c == 'P')
		return property(p);
	if (c >= '1' && c <= '9') {
		p->at += strspn(p->at, "0123456789");
		return anything;
	}
	p->failed = true; /* \Q \N \o \g \k ... */
	return anything;
}

/* ---- classes -------------------------------------------------------------------------- */

/* One member of a class. `*words`: it is \w. */
static struct part member(struct parser *p, bool *words)
{
	if (*p->at == '[' && strchr(":.=", p->at[1]) && p->at[1]) {
		p->failed = true; /* [:alpha:] */
		return anything;
	}
	if (*p->at == '\\') {
		p->at++;
		*words |= *p->at == 'w';
		return escape(p);
	}
	return character(next_character(p));
}

/* A class from its bracket on: each member is an alternative. */
static struct part class(struct parser *p)
{
	struct part set = {.exact = true};
	bool words = false, negated = p->at[1] == '^';

	p->at += 1 + negated;
	for (bool first = true; *p->at && (*p->at != ']' || first) && !p->failed; first = false) {
		struct part one = member(p, &words);
		bool range = *p->at == '-' && p->at[1] && p->at[1] != ']';

		if (range) {
			p->at++;
			member(p, &words);
		}
		set.exact = set.exact && one.exact && !range &&
			    literals_unite(&set.one_of, &one.one_of);
	}
	if (*p->at == ']')
		p->at++;
	else
		p->failed = true;
	if (negated)
		return words ? nothing : anything;
	return set.exact ? set : anything;
}

/* ---- groups --------------------------------------------------------------------------- */

static void skip_name(struct parser *p, char end)
{
	while (*p->at && *p->at != end)
		p->at++;
	p->at += *p->at != '\0';
}

/* (?i) and (?i: after the question mark. Returns true if a group continues after it. */
static bool options(struct parser *p)
{
	size_t n = strspn(p->at, "^-imsnUJ");
	p->at += n;
	if (*p->at == ':') {
		p->at++;
		return true;
	}
	p->failed |= n == 0 || *p->at != ')';
	return false;
}

/* What follows `(`: whether it is a look-ahead or look-behind, and whether it has content. */
static bool opening(struct parser *p, bool *looks)
{
	if (*p->at == '*') {
		p->failed = true; /* (*VERB) */
		return false;
	}
	if (*p->at != '?')
		return true;
	p->at++;
	bool behind = *p->at == '<' && (p->at[1] == '=' || p->at[1] == '!');
	*looks = behind || *p->at == '=' || *p->at == '!';
	if (*looks) {
		p->at += 1 + behind;
	} else if (*p->at == ':' || *p->at == '>' || *p->at == '|') {
		p->at++;
	} else if ((*p->at == '<' && p->at[1] != '*') || *p->at == '\'') { /* (?<*) looks behind */
		skip_name(p, *p->at++ == '<' ? '>' : '\'');
	} else if (*p->at == 'P' && p->at[1] == '<') {
		skip_name(p, '>');
	} else {
		return options(p);
	}
	return true;
}

static struct part group(struct parser *p)
{
	bool looks = false;
	struct part part = nothing;

	p->at++;
	if (++p->depth > DEPTH)
		p->failed = true;
	if (!p->failed && opening(p, &looks))
		part = alternatives(p);
	p->depth--;
	if (*p->at == ')')
		p->at++;
	else
		p->failed = true;
	return looks ? nothing : part;
}

/* ---- sequences and alternatives ------------------------------------------------------- */

/* Returns the end of {2}  {2,}  {2,5}, else `at`. */
static const char *braces(const char *at)
{
	if (*at != '{')
		return at;
	const char *end = at + 1 + strspn(at + 1, "0123456789");
	if (end == at + 1)
		return at;
	if (*end == ',')
		end += 1 + strspn(end + 1, "0123456789");
	return *end == '}' ? end + 1 : at;
}

/* Reads how often the part may be repeated. */
static struct part quantified(struct parser *p, struct part part)
{
	const char *end = braces(p->at);
	bool counted = end > p->at, once = p->at[0] == '?';
	bool may_lack = once || *p->at == '*' || (counted && strtoul(p->at + 1, NULL, 10) == 0);

	if (!counted && *p->at != '*' && *p->at != '+' && !once)
		return part;
	p->at = counted ? end : p->at + 1;
	p->at += *p->at == '?' || *p->at == '+'; /* lazy, possessive */
	bool stretches = part.exact && part.one_of.count == 1 && !part.one_of.literal[0][1];
	if (!may_lack) {
		part.exact = stretches; /* a repeated letter is one letter in a skeleton */
		return part;
	}
	bool known = part.exact && (once || stretches) && literals_add(&part.one_of, "");
	return known ? part : anything;
}

static struct part element(struct parser *p)
{
	switch (*p->at) {
	case '\\':
		p->at++;
		return escape(p);
	case '[':
		return class(p);
	case '(':
		return group(p);
	case '.':
		p->at++;
		return anything;
	case '^':
	case '$':
		p->at++;
		return nothing;
	case '{': /* {,3} { 3 }: signs in PCRE2 10.42, a count since 10.43 */
		p->failed = true;
		return anything;
	default:
		return character(next_character(p));
	}
}

/* Extends `exact` as long as everything is known; else keeps the best set so far. */
static struct part sequence(struct parser *p)
{
	struct literals run = nothing.one_of, best = {.count = 0}, longer;
	bool exact = true;

	while (*p->at && *p->at != '|' && *p->at != ')' && !p->failed) {
		struct part part = element(p);
		part = quantified(p, part);
		if (part.exact && literals_multiply(&longer, &run, &part.one_of)) {
			run = longer;
			continue;
		}
		literals_choose(&best, &run);
		literals_choose(&best, &part.one_of);
		run = part.exact ? part.one_of : nothing.one_of;
		exact = false;
	}
	if (exact)
		return (struct part){.exact = true, .one_of = run};
	literals_choose(&best, &run);
	return (struct part){.exact = false, .one_of = best};
}

static struct part alternatives(struct parser *p)
{
	struct part all = sequence(p);

	while (*p->at == '|' && !p->failed) {
		p->at++;
		struct part next = sequence(p);
		all.exact = all.exact && next.exact;
		bool known = all.exact ||
			     (literals_shortest(&all.one_of) && literals_shortest(&next.one_of));
		if (known && p->cuts)
			literals_unite_shortest(&all.one_of, &next.one_of);
		else if (!known || !literals_unite(&all.one_of, &next.one_of))
			all = anything; /* continues with nothing known */
	}
	return all;
}

static bool find(struct parser p, struct literals *found)
{
	struct part part = alternatives(&p);

	*found = part.one_of;
	return !p.failed && !*p.at && literals_shortest(found) >= LITERAL_LEAST;
}

bool prefilter_find(const char *source, struct literals *found)
{
	return find((struct parser){.at = source}, found);
}

bool prefilter_has_too_many(const char *source)
{
	struct literals found;

	return !prefilter_find(source, &found) &&
	       find((struct parser){.at = source, .cuts = true}, &found);
}
