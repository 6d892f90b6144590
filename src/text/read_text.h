/* Reads a text: decodes it, finds its links, cuts it into words. */
#ifndef DUYETD_TEXT_READ_TEXT_H
#define DUYETD_TEXT_READ_TEXT_H

#include "text/text.h"

/* A text with buffers of its own, reused by each text_read(). NULL when out of memory. */
struct text *text_new(void);
void text_free(struct text *text);

/*
 * Reads `len` bytes and fills `text`. The bytes are borrowed. On an error the text is
 * empty. No allocation once the buffers have grown to the size of the texts seen.
 */
enum text_error text_read(struct text *text, const char *bytes, size_t len);

#endif
