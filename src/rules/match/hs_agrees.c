#include "rules/match/hs_agrees.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uset.h>
#include <unicode/utf8.h>

#include "rules/match/hs_rewrite.h"
#include "rules/match/syntax.h"

/* Whether it depends on Unicode properties, of which libhs knows an older version. */
static bool asks_unicode(const char *source)
{
	static const char *const escapes[] = {"\\w", "\\W", "\\p", "\\P"};

	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
		if (strstr(source, escapes[i]))
			return true;
	while ((source = strstr(source, "[:")) && !syntax_named_class(source))
		source++;
	return source;
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
	    (has_new_case(source) || (!rewritten && syntax_has_wide_range(source, strlen(source)))))
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

bool hs_ignores_case(const char *source)
{
	return syntax_has_option(source, 'i');
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
			size_t len = syntax_members_len(source + 1 + negated);

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
