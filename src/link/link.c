#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "base/grow.h"
#include "link/domain.h"
#include "link/dot.h"
#include "link/ip.h"
#include "link/label.h"
#include "link/link.h"
#include "link/tail.h"
#include "link/words.h"
#include "text/text.h"

/* URLs: the scheme in any disguise, and the host after it. */
struct scheme {
	size_t first, end; /* glyphs, including the slashes after it */
	bool sure;	   /* a known scheme without a disguise: any host is accepted */
	bool script;	   /* javascript: in an attribute */
	bool mail;	   /* mailto: */
};

enum { SCHEME_MAX = 12 };

/* Returns the length of http, https, hxxp or hxxps at the end of `word`, else 0. It may be joined
 * to the word before it: AMENhttps */
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

/* Copies the letters and digits that end before `end`, the last SCHEME_MAX of them. Returns their
 * number. */
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

/* Whether `word:`, which begins at glyph `i`, is a script or a page in an attribute:
 * href="javascript:…". Images are not: src="data:image/…". */
static bool is_script(const struct text *text, size_t i, const char *word)
{
	bool data = !strcmp(word, "data");
	if (i < text->visible ||
	    !(data || !strcmp(word, "javascript") || !strcmp(word, "vbscript")))
		return false;
	size_t name = i;
	i -= glyph_is_blank(&text->glyph[i - 1]);
	i -= is_one_of(text->glyph[i - 1].ch, "\"'");
	return text->glyph[i - 1].ch == '=' && !(data && glyph_spells(text, name + 5, "image"));
}

/* Reads the scheme around the colon at glyph `i`, or before the slashes there if the colon is
 * missing. It begins at `floor` or later. */
static bool scheme_read(const struct text *text, size_t floor, size_t i, struct scheme *scheme)
{
	char word[SCHEME_MAX + 1];
	bool colon = glyph_at(text, i)->ch == ':';
	size_t slash = colon ? glyph_skip_blanks(text, i + 1) : i;
	size_t host = skip_slashes(text, slash), end = i;

	*scheme = (struct scheme){.mail = host == slash};
	if (scheme->mail && !is_one_of(glyph_at(text, i - 1)->letter, "oat"))
		return false;
	while (end > floor && i - end < 2 && text->glyph[end - 1].ch == ' ')
		end--;
	size_t len = read_back(text, floor, end, word);
	if (scheme->mail) {
		scheme->first = end - len;
		scheme->end = i + 1;
		scheme->script = end == i && is_script(text, end - len, word);
		return scheme->script || (end == i && !strcmp(word, "mailto"));
	}
	bool listed = words_have(WORDS_SCHEMES, word);
	bool regular = end == i && slash == i + colon && host == slash + 2;
	size_t web = web_suffix(word);
	regular |= web && end == i && slash == i + colon && host > slash + 2; /* http:///vidu */
	scheme->first = end - (web && !listed ? web : len);
	scheme->end = glyph_skip_blanks(text, host);
	scheme->sure = regular && scheme->end == host && (web || listed);
	return web || (colon && regular && len >= 2 && word[0] >= 'a');
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

/* Reads the next label of an authority, and whether it is a known suffix. Only a label that is then
 * a known suffix ends where the script changes. */
static struct label read_label(const struct text *text, size_t i, bool *known)
{
	struct label label = label_read(text, i, false);
	const struct glyph *after = glyph_at(text, label.first + label.count);
	*known = is_known(text, &label);
	if (*known || after->ch == '.' || after->kind == GLYPH_SPACE)
		return label;
	label = label_read(text, i, true);
	*known = is_known(text, &label);
	return label;
}

/* `vidu.vn.Hay lắm`: the sentence continues if no further label follows. */
static bool is_sentence(const struct text *text, const struct label *label)
{
	size_t end = label->first + label->count;
	bool last = glyph_at(text, end)->ch != '.' || !glyph_is_word(glyph_at(text, end + 1));
	return last && label->flags & (LABEL_MARK | LABEL_TITLE);
}

/* Whether the next label, which is a `suffix` or not, still belongs to the host. `known`: the host
 * may end here. */
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

/*
 * Reads the host at glyph `i`. Disguised dots count as long as the host is not complete; a single
 * label must be plain ASCII. The time is proportional to the length of the host.
 */
static bool host_read(const struct text *text, size_t i, struct host *host)
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

/* Reads the host after `//` at glyph `i`, after any user:password@. */
static bool authority_read(const struct text *text, size_t i, struct host *host)
{
	return host_read(text, skip_userinfo(text, i), host);
}

/* E-mail addresses. */

static bool is_name(const struct glyph *g)
{
	return g->letter || is_one_of(g->ch, "._%+-");
}

/* Returns the length of `a còng` (Vietnamese for @) that ends before glyph `i`, else 0. */
static size_t spoken_at_before(const struct text *text, size_t floor, size_t i)
{
	if (i >= floor + 6 && text->glyph[i - 6].letter == 'a' &&
	    glyph_is_blank(&text->glyph[i - 5]) && glyph_spells(text, i - 4, "cong"))
		return 6;
	return i >= floor + 5 && glyph_spells(text, i - 5, "acong") ? 5 : 0;
}

static bool are_brackets(uint32_t open, uint32_t close)
{
	return (open == '(' && close == ')') || (open == '[' && close == ']') ||
	       (open == '{' && close == '}');
}

/* Whether the dot of the host at glyph `i` is a word or in brackets: then `at` may be a word too.
 */
static bool is_disguised(const struct text *text, size_t i)
{
	while (glyph_is_word(glyph_at(text, i)) || glyph_at(text, i)->ch == '-')
		i++;
	return glyph_at(text, i)->ch != '.';
}

/* Moves back over `@`, `(at)`, `[at]`, `{at}` or `a còng` with or without brackets, or `at` as in
 * `at gmail dot com`. Returns `i` itself when there is none. */
static size_t sign_before(const struct text *text, size_t floor, size_t i)
{
	if (i == floor || text->glyph[i - 1].ch == '@')
		return i - (i > floor);
	bool closed = text->glyph[i - 1].kind == GLYPH_PUNCT;
	size_t end = i - closed, n = spoken_at_before(text, floor, end);
	if (!n && (closed || is_disguised(text, i + 1)) && end >= floor + 2 &&
	    glyph_spells(text, end - 2, "at"))
		n = 2;
	if (!n || end - n == floor)
		return i;
	const struct glyph *before = &text->glyph[end - n - 1];
	if (closed)
		return are_brackets(before->ch, text->glyph[i - 1].ch) ? end - n - 1 : i;
	return glyph_is_word(before) ? i : end - n;
}

/*
 * Whether `name@` stands before the host at glyph `host`, its sign plain or disguised:
 * name (at) b.com, name a còng b.com. Sets `*first` to the name's first glyph. Never moves before
 * `floor`.
 */
static bool mail_before(const struct text *text, size_t floor, size_t host, size_t *first)
{
	size_t end = host;
	if (end > floor && glyph_is_blank(&text->glyph[end - 1]))
		end--;
	size_t sign = sign_before(text, floor, end);
	if (sign == end)
		return false;
	if (sign > floor && glyph_is_blank(&text->glyph[sign - 1]))
		sign--;
	size_t i = sign;
	while (i > floor && is_name(&text->glyph[i - 1]))
		i--;
	*first = i;
	return i < sign;
}

/* The end of the name that begins at glyph `i`. */
static size_t mail_name(const struct text *text, size_t i)
{
	while (is_name(glyph_at(text, i)))
		i++;
	return i;
}

/* Whether what ends before glyph `i` is the name of an e-mail address and not a host. */
static bool mail_follows(const struct text *text, size_t i)
{
	return glyph_at(text, i)->ch == '@' && glyph_is_word(glyph_at(text, i + 1));
}

/* Whether another address follows the slash at glyph `i`: a@b.com/c@d.com */
static bool another_mail_follows(const struct text *text, size_t i)
{
	size_t end = glyph_at(text, i)->ch == '/' ? mail_name(text, i + 1) : i;
	return end > i + 1 && mail_follows(text, end);
}

static struct link make_link(enum link_kind kind, const struct host *host, size_t first, size_t end)
{
	return (struct link){.first = (uint32_t)first,
			     .count = (uint32_t)(end - first),
			     .host_first = (uint32_t)host->first,
			     .host_count = (uint32_t)(host->end - host->first),
			     .kind = (uint8_t)kind};
}

/* mailto:name@host, whatever the host. */
static bool read_mailto(const struct text *text, const struct scheme *scheme, struct link *link)
{
	struct host host;
	size_t at = mail_name(text, scheme->end);
	if (at == scheme->end || glyph_at(text, at)->ch != '@' ||
	    !authority_read(text, at + 1, &host))
		return false;
	*link = make_link(LINK_EMAIL, &host, scheme->first, tail_read(text, host.end));
	return true;
}

/* Reads the link around the colon at `i`: scheme, host, and the rest. */
static bool read_url(const struct text *text, size_t floor, size_t i, struct link *link)
{
	struct scheme scheme;
	struct host host;

	if (!scheme_read(text, floor, i, &scheme))
		return false;
	if (scheme.script) {
		host = (struct host){.first = scheme.first, .end = i};
		*link = make_link(LINK_URL, &host, scheme.first, tail_read(text, scheme.end));
		return true;
	}
	if (scheme.mail)
		return read_mailto(text, &scheme, link);
	if (!authority_read(text, scheme.end, &host) || !(scheme.sure || host.known))
		return false;
	size_t end = tail_read(text, host.end);
	*link = make_link(host.ip ? LINK_IP : LINK_URL, &host, scheme.first, end);
	return true;
}

static enum link_kind kind_of(const struct text *text, const struct host *host)
{
	if (host->ip)
		return LINK_IP;
	return glyph_spells(text, host->first, "www") ? LINK_URL : LINK_DOMAIN;
}

/* Whether only one or two blanks or line breaks are between the link that ends at `floor` and glyph
 * `i`. */
static bool is_beside(const struct text *text, size_t floor, size_t i)
{
	return floor && i > floor && i - floor <= 2 && glyph_at(text, i - 1)->kind == GLYPH_SPACE &&
	       glyph_at(text, floor)->kind == GLYPH_SPACE;
}

enum { WWW_NAME_MIN = 3 }; /* letters */

/* www.vidu, www.☃.ws, www.vidu-nạp: whatever follows is a name. */
static bool read_www(const struct text *text, const struct label *label, struct host *host)
{
	size_t next, end;
	if (label->count != 3 || !glyph_spells(text, label->first, "www") ||
	    dot_read(text, label->first + 3, &next) != DOT_PLAIN)
		return false;
	bool found = host_read(text, next, host) && host->end > next + 1;
	for (end = next; !found && glyph_is_word(glyph_at(text, end)); end++)
		if (!glyph_at(text, end)->letter || glyph_at(text, end)->marks)
			break;
	if (!found)
		host->end = end;
	host->first = label->first;
	return found || end - next >= WWW_NAME_MIN;
}

/* Whether the stop at `i` ends a word, and no word follows that could continue a host. */
static bool ends_sentence(const struct text *text, size_t floor, size_t i)
{
	const struct glyph *stop = &text->glyph[i];
	if (stop->ch != '.' || i == floor || !glyph_is_word(&stop[-1]) || stop[-1].letter == 'w')
		return false; /* www.☃.ws */
	size_t next = glyph_skip_blanks(text, i + 1);
	const struct glyph *g = glyph_at(text, next);
	return !glyph_is_word(g) && g->ch != '.' &&
	       !(g->ch == '\n' && glyph_at(text, next + 1)->letter == 'c'); /* com */
}

/* Reads the link around the dot at `i`, without a scheme. */
static bool read_domain(const struct text *text, size_t floor, size_t i, struct link *link,
			size_t *seen)
{
	if (ends_sentence(text, floor, i))
		return false;
	struct label label = label_before(text, floor, dot_begin(text, floor, i));
	struct host host = {.ip = false};
	size_t first;

	bool beside = is_beside(text, floor, label.first);
	if (!label.count || text->glyph[i].flags & GLYPH_RELATIVE ||
	    !(domain_read(text, floor, label, beside, &host, seen) ||
	      read_www(text, &label, &host)) ||
	    mail_follows(text, host.end))
		return false;
	enum path path = path_look(text, host.end);
	size_t end = tail_read(text, host.end);
	if (host.ip && end == host.end && !ip_is_public(text, host.first, host.end))
		return false;
	if ((!path || another_mail_follows(text, host.end)) &&
	    mail_before(text, floor, host.first, &first)) {
		*link = make_link(LINK_EMAIL, &host, first, host.end);
		return true;
	}
	if (!path && host.first > floor && text->glyph[host.first - 1].ch == '@')
		return false;
	*link = make_link(kind_of(text, &host), &host, host.first, end);
	return true;
}

/* [2001:db8::1], [2001:db8::1]:8080/x */
static bool read_v6(const struct text *text, size_t i, struct link *link)
{
	struct host host = {.first = i, .ip = true};
	if (!ip_is_v6(text, i, &host.end))
		return false;
	*link = make_link(LINK_IP, &host, i, tail_read(text, host.end));
	return true;
}

/* Reads the link around the sign that dot_search() found at `i`. */
static bool read_link(const struct text *text, size_t floor, size_t i, struct link *link,
		      size_t *seen)
{
	switch (text->glyph[i].ch) {
	case ':':
	case '/':
		if (read_url(text, floor, i, link))
			return true;
		break;
	case '[':
		if (read_v6(text, i, link))
			return true;
	}
	return read_domain(text, floor, i, link, seen);
}

bool link_find(struct text *text)
{
	size_t floor = 0, boundary = 0, next;

	text->links = 0;
	for (size_t i = dot_search(text, 0, &boundary); i < text->glyphs;
	     i = dot_search(text, next, &boundary)) {
		struct link link;
		size_t seen = 0;
		bool found = read_link(text, floor, i, &link, &seen);
		next = seen > i ? seen : i + 1;
		if (!found)
			continue;
		if (!grow(text->link, text->links + 1, &text->link_room))
			return false;
		text->link[text->links++] = link;
		next = floor = link.first + link.count;
	}
	return true;
}

size_t link_host(const struct text *text, const struct link *link, char *host, size_t size)
{
	size_t end = link->host_first + link->host_count, len = 0;

	for (size_t i = link->host_first, next; i < end; i = next) {
		uint32_t ch = (uint32_t)u_tolower((UChar32)text->glyph[i].ch);
		if (dot_read(text, i, &next) != DOT_NONE && next < end)
			ch = '.';
		else
			next = i + 1;
		if (len + U8_LENGTH(ch) >= size)
			return 0;
		U8_APPEND_UNSAFE((uint8_t *)host, len, ch);
	}
	if (len < size)
		host[len] = '\0';
	return len;
}
