#include <stdlib.h>
#include <string.h>

#include "text/link_dot.h"
#include "text/link_scheme.h"

enum { SCHEME_MAX = 12 };

/* What a browser or a phone opens, and the ways to write it so that a filter does not. */
static const char *const schemes[] = {
	"fb", "ftp", "ftps", "fxp", "http", "https", "hxxp", "hxxps", "intent", "irc", "market",
	"messenger", "mms", "rtmp", "rtsp", "sftp", "ssh", "tg", "viber", "whatsapp", "ws", "wss",
	"zalo",
};

static int compare(const void *word, const void *entry)
{
	return strcmp(word, *(const char *const *)entry);
}

static bool is_known(const char *word)
{
	return bsearch(word, schemes, sizeof schemes / sizeof *schemes, sizeof *schemes, compare);
}

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
	size_t end = i;
	while (end > floor && i - end < 2 && text->glyph[end - 1].ch == ' ')
		end--;
	size_t len = read_back(text, floor, end, word);
	size_t web = web_suffix(word);
	size_t slash = glyph_skip_blanks(text, i + 1);
	size_t host = skip_slashes(text, slash);
	bool neat = end == i && slash == i + 1 && host == slash + 2;

	scheme->mail = neat < !strcmp(word, "mailto");
	scheme->first = end - (web && !is_known(word) ? web : len);
	scheme->end = glyph_skip_blanks(text, host);
	scheme->sure = neat && scheme->end == host && (web || is_known(word));
	if (scheme->mail) {
		scheme->end = i + 1;
		return true;
	}
	if (host == slash)
		return false;
	return web || (neat && len >= 2 && word[0] >= 'a');
}
