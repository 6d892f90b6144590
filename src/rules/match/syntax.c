#include "rules/match/syntax.h"

#include <stdlib.h>
#include <string.h>

bool syntax_has_option(const char *source, char letter)
{
	while ((source = strstr(source, "(?"))) {
		source += 2;
		if (memchr(source, letter, strspn(source, "^-imsxnUJ")))
			return true;
	}
	return false;
}

bool syntax_has_wide_range(const char *source, size_t len)
{
	for (size_t i = 1; i + 1 < len; i++) {
		const char *at = source + i;
		bool numbered = at[-1] == '}' || (at[1] == '\\' && strchr("xoN01234567", at[2]));

		if (*at == '-' && at[-1] != '\\' && (((at[-1] | at[1]) & 0x80) || numbered))
			return true;
	}
	return false;
}

size_t syntax_named_class(const char *s)
{
	size_t len;

	if (strncmp(s, "[:", 2) != 0)
		return 0;
	len = 2 + strspn(s + 2, "^<>abcdefghijklmnopqrstuvwxyz");
	return strncmp(s + len, ":]", 2) == 0 ? len + 2 : 0;
}

size_t syntax_members_len(const char *members)
{
	size_t len = *members == ']';

	while (members[len] && members[len] != ']') {
		size_t named = syntax_named_class(members + len);
		len += named ? named : members[len] == '\\' && members[len + 1] ? 2 : 1;
	}
	return len;
}

size_t syntax_escape_len(const char *escape)
{
	size_t len = escape[1] ? 2 : 1;

	if (escape[1] != 'p' && escape[1] != 'P')
		return len;
	if (escape[2] == '{')
		len += strcspn(escape + 2, "}");
	return len + (escape[len] != '\0');
}

size_t syntax_count_len(const char *s, unsigned *least, unsigned *most)
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

enum { DEEPEST = 64, LARGEST = 1 << 20 };

static size_t least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t syntax_atom_len(const char *s)
{
	if (*s == '\\')
		return syntax_escape_len(s);
	return *s == '[' ? least_of(2 + syntax_members_len(s + 1 + (s[1] == '^')) + (s[1] == '^'),
				    strlen(s))
			 : 1;
}

size_t syntax_atoms(const char *s)
{
	size_t size[DEEPEST] = {0}, last = 0, depth = 0;
	unsigned least, most;

	while (*s && depth < DEEPEST - 1) {
		size_t len = syntax_count_len(s, &least, &most);

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
			len = syntax_atom_len(s);
		}
		s += len;
	}
	return *s ? LARGEST : size[0];
}
