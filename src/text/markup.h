/*
 * HTML in a comment, as a browser reads it (HTML standard, 13.2.5): where a tag or a comment
 * ends, whether it parts words, and which of its bytes a reader of the page does not see.
 *
 * What only looks like a tag is text: `a < b`, `<3`, `x <b và c> d`. A tag's name is ASCII, its
 * attributes have a value or are one of HTML's boolean attributes, and it has its `>`.
 */
#ifndef DUYETD_TEXT_MARKUP_H
#define DUYETD_TEXT_MARKUP_H

#include <stdbool.h>
#include <stddef.h>

enum markup_kind {
	MARKUP_INLINE, /* <b> </span> <wbr> <!-- -->: parts no word */
	MARKUP_OBJECT, /* <img> <input>: stands between two words as a blank does */
	MARKUP_BLOCK,  /* <br> <p> </div>: ends a line */
};

struct markup {
	enum markup_kind kind;
	size_t end;		   /* byte behind it */
	size_t hidden, hidden_end; /* bytes of it that a browser does not show: attributes,
				    * a comment's or a script's text, an unknown name */
};

/*
 * Reads the markup that begins at bytes[at], which is '<'. False where it is text.
 * `*work` grows by the bytes that were looked at, so that a caller can bound it.
 */
bool markup_read(const char *bytes, size_t len, size_t at, struct markup *markup, size_t *work);

#endif
