/* What a link says beside its host: its scheme, and the hosts within its path, query and fragment.
 */
#ifndef DUYETD_LINK_INNER_H
#define DUYETD_LINK_INNER_H

#include "text/text.h"

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
