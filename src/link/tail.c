#include "link/tail.h"

#include <libpsl.h>
#include <string.h>
#include "link/dot.h"
#include "link/label.h"
#include "link/words.h"
#include "text/text.h"
#include "text/syllable.h"

enum { PORT_DIGITS = 5, BRACKETS = 8 };

/* The slash that begins a path: `/`, or `[/]` and `(/)` after a disguised host. */
static size_t read_slash(const struct text *text, size_t i)
{
	if (glyph_at(text, i)->ch == '/')
		return 1;
	bool bracket = is_one_of(glyph_at(text, i)->ch, "[(") &&
		       is_one_of(glyph_at(text, i + 2)->ch, "])");
	return bracket && glyph_at(text, i + 1)->ch == '/' ? 3 : 0;
}

/* :8080 */
static size_t read_port(const struct text *text, size_t i)
{
	size_t n = 0;
	unsigned port = 0;
	if (glyph_at(text, i)->ch != ':')
		return 0;
	while (n <= PORT_DIGITS && glyph_at(text, i + 1 + n)->kind == GLYPH_DIGIT)
		port = port * 10 + glyph_at(text, i + 1 + n++)->letter - '0';
	return n && n <= PORT_DIGITS && port <= UINT16_MAX ? n + 1 : 0;
}

/* ?ref=ab: a query without a path before it. */
static bool is_query(const struct text *text, size_t i)
{
	if (glyph_at(text, i)->ch != '?')
		return false;
	struct label key = label_read(text, i + 1, false);
	return key.count && glyph_at(text, key.first + key.count)->ch == '=';
}

enum path path_look(const struct text *text, size_t i)
{
	i += read_port(text, i);
	size_t slash = read_slash(text, i), end;
	if (is_query(text, i))
		return PATH_SURE;
	if (!slash || glyph_at(text, i + slash)->kind == GLYPH_SPACE)
		return PATH_NONE;
	struct label word = label_read(text, i + slash, false);
	end = word.first + word.count;
	const struct glyph *after = glyph_at(text, end);
	bool more = is_one_of(after->ch, "/?=&#%@:~+") && glyph_is_word(glyph_at(text, end + 1));
	if (more || !word.count || word.flags & (LABEL_DIGIT | LABEL_HYPHEN))
		return PATH_SURE;
	return label_look(text, &word) >= LABEL_WORD && word.count > 3 ? PATH_SURE : PATH_DOUBT;
}

bool path_is_apart(const struct text *text, size_t i)
{
	i = glyph_skip_blanks(text, i);
	return glyph_at(text, i)->ch == '/' &&
	       glyph_is_word(glyph_at(text, glyph_skip_blanks(text, i + 1)));
}

/* Whether this glyph ends an address in any case. */
static bool ends_before(const struct glyph *g)
{
	if (g->kind == GLYPH_SPACE || g->ch == '<' || g->ch == '>')
		return true;
	if (g->kind == GLYPH_SYMBOL)
		return g->ch > 0x7F;
	if (g->kind != GLYPH_PUNCT)
		return false;
	return g->flags & GLYPH_COMPAT || g->ch >= 0x3000 || g->ch == 0xAB || g->ch == 0xBB ||
	       (g->ch >= 0x2018 && g->ch <= 0x201F);
}

/* Whether the next address begins here without a blank: ...com/ahttps://b.com */
static bool begins_next(const struct text *text, size_t i)
{
	size_t n = glyph_spells(text, i, "http");
	if (!n || !glyph_is_word(glyph_at(text, i - 1)))
		return false;
	n += glyph_at(text, i + n)->letter == 's';
	return glyph_at(text, i + n)->ch == ':' && glyph_at(text, i + n + 1)->ch == '/';
}

struct brackets {
	size_t at[BRACKETS];
	uint32_t closer[BRACKETS];
	size_t open;
	size_t quote, quoted; /* place of an open quote, and after a closed one; or 0 */
};

/* Counts brackets and quotes. Returns false where the address ends: at an unmatched ) or at too
 * many levels. */
static bool balance(struct brackets *b, uint32_t ch, size_t i)
{
	if (ch == '"') {
		if (b->quote)
			b->quoted = i + 1;
		b->quote = b->quote ? 0 : i;
		return true;
	}
	if (is_one_of(ch, ")]}")) {
		bool closes = b->open && b->closer[b->open - 1] == ch;
		b->open -= closes;
		return closes;
	}
	if (!is_one_of(ch, "([{"))
		return true;
	if (b->open == BRACKETS)
		return false;
	b->at[b->open] = i;
	b->closer[b->open++] = ch == '(' ? ')' : ch == '[' ? ']' : '}';
	return true;
}

static size_t trim(const struct text *text, size_t first, size_t end)
{
	while (end > first && is_one_of(text->glyph[end - 1].ch, ".,:;!?'\"*~|^"))
		end--;
	return end;
}

static size_t read_rest(const struct text *text, size_t first)
{
	struct brackets b = {.open = 0};
	size_t end = first;

	while (!ends_before(glyph_at(text, end)) && !begins_next(text, end) &&
	       balance(&b, glyph_at(text, end)->ch, end))
		end++;
	if (b.open && b.at[0] < end)
		end = b.at[0];
	if (b.quote && b.quote < end)
		end = b.quote;
	return trim(text, b.quoted > first && b.quoted <= end ? b.quoted : first, end);
}

size_t tail_read(const struct text *text, size_t i)
{
	i += read_port(text, i);
	size_t slash = read_slash(text, i);
	if (slash)
		return read_rest(text, i + slash);
	if (is_one_of(glyph_at(text, i)->ch, "?#\\"))
		return read_rest(text, i);
	return i;
}

/* The scheme, and the hosts within the tail. */

enum { DECODE_MAX = 4 }; /* %25252E: how often a character may be encoded */

bool link_is_web(const struct text *text, const struct link *link)
{
	size_t i = link->first, end = link->host_first;
	if (i == end || glyph_spells(text, i, "www"))
		return true;
	while (end > i && text->glyph[end - 1].ch != ':' && text->glyph[end - 1].ch != '/')
		end--;
	size_t n = glyph_spells(text, i, "http");
	n += n && glyph_at(text, i + n)->letter == 's';
	return n && !glyph_is_word(glyph_at(text, i + n));
}

/* A place in a link. next_char() reads from it, and decodes %XX. */
struct cursor {
	const struct text *text;
	size_t at, end;
};

static int hex(const struct glyph *g)
{
	if (g->kind == GLYPH_DIGIT)
		return g->letter - '0';
	return g->letter >= 'a' && g->letter <= 'f' ? g->letter - 'a' + 10 : -1;
}

/* The character that %XX stands for at the cursor, encoded once or more; -1 for none. */
static int decode(struct cursor *c)
{
	size_t i = c->at + 1;
	for (int n = 1; n < DECODE_MAX && glyph_spells(c->text, i, "25"); n++)
		i += 2;
	int high = hex(glyph_at(c->text, i)), low = hex(glyph_at(c->text, i + 1));
	if (high < 0 || low < 0 || i + 1 >= c->end)
		return -1;
	c->at = i + 2;
	return high * 16 + low;
}

enum { OTHER = 0x80 }; /* any letter or sign beyond ASCII */

/* The next character in small letters, 0 at the end. */
static int next_char(struct cursor *c)
{
	size_t next;
	if (c->at >= c->end)
		return 0;
	const struct glyph *g = glyph_at(c->text, c->at);
	int ch = g->ch == '%' ? decode(c) : -1;
	if (ch >= 0)
		return ch >= 'A' && ch <= 'Z' ? ch + 'a' - 'A' : ch < OTHER ? ch : OTHER;
	if (g->ch > 0x7F && !g->letter && dot_read(c->text, c->at, &next) == DOT_HIDDEN) {
		c->at = next;
		return '.';
	}
	c->at++;
	if (g->letter && !g->marks)
		return g->letter;
	return g->ch < OTHER ? (int)g->ch : OTHER;
}

static bool is_part(int ch)
{
	return ch >= OTHER || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') ||
	       (ch && strchr("-._~%+*$ @:", ch));
}

/* A part between two separators, and those. */
struct part {
	char word[INNER_HOST];
	size_t len; /* beyond the room for it when it is too long */
	int before, after;
};

static void read_part(struct cursor *c, struct part *part)
{
	int ch;
	part->len = 0;
	while (is_part(ch = next_char(c))) {
		if (part->len < sizeof part->word - 1)
			part->word[part->len] = (char)ch;
		part->len++;
	}
	part->after = ch;
	part->word[part->len < sizeof part->word ? part->len : 0] = '\0';
}

/* Parameters that name where a visitor came from: utm_source, ref. */
static bool is_campaign(const char *key)
{
	return !strncmp(key, "utm_", 4) || words_have(WORDS_CAMPAIGN, key);
}

static bool is_ip(const char *host)
{
	size_t len = strlen(host), dots = 0;
	for (const char *s = host; *s; s++)
		dots += *s == '.';
	return dots == 3 && len >= 8 + dots && len == strspn(host, "0123456789.") &&
	       !strstr(host, "..") && host[0] != '.' && host[len - 1] != '.';
}

/* Whether the last label is a top-level domain, and not the ending of a file. */
static bool has_tld(const char *host)
{
	const char *dot = strrchr(host, '.');
	if (!dot || dot == host || strlen(dot) < 3 || words_have(WORDS_ENDINGS, dot + 1) ||
	    !strcmp(dot, ".zip") || !strcmp(dot, ".mov"))
		return false;
	return psl_is_public_suffix2(psl_builtin(), dot + 1,
				     PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}

/* Whether the part is a host with at most a port after it and an @ before it. */
static bool is_host(const struct part *part, char host[INNER_HOST])
{
	if (!part->len || part->len >= INNER_HOST)
		return false;
	const char *first = part->word + (part->word[0] == '@');
	size_t len = strcspn(first, ":");
	memcpy(host, first, len);
	host[len] = '\0';
	if (len && host[len - 1] == '.')
		host[len - 1] = '\0';
	for (const char *s = host; *s; s++)
		if (strchr("~%+*$ @", *s) || (*s == '.' && (s == host || s[1] == '.')))
			return false;
	return is_ip(host) || has_tld(host);
}

static size_t tail_begin(const struct link *link)
{
	return (size_t)link->host_first + link->host_count;
}

/* Where the user before the host begins, after the slashes of the scheme. */
static size_t user_begin(const struct text *text, const struct link *link)
{
	size_t i = link->host_first;
	if (glyph_at(text, i - 1)->ch != '@')
		return i;
	while (i > link->first && !is_one_of(glyph_at(text, i - 1)->ch, "/\\"))
		i--;
	return i;
}

bool link_next_inner(const struct text *text, const struct link *link, size_t *at,
		     char host[INNER_HOST])
{
	struct cursor c = {.text = text, .at = *at};
	struct part part = {.before = 0};
	bool campaign = false;

	if (!c.at)
		c.at = user_begin(text, link);
	if (c.at < link->host_first) {
		c.end = link->host_first - 1;
		read_part(&c, &part);
		*at = tail_begin(link);
		if (is_host(&part, host))
			return true;
	}
	if (c.at < tail_begin(link))
		c.at = tail_begin(link);
	c.end = (size_t)link->first + link->count;
	while (c.at < c.end) {
		read_part(&c, &part);
		*at = c.at;
		bool ignored = campaign && part.before == '=' && part.after != '/';
		if (!ignored && is_host(&part, host))
			return true;
		campaign = part.after == '=' && part.len < INNER_HOST && is_campaign(part.word);
		part.before = part.after;
	}
	return false;
}
