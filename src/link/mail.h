/* E-mail addresses, which are a kind of their own. */
#ifndef DUYETD_LINK_MAIL_H
#define DUYETD_LINK_MAIL_H

#include "text/text.h"

/*
 * Whether `name@` stands before the host at glyph `host`, its sign plain or disguised:
 * name (at) b.com, name a còng b.com. Sets `*first` to the name's first glyph. Never
 * reaches back over `floor`.
 */
bool mail_before(const struct text *text, size_t floor, size_t host, size_t *first);

/* The end of the name that begins at glyph `i`. */
size_t mail_name(const struct text *text, size_t i);

/* Whether what ends before glyph `i` is the name of an address rather than a host. */
bool mail_follows(const struct text *text, size_t i);

/* Whether another address is behind the slash at glyph `i`: a@b.com/c@d.com */
bool mail_behind(const struct text *text, size_t i);

#endif
