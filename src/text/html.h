/*
 * HTML in a text: tags, comments and character references.
 *
 * Tags and comments are read as a browser reads them (HTML standard, 13.2.5): where one ends,
 * whether it separates words, and which of its bytes are not visible on the page.
 *
 * What only looks like a tag is text: `a < b`, `<3`, `x <b và c> d`. A tag has an ASCII name and a
 * `>`; its attributes have a value or are boolean attributes of HTML.
 *
 * Tags of forums, [b] and [/b], are read in the same way, if the tag is closed: `a[i]` is text.
 */
#ifndef DUYETD_TEXT_HTML_H
#define DUYETD_TEXT_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum markup_kind {
	MARKUP_INLINE, /* <b> </span> <wbr> <!-- -->: does not separate words */
	MARKUP_OBJECT, /* <img> <input>: separates words, as a blank does */
	MARKUP_BLOCK,  /* <br> <p> </div>: ends a line */
};

struct markup {
	enum markup_kind kind;
	size_t end;		   /* first byte after it */
	size_t hidden, hidden_end; /* bytes of it that a browser does not show: attributes,
				    * a comment's or a script's text, an unknown name */
};

/*
 * Reads the markup that begins at bytes[at], which is '<' or '['. Returns false when it is text.
 * For '<', adds the number of bytes that were examined to `*work`, so that the caller can limit it.
 */
bool markup_read(const char *bytes, size_t len, size_t at, struct markup *markup, size_t *work);

/*
 * Character references, as the HTML standard (13.5) reads them: &#46; &#x2e; &period;
 *
 * Decodes the reference that `s` begins with ('&') into `*c`. Returns its length in bytes, or 0
 * when it is only an ampersand. Known names are those of HTML 4's Latin-1 set, of Vietnamese
 * letters, of common punctuation and of invisible characters; they need a semicolon. Numeric
 * references may lack it, as in browsers.
 */
size_t entity_read(const char *s, size_t len, uint32_t *c);

#endif
