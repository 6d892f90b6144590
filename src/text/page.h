/*
 * A text as a page shows it: what a reader sees, tags being no text, and behind that, part by
 * part, what markup hides: values of attributes, comments, scripts. Many sites show a comment's
 * markup as text; so nothing in it becomes invisible to a rule.
 */
#ifndef DUYETD_TEXT_PAGE_H
#define DUYETD_TEXT_PAGE_H

#include "text/text.h"

/* Fills text->glyph, text->boundary, text->visible and text->canonical from text->bytes. */
enum text_error page_read(struct text *text);

#endif
