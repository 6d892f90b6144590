/*
 * What may stand between the letters of a phrase in a text: what people write within a sentence,
 * what a disguise puts there, or the end of the sentence, which no phrase crosses. It is judged on
 * a match in the making; phrase_match.c walks along it.
 */
#ifndef DUYETD_RULES_MATCH_GAP_H
#define DUYETD_RULES_MATCH_GAP_H

#include "rules/match/phrase.h"

/* All gaps of one match. Begins as zeros. */
struct gaps {
	size_t count, blank, joined, lines;
	uint32_t sign; /* of the first */
	bool differ;   /* others have other signs */
	bool slash;    /* one of them is a slash */
};

/* Letters [first, end) of the text's skeleton. */
struct match {
	const struct phrase *phrase;
	struct phrase_search *search;
	size_t first, end;

	/* of the letter of the phrase in hand */
	uint16_t quality;
	/* of its syllable */
	uint16_t marks, tone, want_tone;
	bool disguised; /* a letter that no Vietnamese keyboard writes: Zalgo, look-alike, leet */

	unsigned letters, signs; /* taken so far: letters, and what stands for them */
	struct gaps gaps;	 /* between its syllables */
	bool parts;	     /* one of them ends a sentence, or is too long for a spelled phrase */
	bool spelled;	     /* a syllable of it is spelled out */
	bool missing;	     /* some mark is missing */
	bool marks_optional; /* the text or the word is written without marks: the phrase's may be
				missing */
};

static inline const struct glyph *glyph_of(const struct match *m, size_t letter)
{
	return &m->search->text->glyph[m->search->skeleton->glyph[letter]];
}

/* Whether nothing stands between letters i-1 and i. */
static inline bool adjoins(const struct match *m, size_t i)
{
	const uint32_t *glyph = m->search->skeleton->glyph;
	return glyph[i] == glyph[i - 1] + 1;
}

/* Whether letter `i` begins a word, or a glued one that has a capital. */
bool match_begins_word(const struct match *m, size_t i);

/* Whether one of the letters [from, to) is a vowel. */
bool match_has_vowel(const struct match *m, size_t from, size_t to);

/* Whether letters i-1 and i hang together: of two syllables of the phrase, or of one with
 * something between them. Letter `p` of the phrase is letter `i`. */
bool gap_joins(struct match *m, size_t p, size_t i, bool one_syllable);

/* Whether a plain phrase has between its letter `p` and the one before what the text has
 * before letter `i`: blanks, or its own sign and blanks. */
bool gap_is_alike(const struct match *m, size_t p, size_t i);

/* Whether what stands between the words of the match lets a reader read on. */
bool gaps_read_on(struct match *m);

#endif
