/* Words: chữ, written syllables. */
#ifndef DUYETD_TEXT_WORD_H
#define DUYETD_TEXT_WORD_H

#include <stdbool.h>
#include <stdint.h>

struct text;

/* Kinds of words. Punctuation, emoji, kaomoji and links are not words. */
enum word_kind {
	WORD_SYLLABLE, /* has the shape of a written Vietnamese syllable (syllable.h) */
	WORD_OTHER,    /* other letters: teencode, foreign words, `size` */
	WORD_NUMBER,   /* 2,5  10.000  100k  4g */
};

/* One chữ. */
struct word {
	uint32_t first, count; /* glyphs */
	uint8_t kind;	       /* enum word_kind */
	bool accented;	       /* has Vietnamese marks, at most one of them a tone */
	bool lacks_marks;      /* marks are missing, by its shape (viet, duoc) */
	bool lacks_by_usage;   /* marks are missing, by usage (usage_lacks()): la, thi */
	bool has_letter;
	bool foreign; /* four letters or more of no Vietnamese shape (`with`, `tooi`), other scripts
		       */
	bool capital; /* a capital, then small letters */
	uint8_t counts; /* bits of word.c: which numbers in struct text include it */
};

/* Returns whether the word counts for diacritics.h. */
static inline bool word_is_eligible(const struct word *word)
{
	return (word->kind == WORD_SYLLABLE) & (word->count >= 2);
}

/* A cache of common words, kept from text to text. Returns NULL when out of memory. */
struct word_cache;
struct word_cache *word_cache_new(void);
void word_cache_free(struct word_cache *cache);

/*
 * Splits text->glyph into text->word, without links, and counts the words. Letters in a row are one
 * word, and so is a number with its separators and units (2,5  10.000  20/10  100k). A hyphen and a
 * sentence break without a space (`quá.Nhưng`) separate words. Punctuation, emoji and emoticons
 * (:D  T_T  ^o^) are not words. Returns false when out of memory.
 */
bool word_find(struct text *text);

/* A hash of the word in small letters that is the same for any tone placement: hòa is hoà. */
uint64_t word_hash(const struct text *text, const struct word *word);

#endif
