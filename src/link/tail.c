#include "link/label.h"
#include "link/tail.h"
#include "text/glyph_at.h"
#include "text/syllable.h"

enum { PORT_DIGITS = 5, BRACKETS = 8 };

/* The slash that begins a path: `/`, or `[/]` and `(/)` behind a disguised host. */
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

/* Whether an address ends before this glyph, wherever it stands. */
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

/* Whether the next address begins here, glued on: ...com/ahttps://b.com */
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
	size_t quote, quoted; /* where a quote is open, and behind one that was closed; or 0 */
};

/* Keeps count of brackets and quotes; false where the address ends: )  or too deep. */
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
