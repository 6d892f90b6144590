/*
 * The properties of a code point, in one look-up. The table is generated from ICU's Unicode data
 * by mkcodepoints.c: NFKC decompositions, default-ignorable code points, white space, general
 * categories, and Unicode's confusables (UTS #39) for look-alikes of Latin letters.
 */
#ifndef DUYETD_TEXT_CODEPOINT_H
#define DUYETD_TEXT_CODEPOINT_H

#include <stdbool.h>
#include "text/glyph.h"

/* Kinds of code points beside enum glyph_kind (glyph.h), which come first. */
enum {
	CODEPOINT_MARK = 5,  /* combining: belongs to the glyph before it */
	CODEPOINT_INVISIBLE, /* dropped: zero-width, controls, variation selectors, tags */
	CODEPOINT_EXPANDS,   /* stands for `count` others: … ﬁ ½ */
};

struct codepoint {
	/* The glyph of this code point alone, without its place. `ch` is 0 if the glyph has this
	 * code point; for EXPANDS, `ch` is an index of the expansions. `kind` may be one of the
	 * above. For a mark, `marks` is that mark. */
	struct glyph glyph;
	uint8_t count;	 /* EXPANDS: how many; a letter: how many marks it has in NFD */
	bool standalone; /* always a glyph by itself, whatever is before and after it */
	bool canonical;	 /* one glyph; unchanged in canonical text (canonical.h). In small letters
			  * only its case changes, and not its number of bytes */
};

/* The table in two stages: blocks of 128, and the properties of each block's code points. The first
 * rows are those of ASCII in order, with their `ch` and `len`. */
extern const uint16_t codepoint_block[];
extern const uint16_t codepoint_index[][128];
extern const struct codepoint codepoint_table[];

/* What a byte is alone. decode.c adds the values of two neighbours. A sum above BYTE_BLANK means
 * two blanks, or a BYTE_OTHER: then the two bytes are not one glyph each. */
enum {
	BYTE_GLYPH, /* an ASCII character that is `canonical`: its glyph is that of its row; no
		       blank */
	BYTE_BLANK, /* the same; a blank */
	BYTE_OTHER, /* another character, or part of one */
};
extern const uint8_t codepoint_byte[256];

/* Of any code point up to U+10FFFF. */
static inline const struct codepoint *codepoint_look(uint32_t c)
{
	return &codepoint_table[codepoint_index[codepoint_block[c >> 7]][c & 127]];
}

/* The code points that an EXPANDS one stands for. */
const uint32_t *codepoint_expansion(const struct codepoint *cp);

/* A letter of another script whose capital looks like one Latin letter and whose small letter
 * like another: Greek Ν ν, Η η. */
struct look_alike {
	uint32_t c;
	uint8_t own;	      /* glyph.letter */
	uint8_t upper, lower; /* what the capital and the small letter look like */
};

/* NULL for a letter that looks like at most one letter. */
const struct look_alike *codepoint_look_alike(uint32_t c);

/* Whether two regional indicators are a flag. */
bool codepoint_is_flag(uint32_t first, uint32_t second);

#endif
