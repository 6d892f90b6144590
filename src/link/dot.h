/* The dot of a host name in any of its disguises. */
#ifndef DUYETD_LINK_DOT_H
#define DUYETD_LINK_DOT_H

#include "text/text.h"

#define IDEOGRAPHIC_STOP 0x3002u

/* How a dot is written. The looser it is, the more the labels around it have to prove. */
enum dot {
	DOT_NONE,
	DOT_PLAIN, /* a.b */
	DOT_HIDDEN, /* a[.]b  a(dot)b  a。b  a·b  a&#46;b: nobody writes so except to hide a link */
	DOT_SAID,   /* a chấm b */
	DOT_MAYBE, /* a cham b  a dot b: may be other words */
	DOT_LOOSE, /* a . b  a .b */
	DOT_AFTER, /* a. b: nearly always the end of a sentence */
	DOT_ODD,   /* a..b  a,com  a●b  a đuôi b: a dot to one who looks for it */
};

/*
 * Reads the dot that begins at glyph `i`, just behind a label: blanks and brackets around
 * it included. Sets `*end` to the glyph behind it.
 */
enum dot dot_read(const struct text *text, size_t i, size_t *end);

/* The first glyph from `i` on that may be part of a link's dot, or of what else begins one: the
 * colon of a scheme, its slashes, the bracket of an IPv6 address. A
 * search through a text begins with `*boundary` 0, and goes on from a later `i` each time. */
size_t dot_search(const struct text *text, size_t i, size_t *boundary);

/* Where the label before the sign found at `i` ends: blanks and an open bracket go back. */
size_t dot_begin(const struct text *text, size_t floor, size_t i);

#endif
