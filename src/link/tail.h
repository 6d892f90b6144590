/* What follows a host: port, path, query, fragment. */
#ifndef DUYETD_LINK_TAIL_H
#define DUYETD_LINK_TAIL_H

#include "text/text.h"

/* What is behind a host at glyph `i`. */
enum path {
	PATH_NONE,
	PATH_DOUBT, /* `đẹp.do/xấu`: a slash, and a word that may be the other choice */
	PATH_SURE,  /* what only an address has: digits, signs, a second slash */
};
enum path path_look(const struct text *text, size_t i);

/* Whether a path follows with blanks around its slash: t.me / x */
bool path_is_apart(const struct text *text, size_t i);

/*
 * The end of the link whose host ends at `i`. Brackets and quotes that were opened in it
 * belong to it when closed in it; punctuation at its end is the sentence's.
 */
size_t tail_read(const struct text *text, size_t i);

#endif
