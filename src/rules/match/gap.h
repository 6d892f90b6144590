/*
 * The gaps between the letters of a phrase in a text: blanks and joiners within a sentence, signs
 * of a disguise, or the end of a sentence, which no phrase crosses. gap.c judges the gaps of a
 * match while phrase_match.c compares its letters.
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

	/* of the current letter of the phrase */
	uint16_t quality;
	/* of its syllable */
	uint16_t marks, tone, want_tone;
	bool disguised; /* has a letter that no Vietnamese keyboard types: Zalgo, look-alike, digit
			 */

	unsigned letters, signs; /* taken so far: letters, and characters that replace letters */
	struct gaps gaps;	 /* between its syllables */
	bool interrupted; /* one of these gaps ends a sentence, or is too long for a spelled phrase
			   */
	bool spelled;	  /* a syllable of it is spelled out */
	bool missing;	  /* some mark is missing */
	bool marks_optional; /* the text or the word is written without marks: the phrase's may be
				missing */
};

static inline const struct glyph *glyph_of(const struct match *m, size_t letter)
{
	return &m->search->text->glyph[m->search->skeleton->glyph[letter]];
}

/* Whether letters i-1 and i have no gap between them. */
static inline bool adjoins(const struct match *m, size_t i)
{
	const uint32_t *glyph = m->search->skeleton->glyph;
	return glyph[i] == glyph[i - 1] + 1;
}

/* Whether letter `i`, a capital, begins a word that is joined to the word before. */
bool match_begins_joined(const struct match *m, size_t i);

/* Whether letter `i` begins a word, or a joined word that has a capital. */
static inline bool match_begins_word(const struct match *m, size_t i)
{
	if (i == 0 || i >= m->search->skeleton->letters || !adjoins(m, i))
		return true;
	return glyph_of(m, i)->flags & GLYPH_UPPER && match_begins_joined(m, i);
}

/* Whether one of the letters [from, to) is a vowel. */
bool match_has_vowel(const struct match *m, size_t from, size_t to);

/* Whether letters i-1 and i may follow each other in a match. They belong to two syllables or, if
 * `one_syllable`, to one, with a gap between them. Letter `p` of the phrase is letter `i`. */
bool gap_joins(struct match *m, size_t p, size_t i, bool one_syllable);

/* Whether a plain phrase has the same gap before its letter `p` as the text has before letter `i`:
 * blanks, or its own sign and blanks. */
bool gap_is_alike(const struct match *m, size_t p, size_t i);

/* Whether the gaps between the words of the match allow it to be one phrase. */
bool gaps_allow_match(struct match *m);

#endif
