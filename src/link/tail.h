/* What follows a host: port, path, query, fragment; and the hosts within it. */
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

/* What a link says beside its host: its scheme, and the hosts within its path, query and fragment.
 */
enum { INNER_HOST = 254 }; /* bytes */

/* Whether the link is read over HTTP: http://, https://, or no scheme. */
bool link_is_web(const struct text *text, const struct link *link);

/*
 * The next host that is a whole segment of the path, a whole value of the query, the whole
 * fragment or the user before the host: /vidu.com  ?u=https%3A%2F%2Fvidu.com  #vidu.com
 * vidu.com@. In small letters. `*at` is 0 for the first, and goes on from each to the next.
 * False when there are no more.
 */
bool link_next_inner(const struct text *text, const struct link *link, size_t *at,
		     char host[INNER_HOST]);

#endif
