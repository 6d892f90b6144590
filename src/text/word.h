/* Words as a careful reader counts them: chữ. */
#ifndef DUYETD_TEXT_WORD_H
#define DUYETD_TEXT_WORD_H

#include <stdbool.h>
#include <stdint.h>

struct text;

/* What one word is. Punctuation, emoji, kaomoji and links are no words. */
enum word_kind {
	WORD_SYLLABLE, /* shaped like a written Vietnamese syllable: onset + nucleus + coda */
	WORD_OTHER,    /* letters of any other shape: teencode, foreign words, `size` */
	WORD_NUMBER,   /* 2,5  10.000  100k  4g */
};

/* One chữ: what a careful reader counts as one. */
struct word {
	uint32_t first, count; /* glyphs */
	uint8_t kind;	       /* enum word_kind */
	bool accented;	       /* bears a Vietnamese mark */
	bool lacks_marks;    /* marks are missing: no Vietnamese word is written so (viet, duoc) */
	bool lacks_by_usage; /* the same by how often it is written so (usage.h): la, thi */
	bool has_letter;
	bool foreign; /* four letters or more of no Vietnamese shape (`with`, `tooi`), other scripts
		       */
	bool capital; /* begins with a capital and goes on in small letters */
};

/* Whether the word counts for diacritics.h: it could tell accented writing from unaccented. */
static inline bool word_is_eligible(const struct word *word)
{
	return (word->kind == WORD_SYLLABLE) & (word->count >= 2);
}

/* What common words are, kept from text to text; NULL when out of memory. */
struct word_cache;
struct word_cache *word_cache_new(void);
void word_cache_free(struct word_cache *cache);

/*
 * Cuts text->glyph into text->word, leaving out links, and counts. A run of letters is one
 * word, so is a number with its points and units (2,5  10.000  20/10  100k); a sentence
 * break without its space parts (`quá.Nhưng`), a hyphen too. No words are punctuation,
 * emoji, and letters that draw a face (:D  T_T  ^o^). Returns false when out of memory.
 */
bool word_find(struct text *text);

#endif
