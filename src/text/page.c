#include <string.h>

#include "text/decode.h"
#include "text/glyph_at.h"
#include "text/markup.h"
#include "text/page.h"

/* Limit of the bytes scanned for tags: MARKUP_WORK for each byte of the text, and
 * MARKUP_WORK_LEAST. A text with so many things that only look like tags is malformed. */
enum { MARKUP_WORK = 8, MARKUP_WORK_LEAST = 4096 };

/* The next markup from byte `from` on, and where it begins. `*at` is the text's end where there
 * is none. */
static enum text_error next_markup(const struct text *text, size_t from, size_t *at,
				   struct markup *markup, size_t *work)
{
	const char *end = text->bytes + text->len, *p = text->bytes + from;

	for (; (p = memchr(p, '<', (size_t)(end - p))); p++) {
		*at = (size_t)(p - text->bytes);
		if (markup_read(text->bytes, text->len, *at, markup, work))
			return TEXT_OK;
		if (*work > MARKUP_WORK_LEAST + MARKUP_WORK * text->len)
			return TEXT_MARKUP;
	}
	*at = text->len;
	return TEXT_OK;
}

/* What a browser shows in the place of markup. */
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

/* The text that a reader of the page sees. `*hides`: some of the markup hides more. */
static enum text_error add_visible(struct decoder *d, bool *hides)
{
	struct text *text = d->text;
	enum text_error err = TEXT_OK;
	struct markup markup;

	for (size_t from = 0, at, work = 0; from < text->len && !err;) {
		err = next_markup(text, from, &at, &markup, &work);
		if (!err)
			err = decode_bytes(d, from, at);
		if (err || at == text->len)
			break;
		err = add_markup(d, at, &markup);
		*hides |= hides_text(text, &markup);
		from = markup.end;
	}
	decode_mend(d);
	decode_regional(d);
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

/* What markup hides from a reader, part by part. */
static enum text_error add_hidden(struct decoder *d)
{
	struct text *text = d->text;
	enum text_error err = TEXT_OK;
	struct markup markup;

	for (size_t from = 0, at, work = 0; !err; from = markup.end) {
		err = next_markup(text, from, &at, &markup, &work);
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
	decode_regional(d);
	return err;
}

static bool is_visible(const struct text *text)
{
	for (size_t i = 0; i < text->visible; i++)
		if (text->glyph[i].kind != GLYPH_SPACE)
			return true;
	return false;
}

static void find_boundaries(struct text *text)
{
	uint32_t *boundary = text->boundary, boundaries = 0, glyphs = (uint32_t)text->glyphs;

	for (uint32_t i = 0; i < glyphs; i++) {
		boundary[boundaries] = i;
		boundaries += text->glyph[i].boundary;
	}
	boundary[boundaries] = glyphs;
	text->boundaries = boundaries;
}

enum text_error page_read(struct text *text)
{
	struct decoder d = {.text = text, .canonical = true};
	bool hides = false;
	enum text_error err = add_visible(&d, &hides);

	if (!err && !is_visible(text))
		return TEXT_EMPTY;
	if (!err && text->overrides)
		err = decode_overridden(&d);
	if (!err && hides)
		err = add_hidden(&d);
	if (err)
		return err;
	find_boundaries(text);
	text->canonical = d.canonical;
	return TEXT_OK;
}
