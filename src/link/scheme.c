#include <string.h>

#include "link/scheme.h"
#include "link/words.h"
#include "text/walk.h"

enum { SCHEME_MAX = 12 };

/* hxxps, glued on to the word before it: AMENhttps */
static size_t web_suffix(const char *word)
{
	static const char *const web[] = {"https", "http", "hxxps", "hxxp"};
	size_t len = strlen(word);
	for (size_t i = 0; i < sizeof web / sizeof *web; i++) {
		size_t n = strlen(web[i]);
		if (len >= n && !strcmp(word + len - n, web[i]))
			return n;
	}
	return 0;
}

/* The letters and digits that end before `end`, the last SCHEME_MAX of them. */
static size_t read_back(const struct text *text, size_t floor, size_t end, char *word)
{
	size_t first = end;
	while (first > floor && end - first < SCHEME_MAX && text->glyph[first - 1].letter)
		first--;
	for (size_t i = first; i < end; i++)
		word[i - first] = (char)text->glyph[i].letter;
	word[end - first] = '\0';
	return end - first;
}

static size_t skip_slashes(const struct text *text, size_t i)
{
	while (glyph_at(text, i)->ch == '/' || glyph_at(text, i)->ch == '\\')
		i++;
	return i;
}

bool scheme_read(const struct text *text, size_t floor, size_t i, struct scheme *scheme)
{
	char word[SCHEME_MAX + 1];
	size_t slash = glyph_skip_blanks(text, i + 1), host = skip_slashes(text, slash), end = i;

	scheme->mail = host == slash;
	if (scheme->mail && glyph_at(text, i - 1)->letter != 'o')
		return false;
	while (end > floor && i - end < 2 && text->glyph[end - 1].ch == ' ')
		end--;
	size_t len = read_back(text, floor, end, word);
	if (scheme->mail) {
		scheme->first = end - len;
		scheme->end = i + 1;
		return end == i && !strcmp(word, "mailto");
	}
	bool listed = words_have(WORDS_SCHEMES, word);
	bool neat = end == i && slash == i + 1 && host == slash + 2;
	size_t web = web_suffix(word);
	scheme->first = end - (web && !listed ? web : len);
	scheme->end = glyph_skip_blanks(text, host);
	scheme->sure = neat && scheme->end == host && (web || listed);
	return web || (neat && len >= 2 && word[0] >= 'a');
}
