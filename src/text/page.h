/*
 * Reads a text as a page shows it: first the visible text, without tags; after it the parts that
 * markup hides: values of attributes, comments, scripts. Many sites show markup in comments as
 * text, so rules see the hidden parts too.
 */
#ifndef DUYETD_TEXT_PAGE_H
#define DUYETD_TEXT_PAGE_H

#include "text/text.h"

/* Fills in text->glyph, text->boundary, text->visible and text->canonical from text->bytes. */
enum text_error page_read(struct text *text);

#endif
