/* A glyph: one character as a reader sees it, such as a letter with all its marks. */
#ifndef DUYETD_TEXT_GLYPH_H
#define DUYETD_TEXT_GLYPH_H

#include <stdint.h>

/* What one glyph is. */
enum glyph_kind {
	GLYPH_LETTER, /* of any script, with its marks */
	GLYPH_DIGIT,  /* 0-9 after compatibility folding (full-width, circled, ...) */
	GLYPH_SPACE,  /* white space; a line break is '\n' */
	GLYPH_PUNCT,  /* punctuation and ASCII symbols */
	GLYPH_SYMBOL, /* emoji and every other symbol */
};

/* The marks of Vietnamese letters: one quality and one tone at most. */
enum mark {
	MARK_CIRCUMFLEX = 1 << 0, /* â ê ô */
	MARK_BREVE = 1 << 1,	  /* ă */
	MARK_HORN = 1 << 2,	  /* ơ ư */
	MARK_STROKE = 1 << 3,	  /* đ */
	MARK_GRAVE = 1 << 4,	  /* huyền */
	MARK_ACUTE = 1 << 5,	  /* sắc */
	MARK_HOOK = 1 << 6,	  /* hỏi */
	MARK_TILDE = 1 << 7,	  /* ngã */
	MARK_DOT = 1 << 8,	  /* nặng */
};
#define MARK_QUALITY (MARK_CIRCUMFLEX | MARK_BREVE | MARK_HORN | MARK_STROKE)
#define MARK_TONE    (MARK_GRAVE | MARK_ACUTE | MARK_HOOK | MARK_TILDE | MARK_DOT)

enum glyph_flag {
	GLYPH_UPPER = 1 << 0,	  /* ch is an upper-case letter */
	GLYPH_LOOKALIKE = 1 << 1, /* `letter` is what it looks like (Cyrillic а) */
	GLYPH_FOREIGN = 1 << 2,	  /* has a mark that is not Vietnamese (ü, ñ, Zalgo, 1️⃣) */
	GLYPH_INVISIBLE = 1 << 3, /* invisible characters were dropped just before it */
	GLYPH_ENTITY = 1 << 4,	  /* written as an HTML entity: &#46; */
	GLYPH_COMPAT = 1 << 5,	  /* written in another form of the same letter: full-width, bold */
	GLYPH_RELATIVE = 1 << 7,  /* in an address on the page's own site: href="/a.b" */
	GLYPH_REPAIRED = 1 << 6,  /* its marks were separated from it (`nhâ ̣ p`) */
};

/* Regional indicators, which stand for a flag in pairs. */
enum { REGIONAL_A = 0x1F1E6, REGIONAL_Z = 0x1F1FF };

struct glyph {
	uint32_t at;	  /* first byte in the original */
	uint32_t ch;	  /* NFKC code point: the letter with its Vietnamese marks, case kept */
	uint16_t len;	  /* bytes of the original, its marks included */
	uint16_t marks;	  /* enum mark */
	uint8_t letter;	  /* ASCII: the small letter or digit without marks, else 0 */
	uint8_t kind;	  /* enum glyph_kind */
	uint8_t flags;	  /* enum glyph_flag */
	uint8_t boundary; /* 1: no small letter, so that a word may begin or end here; else 0 */
};

#endif
