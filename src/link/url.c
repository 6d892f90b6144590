#include <string.h>

#include "link/dot.h"
#include "link/ip.h"
#include "link/label.h"
#include "link/url.h"
#include "link/words.h"
#include "text/glyph_at.h"

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
	bool colon = glyph_at(text, i)->ch == ':';
	size_t slash = colon ? glyph_skip_blanks(text, i + 1) : i;
	size_t host = skip_slashes(text, slash), end = i;

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
	bool neat = end == i && slash == i + colon && host == slash + 2;
	size_t web = web_suffix(word);
	neat |= web && end == i && slash == i + colon && host > slash + 2; /* http:///vidu */
	scheme->first = end - (web && !listed ? web : len);
	scheme->end = glyph_skip_blanks(text, host);
	scheme->sure = neat && scheme->end == host && (web || listed);
	return web || (colon && neat && len >= 2 && word[0] >= 'a');
}

static size_t skip_userinfo(const struct text *text, size_t i)
{
	size_t at = i;
	for (size_t k = i; glyph_at(text, k)->kind != GLYPH_SPACE; k++) {
		uint32_t ch = glyph_at(text, k)->ch;
		if (ch == '/' || ch == '?' || ch == '#' || ch == '\\' || ch == '<' || ch == '"')
			break;
		if (ch == '@' && glyph_is_word(glyph_at(text, k + 1)))
			at = k + 1;
	}
	return at;
}

static bool is_known(const struct text *text, const struct label *label)
{
	enum tld tld = tld_look(text, label);
	return tld != TLD_NONE && tld_is_known(text, label, tld);
}

/* A label of an authority behind another, and whether it is a known suffix: only behind one does it
 * end where the script changes. */
static struct label read_label(const struct text *text, size_t i, bool *known)
{
	struct label label = label_read(text, i, false);
	const struct glyph *behind = glyph_at(text, label.first + label.count);
	*known = is_known(text, &label);
	if (*known || behind->ch == '.' || behind->kind == GLYPH_SPACE)
		return label;
	label = label_read(text, i, true);
	*known = is_known(text, &label);
	return label;
}

/* `vidu.vn.Hay lắm`: a sentence goes on where no further label follows. */
static bool is_sentence(const struct text *text, const struct label *label)
{
	size_t end = label->first + label->count;
	bool last = glyph_at(text, end)->ch != '.' || !glyph_is_word(glyph_at(text, end + 1));
	return last && label->flags & (LABEL_MARK | LABEL_TITLE);
}

/* Whether the next label, which is a `suffix` or not, still belongs to the host, `known` telling
 * that it may end here. */
static bool goes_on(const struct text *text, const struct label *before, const struct label *label,
		    enum dot dot, bool known, bool suffix)
{
	if (!label->count)
		return false;
	if (dot <= DOT_HIDDEN)
		return !known || !is_sentence(text, label);
	if (known)
		return tld_is_pair(text, before, label);
	return suffix && tld_look(text, label) >= TLD_FAMILIAR;
}

bool authority_read(const struct text *text, size_t i, struct host *host)
{
	return host_read(text, skip_userinfo(text, i), host);
}

bool host_read(const struct text *text, size_t i, struct host *host)
{
	host->first = i;
	host->ip = host->known = ip_read(text, i, &host->end);
	if (host->ip)
		return true;
	struct label label = label_read(text, i, true);
	if (label.first != i || !label.count)
		return false;
	bool ascii = !(label.flags & (LABEL_MARK | LABEL_FOREIGN | LABEL_SIGN));
	for (;;) {
		size_t next;
		bool suffix;
		host->end = label.first + label.count;
		enum dot dot = dot_read(text, host->end, &next);
		if (dot == DOT_NONE)
			break;
		struct label before = label;
		label = read_label(text, next, &suffix);
		if (label.first != next ||
		    !goes_on(text, &before, &label, dot, host->known, suffix))
			break;
		host->known = suffix;
		ascii = true;
	}
	return ascii;
}
