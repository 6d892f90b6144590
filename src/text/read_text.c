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
	free(text->word);
	free(text->link);
	word_cache_free(text->word_cache);
	free(text);
}

static void clear(struct text *text)
{
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
