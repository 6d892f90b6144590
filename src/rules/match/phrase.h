/*
 * One banned phrase, and whether a place with its skeleton is the phrase as people read it.
 *
 * A missing mark is a wildcard where marks are missing; a different mark is a mismatch. A phrase
 * matches whole words. Its syllables may be joined, stretched or spelled out; gap.c decides what
 * may be between them. Initials of a name, a price with its unit, and a word in which digits and
 * signs replace too many letters are not a phrase.
 */
#ifndef DUYETD_RULES_MATCH_PHRASE_H
#define DUYETD_RULES_MATCH_PHRASE_H

#include "text/skeleton.h"
#include "text/text.h"

/* The largest number of letters in a phrase. For longer texts use a pattern. */
enum { PHRASE_LETTERS = 120 };

struct phrase {
	char *skeleton;	      /* as struct skeleton's runs, NUL-terminated */
	struct glyph *letter; /* of each letter */
	uint8_t *syllable;    /* to which each letter belongs, from 0 */
	uint8_t *shape;	      /* of each syllable (syllable.h) */
	uint32_t *before; /* of each letter: the sign written directly after the letter before it */
	uint8_t *length;  /* of each run: its letters */
	uint16_t runs, letters;
	uint32_t sign; /* the sign after a phrase of one letter (`v~`), which must follow; else 0 */
	bool exact;    /* marks: exact */
	bool plain;    /* matches only plain writing: nothing joined or spelled out, no signs except
			  its own (`nhà, cái`) */
};

/*
 * Reads `utf8`; the caller sets `exact` and `plain`. Returns NULL on success; phrase_clear() then
 * frees its memory. Otherwise returns why the phrase can never match; nothing is to be freed.
 * `text` is scratch.
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

/* Returns whether `phrase`, whose skeleton is at run `run`, matches there, and which glyphs it
 * covers. */
bool phrase_at(const struct phrase *phrase, struct phrase_search *search, size_t run,
	       uint32_t *first, uint32_t *count);

#endif
