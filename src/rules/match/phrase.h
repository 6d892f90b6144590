/*
 * One banned phrase, and whether a place where its skeleton stands is the phrase as people
 * read it.
 *
 * A missing mark is a wildcard where marks are missing, a different mark is a mismatch;
 * a phrase is whole words; its syllables may be glued, stretched or spelled out; what may stand
 * between them says gap.c. The
 * initials of a name, a price by its unit and a few bare letters are none.
 */
#ifndef DUYETD_RULES_MATCH_PHRASE_H
#define DUYETD_RULES_MATCH_PHRASE_H

#include "text/skeleton.h"
#include "text/text.h"

/* Letters of a phrase at the most: a paragraph is a pattern's work. */
enum { PHRASE_LETTERS = 120 };

struct phrase {
	char *skeleton;	      /* as struct skeleton's runs, NUL-terminated */
	struct glyph *letter; /* of each letter */
	uint8_t *syllable;    /* to which each letter belongs, from 0 */
	uint8_t *shape;	      /* of each syllable (syllable.h) */
	uint32_t *before;     /* of each letter: the sign written right behind the one before it */
	uint8_t *length;      /* of each run: its letters */
	uint16_t runs, letters;
	uint32_t sign; /* behind a phrase of one letter (`v~`), else 0: it must follow */
	bool exact;    /* marks: exact */
	bool plain;    /* as honest writers write it: nothing glued or spelled out, no
			* signs but its own (`nhà, cái`) */
};

/*
 * Reads `utf8`; `exact` and `plain` are for the caller to set. NULL when it is a phrase, and
 * phrase_clear() frees what it holds; otherwise why it can never match, and there is nothing
 * to free. `text` is scratch.
 */
const char *phrase_read(struct phrase *phrase, const char *utf8, struct text *text);
void phrase_clear(struct phrase *phrase);

/* A text under search: its skeleton, and whether it is written without its marks. */
struct phrase_search {
	const struct text *text;
	const struct skeleton *skeleton;
	bool unaccented;
	enum { SPLIT_UNKNOWN, SPLIT_NO, SPLIT_YES } split; /* its words are on lines of their own */
};

/* Whether `phrase`, whose skeleton stands at run `run`, is there, and which glyphs it is. */
bool phrase_at(const struct phrase *phrase, struct phrase_search *search, size_t run,
	       uint32_t *first, uint32_t *count);

#endif
