#include <stdlib.h>

#include "base/limits.h"
#include "link/link.h"
#include "text/page.h"
#include "text/read_text.h"
#include "text/word.h"

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
	text->accented = text->eligible = text->eligible_accented = text->eligible_lacking = 0;
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
