/* Reads a text: decodes it as a page shows it, finds its links, splits it into words. */
#ifndef DUYETD_TEXT_READ_TEXT_H
#define DUYETD_TEXT_READ_TEXT_H

#include "text/text.h"

/* Returns a text with buffers that each text_read() reuses, or NULL when out of memory. */
struct text *text_new(void);
void text_free(struct text *text);

/*
 * Reads `len` bytes into `text`. The bytes are borrowed. On an error the text is empty. Allocates
 * only when the buffers must grow.
 */
enum text_error text_read(struct text *text, const char *bytes, size_t len);

/*
 * Reads a text as a page shows it: first the visible text, without tags; after it the parts that
 * markup hides: values of attributes, comments, scripts. Many sites show markup in comments as
 * text, so rules see the hidden parts too.
 *
 * Fills in text->glyph, text->boundary, text->visible and text->canonical from text->bytes. The
 * first step of text_read(); public for benchmarks.
 */
enum text_error page_read(struct text *text);

#endif
