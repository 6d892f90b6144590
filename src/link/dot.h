/* The dot of a host name in any of its disguises. */
#ifndef DUYETD_LINK_DOT_H
#define DUYETD_LINK_DOT_H

#include "text/text.h"

#define IDEOGRAPHIC_STOP 0x3002u

/* How a dot is written. The less it looks like a dot, the more the labels around it must look like
 * names. */
enum dot {
	DOT_NONE,
	DOT_PLAIN,  /* a.b */
	DOT_HIDDEN, /* a[.]b  a(dot)b  a。b  a·b  a&#46;b: written only to hide a link */
	DOT_SAID,   /* a chấm b */
	DOT_MAYBE,  /* a cham b  a dot b: may be other words */
	DOT_LOOSE,  /* a . b  a .b */
	DOT_AFTER,  /* a. b: nearly always the end of a sentence */
	DOT_ODD,    /* a..b  a,com  a●b  a đuôi b: a dot only if the rest is a host */
};

/*
 * Reads the dot that begins at glyph `i`, directly after a label, with the blanks and brackets
 * around it. Sets `*end` to the glyph after it.
 */
enum dot dot_read(const struct text *text, size_t i, size_t *end);

/* Returns the first glyph from `i` on that may be part of a link's dot, or begin a link otherwise:
 * the colon of a scheme, its slashes, the bracket of an IPv6 address. Returns text->glyphs if there
 * is none. A search through a text begins with `*boundary` 0 and continues from a later `i` each
 * time. */
size_t dot_search(const struct text *text, size_t i, size_t *boundary);

/* Returns where the label before the sign at `i` ends: moves back over blanks and an open bracket,
 * not beyond `floor`. */
size_t dot_begin(const struct text *text, size_t floor, size_t i);

/* Returns the number of glyphs of `words` if they are at `i`, with any marks; else 0. The words are
 * separated by one blank each.
 */
size_t dot_words(const struct text *text, size_t i, const char *words);

#endif
