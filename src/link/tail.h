/* What follows a host: port, path, query, fragment; and the hosts within it. */
#ifndef DUYETD_LINK_TAIL_H
#define DUYETD_LINK_TAIL_H

#include "text/text.h"

/* What follows a host at glyph `i`. */
enum path {
	PATH_NONE,
	PATH_DOUBT, /* `đẹp.do/xấu`: a slash and a word, which may mean "or" */
	PATH_SURE,  /* certainly a path: digits, signs, a second slash */
};
enum path path_look(const struct text *text, size_t i);

/* Whether a path follows with blanks around its slash: t.me / x */
bool path_is_apart(const struct text *text, size_t i);

/*
 * The end of the link whose host ends at `i`. Brackets and quotes that are opened and closed within
 * it belong to it; punctuation at its end belongs to the sentence.
 */
size_t tail_read(const struct text *text, size_t i);

enum { INNER_HOST = 254 }; /* bytes of a host within a link, with its NUL */

/* Whether the link is read over HTTP: http://, https://, or no scheme. */
bool link_is_web(const struct text *text, const struct link *link);

/*
 * Finds the next host that is a whole segment of the path, a whole value of the query, the whole
 * fragment or the user before the host: /vidu.com  ?u=https%3A%2F%2Fvidu.com  #vidu.com vidu.com@.
 * In small letters. `*at` is 0 for the first call and is kept from call to call. Returns false when
 * there are no more.
 */
bool link_next_inner(const struct text *text, const struct link *link, size_t *at,
		     char host[INNER_HOST]);

#endif
