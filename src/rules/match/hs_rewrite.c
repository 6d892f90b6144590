#include "rules/match/hs_rewrite.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/limits.h"
#include "rules/match/syntax.h"

#define BEYOND_ASCII "\\x{80}-\\x{10ffff}"

struct rewriting {
	const char *source, *at; /* `at`: what is still to be read */
	char *to;
	bool caseless; /* somewhere in it */
	bool loose;    /* counts become + and * */
	bool in_class, negated;
};

/* Whether the pattern cannot be rewritten and must keep HS_FLAG_UCP. */
static bool needs_unicode(const char *source)
{
	static const char *const words[] = {"\\Q", "\\X", "\\N", "\\K", "\\C",
					    "\\R", "(*",  "(?#", "\\o", "\\c"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(source, words[i]))
			return true;
	if (syntax_has_option(source, 'x'))
		return true;
	int32_t len = (int32_t)strlen(source);
	for (int32_t i = 0; i < len;) {
		int32_t c;
		U8_NEXT((const uint8_t *)source, i, len, c);
		if (c >= 0x80 && u_tolower(c) != c)
			return true;
	}
	return false;
}

static void put(struct rewriting *r, const char *s)
{
	size_t n = strlen(s);
	memcpy(r->to, s, n);
	r->to += n;
}

/*
 * \p{Lu}, \PL and [[:alpha:]] become what libhs knows, and in addition all ASCII letters and all
 * characters beyond ASCII. PCRE2 decides about these.
 */
static void widen(struct rewriting *r, size_t len)
{
	if (!r->in_class)
		put(r, "[");
	memcpy(r->to, r->at, len);
	r->to += len;
	r->at += len;
	put(r, r->in_class ? "A-Za-z" BEYOND_ASCII : "A-Za-z" BEYOND_ASCII "]");
}

/* In a negated class it is replaced by a character that no text contains. Returns false beside a
 * hyphen, which would then make a range. */
static bool leave_out(struct rewriting *r, size_t len)
{
	if (r->at[-1] == '-' || r->at[len] == '-')
		return false;
	put(r, "\\x00");
	r->at += len;
	return true;
}

/* Whether removing a \b would join what is before and after it: \1\b2  \x4\b1  a{2\b}  .\b{2} */
static bool removal_joins(const struct rewriting *r)
{
	char next = r->at[2];

	if (next && strchr("?*+{", next))
		return true;
	if (!next || !strchr("0123456789abcdefABCDEF,}", next))
		return false;
	for (const char *before = r->at - 1; before >= r->source && before >= r->at - 4; before--)
		if (*before == '\\' || *before == '{')
			return true;
	return false;
}

/* Takes one escape. Returns false for one that cannot be rewritten. */
static bool escape(struct rewriting *r)
{
	char c = r->at[1];
	size_t len = syntax_escape_len(r->at);

	if (c && r->in_class && r->negated && strchr("WSDpP", c))
		return leave_out(r, len);
	if (c == 'p' || c == 'P') {
		widen(r, len);
		return true;
	}
	if (!r->in_class && (c == 'b' || c == 'B')) {
		bool ok = !removal_joins(r);
		r->at += len;
		return ok;
	}
	r->at += len;
	if (c == 'w' && !r->in_class)
		put(r, "[\\w" BEYOND_ASCII "]");
	else if (c == 'w' && !r->negated)
		put(r, "\\w" BEYOND_ASCII);
	else {
		*r->to++ = '\\';
		if (c)
			*r->to++ = c;
	}
	return true;
}

static void open_class(struct rewriting *r)
{
	r->in_class = true;
	*r->to++ = *r->at++;
	r->negated = *r->at == '^';
	if (r->negated)
		*r->to++ = *r->at++;
	else if (r->caseless && syntax_has_wide_range(r->at, syntax_members_len(r->at)))
		put(r, BEYOND_ASCII);
	if (*r->at == ']' || *r->at == '-') { /* first in a class it is an ordinary member */
		*r->to++ = '\\';
		*r->to++ = *r->at++;
	}
}

/* Takes one [:alpha:]. Returns false for [[:<:]], which is not a class but the beginning of a word.
 */
static bool name(struct rewriting *r, size_t len)
{
	if (strchr("<>", r->at[2]))
		return false;
	if (r->negated)
		return leave_out(r, len);
	widen(r, len);
	return true;
}

/* Whether the brace at `s` belongs to \x{41}, \p{Lu} or similar. */
static bool is_braced_escape(const struct rewriting *r, const char *s)
{
	return s - r->source >= 2 && s[-2] == '\\' && strchr("xopPgkN", s[-1]);
}

/* {0,20} becomes *, {2,5} becomes +. */
static bool loosen(struct rewriting *r)
{
	unsigned least, most;
	size_t len = is_braced_escape(r, r->at) ? 0 : syntax_count_len(r->at, &least, &most);

	if (len)
		*r->to++ = least ? '+' : '*';
	r->at += len;
	return len;
}

/*
 * `.{0,20}` becomes `.*`: counts over the bytes of UTF-8 take libhs longest to compile, and a
 * candidate may match more than its pattern.
 */
static void dot(struct rewriting *r)
{
	*r->to++ = *r->at++;
	loosen(r);
}

bool hs_is_too_large(const char *source)
{
	return syntax_atoms(source) > LIMIT_HS_ATOMS;
}

static bool rewrite(const char *source, bool caseless, char *to)
{
	struct rewriting r = {.source = source,
			      .at = source,
			      .to = to,
			      .caseless = caseless,
			      .loose = hs_is_too_large(source)};

	while (*r.at) {
		size_t named = r.in_class ? syntax_named_class(r.at) : 0;

		if (*r.at == '\\') {
			if (!escape(&r))
				return false;
		} else if (named) {
			if (!name(&r, named))
				return false;
		} else if (*r.at == '[' && !r.in_class) {
			open_class(&r);
		} else if (*r.at == '.' && !r.in_class) {
			dot(&r);
		} else if (*r.at == '{' && !r.in_class && r.loose && loosen(&r)) {
			continue;
		} else {
			r.in_class = r.in_class && *r.at != ']';
			*r.to++ = *r.at++;
		}
	}
	*r.to = '\0';
	return true;
}

/* The length of the look-behind at `s`; 0 if there is none, or if it has groups. */
static size_t look_behind_len(const char *s)
{
	size_t len = strlen("(?<!");

	if (strncmp(s, "(?<!", len) != 0 && strncmp(s, "(?<=", len) != 0)
		return 0;
	while (s[len] && !strchr("()", s[len]))
		len += syntax_atom_len(s + len);
	return s[len] == ')' ? len + 1 : 0;
}

/*
 * (?<!\w)[\w.]+a becomes [\w.]a: where the whole matches, the last character of the class and what
 * follows do. (?<!\w)[\w.]+@ becomes @, since few texts have such a sign. libhs scans half as fast
 * with a class that nearly every character is of.
 */
static void shorten_start(char *expression)
{
	char *at = expression;

	for (size_t len; (len = look_behind_len(at));)
		at += len;
	size_t len = *at == '[' ? syntax_atom_len(at) : 0;
	if (!len || at[len] != '+' || (at[len + 1] && strchr("?*+{", at[len + 1])))
		return;
	const char *rest = at + len + 1;
	size_t kept = *rest && strchr("@#%&=~", *rest) ? 0 : len;
	memmove(expression, at, kept);
	memmove(expression + kept, rest, strlen(rest) + 1);
}

char *hs_rewrite(const char *source, bool caseless)
{
	/* \w, two bytes, becomes 24 at the most. */
	char *to = needs_unicode(source) ? NULL : calloc(strlen(source) + 1, 12);
	if (!to || !rewrite(source, caseless, to)) {
		free(to);
		return NULL;
	}
	shorten_start(to);
	return to;
}

size_t hs_atoms(const char *source, bool caseless)
{
	enum { LONGEST = 16000 }; /* libhs refuses longer expressions */
	char *rewritten = hs_rewrite(source, caseless);
	const char *expression = rewritten ? rewritten : source;
	bool refused = strlen(expression) > LONGEST || (!rewritten && hs_is_too_large(source));
	size_t atoms = refused ? 0 : syntax_atoms(expression);

	free(rewritten);
	return atoms;
}
