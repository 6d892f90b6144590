#include "text/read_text.h"

#include <stdlib.h>
#include <string.h>
#include "base/limits.h"
#include "link/link.h"
#include "text/codepoint.h"
#include "text/decode.h"
#include "text/text.h"
#include "text/html.h"
#include "text/syllable.h"
#include "text/word.h"

/* The page. */

/* Limit of the bytes scanned for tags: MARKUP_WORK for each byte of the text, plus
 * MARKUP_WORK_LEAST. A text with so many things that only look like tags is malformed. */
enum { MARKUP_WORK = 8, MARKUP_WORK_LEAST = 4096 };

/* The search for tags in a text. Begins as zeros. Where tags of forums are no markup, `forum`
 * begins as the text's end, so that none is found. */
struct tags {
	const char *html, *forum; /* the last `<` and the last `[` found, or the text's end */
	size_t work;		  /* bytes examined */
};

/* Sets `*found` to the first `c` from `p` on, or to `end`. Does not search again if `*found` is at
 * `p` or later. */
static void find_sign(const char *p, const char *end, char c, const char **found)
{
	if (*found && *found >= p)
		return;
	p = memchr(p, c, (size_t)(end - p));
	*found = p ? p : end;
}

/* Finds the next markup from byte `from` on. `*at` is its beginning, or the text's end if there is
 * none. */
static enum text_error next_markup(const struct text *text, size_t from, size_t *at,
				   struct markup *markup, struct tags *tags)
{
	const char *end = text->bytes + text->len, *p = text->bytes + from;

	for (;; p++) {
		find_sign(p, end, '<', &tags->html);
		find_sign(p, end, '[', &tags->forum);
		p = tags->html < tags->forum ? tags->html : tags->forum;
		*at = (size_t)(p - text->bytes);
		if (p == end || markup_read(text->bytes, text->len, *at, markup, &tags->work))
			return TEXT_OK;
		if (tags->work > MARKUP_WORK_LEAST + MARKUP_WORK * text->len)
			return TEXT_MARKUP;
	}
}

/* Appends what a browser shows in place of markup. */
static enum text_error add_markup(struct decoder *d, size_t at, const struct markup *markup)
{
	uint32_t c = markup->kind == MARKUP_BLOCK ? '\n' : ' ';

	if (markup->kind != MARKUP_INLINE)
		return decode_blank(d, c, at, markup->end);
	decode_nothing(d);
	return TEXT_OK;
}

static bool hides_text(const struct text *text, const struct markup *markup)
{
	for (size_t i = markup->hidden; i < markup->hidden_end; i++)
		if (!strchr(" \t\r\n\f/", text->bytes[i]))
			return true;
	return false;
}

/* Corrections after all characters are read. */

static bool is_letter(const struct text *text, size_t i)
{
	return i < text->glyphs && text->glyph[i].kind == GLYPH_LETTER;
}

/* The number of letters of a separated coda or final vowel at `i`; 0 when the letters there are
 * not one. */
static size_t lone_coda(const struct text *text, size_t i)
{
	static const char *const codas[] = {"c", "ch", "m", "n", "ng", "nh",
					    "p", "t",  "i", "o", "u",  "y"};
	char piece[3] = "";
	size_t n = 0;

	for (; is_letter(text, i + n); n++) {
		if (n == 2 || text->glyph[i + n].marks || (text->glyph[i + n].flags & GLYPH_UPPER))
			return 0;
		piece[n] = (char)text->glyph[i + n].letter;
	}
	for (size_t k = 0; k < sizeof codas / sizeof *codas; k++)
		if (strcmp(codas[k], piece) == 0)
			return n;
	return 0;
}

/* Whether the letters that end before glyph `end` and the `n` from `coda` are one syllable. */
static bool belongs(const struct text *text, size_t end, size_t coda, size_t n)
{
	struct glyph joined[SYLLABLE_LETTERS];
	size_t first = end, len;

	while (first > 0 && is_letter(text, first - 1) && end - first <= SYLLABLE_LETTERS)
		first--;
	len = end - first;
	if (len + n > SYLLABLE_LETTERS)
		return false;
	memcpy(joined, &text->glyph[first], len * sizeof *joined);
	memcpy(joined + len, &text->glyph[coda], n * sizeof *joined);
	return syllable_read(joined, len + n, NULL);
}

/*
 * Joins what a broken converter separated, as in `ma ́ u`. decode.c has put the mark on its letter,
 * which is now GLYPH_REPAIRED (`má u`). This joins the coda that follows to its syllable (`máu`).
 */
static void join_codas(struct text *text)
{
	size_t to = 0; /* glyphs kept so far, in front of those still to be looked at */
	for (size_t i = 0; i < text->glyphs; i++) {
		const struct glyph *g = &text->glyph[i];
		if (to > 0 && g->ch == ' ' && (text->glyph[to - 1].flags & GLYPH_REPAIRED)) {
			size_t n = lone_coda(text, i + 1);
			if (n && belongs(text, to, i + 1, n))
				continue;
		}
		text->glyph[to++] = *g;
	}
	text->glyphs = to;
}

/* Joins codas to the letters before them whose marks were separated, in all glyphs so far.
 */
static void finish_repairs(struct decoder *d)
{
	if (d->repaired)
		join_codas(d->text);
	d->repaired = false;
}

/* Returns where the regional indicators from glyph `i` on end. */
static size_t regional_end(const struct text *text, size_t i)
{
	while (i < text->glyphs && glyph_is_flag_letter(&text->glyph[i]))
		i++;
	return i;
}

static bool are_flags(const struct glyph *g, size_t count)
{
	for (size_t i = 0; i + 1 < count; i += 2)
		if (!codepoint_is_flag(g[i].ch, g[i + 1].ch))
			return false;
	return count % 2 == 0;
}

/* Changes regional indicators that are not flags to letters, in all glyphs so far. */
static void read_regional(struct decoder *d)
{
	struct text *text = d->text;

	for (size_t i = 0, end; i < text->glyphs && d->regional; i = end + (end == i)) {
		end = regional_end(text, i);
		if (are_flags(&text->glyph[i], end - i))
			continue;
		for (size_t k = i; k < end; k++) {
			struct glyph *g = &text->glyph[k];
			uint32_t n = g->ch - REGIONAL_A;
			g->kind = GLYPH_LETTER;
			g->ch = 'A' + n;
			g->letter = (uint8_t)('a' + n);
			g->flags |= GLYPH_UPPER | GLYPH_COMPAT;
		}
	}
}

/* At most so many glyphs on each side of an override are read with it. */
enum { OVERRIDE_CONTEXT = 24 };

/* Returns how far the text beside an override is read together with it: the word that touches the
 * override, and plain words after that. The text begins at glyph `i` and goes on by `step`, which
 * is 1 or -1, up to `stop`. `beside` is the glyph of the override that is shown next to it. */
static size_t context_end(const struct text *text, size_t i, size_t stop, int step,
			  const struct glyph *beside)
{
	bool attached = beside->kind != GLYPH_SPACE;

	for (int n = 0; i != stop && n < OVERRIDE_CONTEXT; n++) {
		const struct glyph *g = &text->glyph[step > 0 ? i : i - 1];
		attached = attached && g->kind != GLYPH_SPACE;
		if (g->ch == '\n' ||
		    (!attached && g->kind != GLYPH_LETTER && g->kind != GLYPH_SPACE))
			break;
		i += (size_t)step;
	}
	return i;
}

static void copy_glyphs(struct text *text, size_t from, size_t to)
{
	memcpy(&text->glyph[text->glyphs], &text->glyph[from], (to - from) * sizeof *text->glyph);
	text->glyphs += to - from;
}

/* Appends override `k` as it is shown, with the text around it. The visible glyphs before `*end`
 * are appended already. */
static enum text_error add_overridden(struct decoder *d, size_t k, size_t *end)
{
	struct text *text = d->text;
	size_t from = text->overridden[k].from, to = text->overridden[k].to;
	bool last = k + 1 == text->overrides;
	size_t stop = last || text->overridden[k + 1].from > text->visible
			      ? text->visible
			      : text->overridden[k + 1].from;

	to = to < text->visible ? to : text->visible;
	if (from < *end || to <= from)
		return TEXT_OK;
	struct glyph first = text->glyph[from];
	size_t before = context_end(text, from, *end, -1, &text->glyph[to - 1]);
	size_t after = context_end(text, to, stop > to ? stop : to, 1, &text->glyph[from]);
	enum text_error err = before > *end || *end == 0
				      ? decode_barrier(d, first.at, first.at + first.len)
				      : TEXT_OK;
	if (err || !decode_room(d, after - before))
		return err ? err : TEXT_NO_MEMORY;
	copy_glyphs(text, before, from);
	for (size_t i = to; i > from; i--)
		copy_glyphs(text, i - 1, i);
	copy_glyphs(text, to, after);
	*end = after;
	return TEXT_OK;
}

/* Appends the text after each right-to-left override as a browser shows it, with the words around
 * it. A TEXT_BARRIER precedes each, unless it directly continues the one before. */
static enum text_error show_overridden(struct decoder *d)
{
	struct text *text = d->text;
	enum text_error err = TEXT_OK;
	size_t end = 0;

	for (size_t k = 0; k < text->overrides && !err; k++)
		if (text->overridden[k].from < text->visible)
			err = add_overridden(d, k, &end);
	return err;
}

/* The visible text. */

/* Reads the text that is visible on the page; `forum`: tags of forums are markup, too. Sets
 * `*hides` if markup hides other text. */
static enum text_error add_visible(struct decoder *d, bool forum, bool *hides)
{
	struct text *text = d->text;
	enum text_error err = TEXT_OK;
	struct markup markup = {.kind = MARKUP_INLINE};
	struct tags tags = {.forum = forum ? NULL : text->bytes + text->len};

	for (size_t from = 0, at; from < text->len && !err;) {
		err = next_markup(text, from, &at, &markup, &tags);
		if (!err)
			err = decode_bytes(d, from, at);
		if (err || at == text->len)
			break;
		err = add_markup(d, at, &markup);
		*hides |= hides_text(text, &markup);
		from = markup.end;
	}
	finish_repairs(d);
	read_regional(d);
	text->visible = text->glyphs;
	return err;
}

/* Whether the attribute whose `=` is glyph `i` holds an address. */
static bool holds_address(const struct text *text, size_t i)
{
	if (i && glyph_is_blank(&text->glyph[i - 1]))
		i--;
	return (i >= 4 && glyph_spells(text, i - 4, "href")) ||
	       (i >= 3 && glyph_spells(text, i - 3, "src")) ||
	       (i >= 6 && glyph_spells(text, i - 6, "action"));
}

/* /a, ?a, #a and ./a are on the page's own site; //a is not, and browsers read \ as /. */
static bool is_relative(const struct text *text, size_t i)
{
	uint32_t ch = glyph_at(text, i)->ch, then = glyph_at(text, i + 1)->ch;

	return ch == '#' || ch == '?' || ch == '.' || (ch == '/' && then != '/' && then != '\\');
}

/* Flags the relative addresses among the hidden glyphs from `i` on. */
static void flag_addresses(struct text *text, size_t i)
{
	for (; i < text->glyphs; i++) {
		if (text->glyph[i].ch != '=' || !holds_address(text, i))
			continue;
		size_t value = i + 1 + (glyph_at(text, i + 1)->kind == GLYPH_SPACE);
		uint32_t quote = glyph_at(text, value)->ch;
		bool quoted = quote == '"' || quote == '\'';
		value += quoted;
		if (!is_relative(text, value))
			continue;
		for (i = value; i < text->glyphs; i++) {
			struct glyph *g = &text->glyph[i];
			if (quoted ? g->ch == quote : g->kind == GLYPH_SPACE)
				break;
			g->flags |= GLYPH_RELATIVE;
		}
	}
}

/* Appends the parts that markup hides. */
static enum text_error add_hidden(struct decoder *d, bool forum)
{
	struct text *text = d->text;
	enum text_error err = TEXT_OK;
	struct markup markup = {.kind = MARKUP_INLINE};
	struct tags tags = {.forum = forum ? NULL : text->bytes + text->len};

	for (size_t from = 0, at; !err; from = markup.end) {
		err = next_markup(text, from, &at, &markup, &tags);
		if (err || at == text->len)
			break;
		if (!hides_text(text, &markup))
			continue;
		err = decode_barrier(d, markup.hidden, markup.hidden + 1);
		size_t first = text->glyphs;
		if (!err)
			err = decode_bytes(d, markup.hidden, markup.hidden_end);
		flag_addresses(text, first);
	}
	read_regional(d);
	return err;
}

static bool is_visible(const struct text *text)
{
	for (size_t i = 0; i < text->visible; i++)
		if (text->glyph[i].kind != GLYPH_SPACE)
			return true;
	return false;
}

/* Without a branch: an index that is no boundary is overwritten by the next one. */
static void find_boundaries(struct text *text)
{
	const struct glyph *g = text->glyph;
	uint32_t *boundary = text->boundary;
	uint32_t glyphs = (uint32_t)text->glyphs;
	size_t boundaries = 0;

#pragma GCC unroll 4
	for (uint32_t i = 0; i < glyphs; i++) {
		boundary[boundaries] = i;
		boundaries += g[i].boundary;
	}
	boundary[boundaries] = glyphs;
	text->boundaries = boundaries;
}

/* Reads the visible text. If it contains a bracket, reads it again with the tags of forums as
 * markup. A canonical text contains no bracket, so it is not searched for one. */
static enum text_error read_visible(struct decoder *d, bool *forum, bool *hides)
{
	struct text *text = d->text;

	for (*forum = false;; *forum = true) {
		enum text_error err = add_visible(d, *forum, hides);
		if (err || *forum || d->canonical || !memchr(text->bytes, '[', text->len))
			return err;
		*d = (struct decoder){.text = text, .canonical = true};
		text->glyphs = text->overrides = 0;
		*hides = false;
	}
}

enum text_error page_read(struct text *text)
{
	struct decoder d = {.text = text, .canonical = true};
	bool forum, hides = false;
	enum text_error err = read_visible(&d, &forum, &hides);

	if (!err && !is_visible(text))
		return TEXT_EMPTY;
	if (!err && text->overrides)
		err = show_overridden(&d);
	if (!err && hides)
		err = add_hidden(&d, forum);
	if (err)
		return err;
	find_boundaries(text);
	text->canonical = d.canonical;
	return TEXT_OK;
}

/* The text. */

struct text *text_new(void)
{
	struct text *text = calloc(1, sizeof *text);

	if (text && (text->word_cache = word_cache_new()))
		return text;
	free(text);
	return NULL;
}

void text_free(struct text *text)
{
	if (!text)
		return;
	free(text->glyph);
	free(text->boundary);
	free(text->overridden);
	free(text->word);
	free(text->link);
	word_cache_free(text->word_cache);
	free(text);
}

static void clear(struct text *text)
{
	text->overrides = 0;
	text->visible = text->glyphs = text->boundaries = text->words = text->links = 0;
	text->accented = text->foreign = text->lacking = 0;
	text->eligible = text->eligible_accented = text->eligible_lacking = 0;
	text->canonical = false;
}

enum text_error text_read(struct text *text, const char *bytes, size_t len)
{
	clear(text);
	text->bytes = bytes;
	text->len = len;
	if (len > LIMIT_TEXT_BYTES)
		return TEXT_TOO_LONG;
	enum text_error err = page_read(text);
	if (!err && (!link_find(text) || !word_find(text)))
		err = TEXT_NO_MEMORY;
	if (err)
		clear(text);
	return err;
}

void text_span(const struct text *text, size_t first, size_t count, size_t *at, size_t *len)
{
	const struct glyph *g = &text->glyph[first], *end = g + count;
	size_t last = g->at + g->len;
	bool crosses = first < text->visible && first + count > text->visible;

	*at = g->at;
	for (; g < end && !crosses; g++) {
		*at = g->at < *at ? g->at : *at;
		last = g->at + g->len > last ? g->at + g->len : last;
	}
	*len = last - *at;
}
