#include "rules/match/hs_rewrite.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uset.h>
#include <unicode/utf8.h>

#include "base/limits.h"

#define BEYOND_ASCII "\\x{80}-\\x{10ffff}"

/* The length of the [:alpha:] that `s` begins with; 0 for none, as in [:.-] */
static size_t named_class(const char *s)
{
	size_t len;

	if (strncmp(s, "[:", 2) != 0)
		return 0;
	len = 2 + strspn(s + 2, "^<>abcdefghijklmnopqrstuvwxyz");
	return strncmp(s + len, ":]", 2) == 0 ? len + 2 : 0;
}

/* Whether it depends on Unicode properties, of which libhs knows an older version. */
static bool asks_unicode(const char *source)
{
	static const char *const escapes[] = {"\\w", "\\W", "\\p", "\\P"};

	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
		if (strstr(source, escapes[i]))
			return true;
	while ((source = strstr(source, "[:")) && !named_class(source))
		source++;
	return source;
}

/* Whether an option such as (?i) or (?s-ix: contains `letter`. */
static bool has_option(const char *source, char letter)
{
	while ((source = strstr(source, "(?"))) {
		source += 2;
		if (memchr(source, letter, strspn(source, "^-imsxnUJ")))
			return true;
	}
	return false;
}

bool hs_ignores_case(const char *source)
{
	return has_option(source, 'i');
}

/* Whether `c` is a capital whose small letter libhs may not know. Texts are searched in small
 * letters. */
static bool is_new_capital(UChar32 c)
{
	enum { KNOWN = 6 }; /* Unicode 6 */
	UVersionInfo age, small_age;

	if (u_tolower(c) == c)
		return false;
	u_charAge(c, age);
	u_charAge(u_tolower(c), small_age);
	return age[0] > KNOWN || small_age[0] > KNOWN;
}

/* Whether it has more than two case forms, as σ has Σ and ς. ASCII letters have two in a canonical
 * text. */
static bool has_more_cases(UChar32 c)
{
	USet *same = c < 0x80 ? NULL : uset_open(c, c);
	bool more;

	if (!same)
		return false;
	uset_closeOver(same, USET_CASE_INSENSITIVE);
	more = uset_size(same) > 2;
	uset_close(same);
	return more;
}

/* Whether it has a letter of which libhs may know fewer case forms than PCRE2. */
static bool has_new_case(const char *source)
{
	int32_t len = (int32_t)strlen(source);

	for (int32_t c, i = 0; i < len;) {
		U8_NEXT((const uint8_t *)source, i, len, c);
		if (c == 'x' && source[i] == '{')
			c = (int32_t)strtoul(source + i + 1, NULL, 16);
		if (is_new_capital(c) || has_more_cases(c))
			return true;
	}
	return strstr(source, "\\o{");
}

/* Whether a range may reach beyond ASCII: without regard to case, à-ỹ also matches letters outside
 * of the range, which libhs may not know. */
static bool has_wide_range(const char *source, size_t len)
{
	for (size_t i = 1; i + 1 < len; i++) {
		const char *at = source + i;
		bool numbered = at[-1] == '}' || (at[1] == '\\' && strchr("xoN01234567", at[2]));

		if (*at == '-' && at[-1] != '\\' && (((at[-1] | at[1]) & 0x80) || numbered))
			return true;
	}
	return false;
}

/* Whether it has an \E without a \Q. PCRE2 ignores it, so in [\E]a] the class continues after the
 * first bracket. */
static bool has_stray_end(const char *source)
{
	for (const char *end; (end = strstr(source, "\\E")); source = end + 2) {
		const char *quote = strstr(source, "\\Q");
		if (!quote || quote > end)
			return true;
	}
	return false;
}

/* To PCRE2 since 10.43 `{,3}` and `{ 3 }` are counts, to libhs signs. In a pattern that is not
 * `rewritten`, \w, \p and [[:alpha:]] take characters that libhs does not know. Neither does it
 * know the case of new letters. */
bool hs_agrees(const char *source, bool rewritten, bool caseless)
{
	if (caseless &&
	    (has_new_case(source) || (!rewritten && has_wide_range(source, strlen(source)))))
		return false;
	if (has_stray_end(source) || (!rewritten && asks_unicode(source)))
		return false;
	while ((source = strchr(source, '{'))) {
		size_t len = strspn(++source, "0123456789, \t");
		size_t plain = strspn(source, "0123456789");

		if (source[len] == '}' && len && (!plain || strcspn(source, " \t") < len))
			return false;
	}
	return true;
}

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
	if (has_option(source, 'x'))
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

static size_t escape_len(const char *escape)
{
	size_t len = escape[1] ? 2 : 1;

	if (escape[1] != 'p' && escape[1] != 'P')
		return len;
	if (escape[2] == '{')
		len += strcspn(escape + 2, "}");
	return len + (escape[len] != '\0');
}

/* Whether removing a \b would join what is before and after it: \1\b2  \x4\b1  a{2\b}  .\b{2} */
static bool parts(const struct rewriting *r)
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
	size_t len = escape_len(r->at);

	if (c && r->in_class && r->negated && strchr("WSDpP", c))
		return leave_out(r, len);
	if (c == 'p' || c == 'P') {
		widen(r, len);
		return true;
	}
	if (!r->in_class && (c == 'b' || c == 'B')) {
		bool ok = !parts(r);
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

/* The length of the members of a class. */
static size_t members_len(const char *members)
{
	size_t len = *members == ']';

	while (members[len] && members[len] != ']') {
		size_t named = named_class(members + len);
		len += named ? named : members[len] == '\\' && members[len + 1] ? 2 : 1;
	}
	return len;
}

static void open_class(struct rewriting *r)
{
	r->in_class = true;
	*r->to++ = *r->at++;
	r->negated = *r->at == '^';
	if (r->negated)
		*r->to++ = *r->at++;
	else if (r->caseless && has_wide_range(r->at, members_len(r->at)))
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

/* The length of the count at `s`, such as {2,5}, and its numbers; 0 if it is not a count. */
static size_t count_len(const char *s, unsigned *least, unsigned *most)
{
	char *end;

	if (*s != '{' || s[1] < '0' || s[1] > '9')
		return 0;
	*least = (unsigned)strtoul(s + 1, &end, 10);
	*most = *least;
	if (*end == ',')
		*most = (unsigned)strtoul(end + 1, &end, 10);
	if (*most < *least)
		*most = *least; /* {2,} */
	return *end == '}' ? (size_t)(end - s) + 1 : 0;
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
	size_t len = is_braced_escape(r, r->at) ? 0 : count_len(r->at, &least, &most);

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

enum { DEEPEST = 64, LARGEST = 1 << 20 };

static size_t least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many bytes of a pattern are one atom: a letter, an escape, a class. */
static size_t atom_len(const char *s)
{
	if (*s == '\\')
		return escape_len(s);
	return *s == '['
		       ? least_of(2 + members_len(s + 1 + (s[1] == '^')) + (s[1] == '^'), strlen(s))
		       : 1;
}

/* How many atoms a pattern has when its counts are written out: (?:ab{3}){2} has 8. */
static size_t expanded_size(const char *s)
{
	size_t size[DEEPEST] = {0}, last = 0, depth = 0;
	unsigned least, most;

	while (*s && depth < DEEPEST - 1) {
		size_t len = count_len(s, &least, &most);

		if (len) {
			size[depth] = least_of(size[depth] + last * (most ? most - 1 : 0), LARGEST);
		} else if (*s == '(') {
			size[++depth] = 0;
			len = 1;
		} else if (*s == ')' && depth) {
			last = size[depth--];
			size[depth] = least_of(size[depth] + last, LARGEST);
			len = 1;
		} else {
			last = 1;
			size[depth]++;
			len = atom_len(s);
		}
		s += len;
	}
	return *s ? LARGEST : size[0];
}

bool hs_is_too_large(const char *source)
{
	return expanded_size(source) > LIMIT_HS_ATOMS;
}

static bool rewrite(const char *source, bool caseless, char *to)
{
	struct rewriting r = {.source = source,
			      .at = source,
			      .to = to,
			      .caseless = caseless,
			      .loose = hs_is_too_large(source)};

	while (*r.at) {
		size_t named = r.in_class ? named_class(r.at) : 0;

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
		len += atom_len(s + len);
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
	size_t len = *at == '[' ? atom_len(at) : 0;
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

/* Whether an option is turned off, as (?-i) does. */
static bool has_option_off(const char *source)
{
	while ((source = strstr(source, "(?"))) {
		source += 2;
		if (strcspn(source, "^-") < strspn(source, "^-imsxnUJ"))
			return true;
	}
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whether the members of a class, up to its bracket, may be letters: as in a, \141 or !-~. */
static bool has_letters(const char *members, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)members[i];
		bool escaped = c == '\\' && i + 1 < len;
		bool range = c == '-' && i && i + 1 < len;

		if (escaped && strchr("dDsSwWhHvVnrt", members[i + 1]))
			i++;
		else if (c >= 0x80 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			 (escaped && is_digit(members[i + 1])) ||
			 (range && !(is_digit(members[i - 1]) && is_digit(members[i + 1]))))
			return true;
	}
	return false;
}

/* Whether one of its classes excludes letters, such as [^A-Z] or [^a]. */
static bool leaves_letters_out(const char *source)
{
	for (; *source; source++) {
		if (*source == '\\' && source[1]) {
			source++;
		} else if (*source == '[') {
			bool negated = source[1] == '^';
			size_t len = members_len(source + 1 + negated);

			if (negated && has_letters(source + 2, len))
				return true;
			source += negated + len;
		}
	}
	return false;
}

bool hs_found_in_small_letters(const char *source)
{
	char *rewritten = hs_rewrite(source, true);
	bool found = rewritten && hs_agrees(source, true, true) && !has_option_off(source) &&
		     !leaves_letters_out(source);

	free(rewritten);
	return found;
}

size_t hs_atoms(const char *source, bool caseless)
{
	enum { LONGEST = 16000 }; /* libhs refuses longer expressions */
	char *rewritten = hs_rewrite(source, caseless);
	const char *expression = rewritten ? rewritten : source;
	bool refused = strlen(expression) > LONGEST || (!rewritten && hs_is_too_large(source));
	size_t atoms = refused ? 0 : expanded_size(expression);

	free(rewritten);
	return atoms;
}
