#include <string.h>

#include "rules/match/gap.h"
#include "text/text.h"
#include "text/syllable.h"

static bool is_capital(const struct text *text, size_t glyph)
{
	return glyph < text->glyphs && (text->glyph[glyph].flags & GLYPH_UPPER);
}

static bool is_dot(const struct text *text, size_t glyph)
{
	return glyph < text->glyphs && text->glyph[glyph].ch == '.';
}

/* Whether the dot at a glyph ends a short form: `Đ.M.` within a sentence, or before more letters.
 */
static bool ends_short_form(const struct text *text, size_t dot)
{
	if (!is_dot(text, dot) || dot + 2 >= text->glyphs)
		return false;
	const struct glyph *next = &text->glyph[dot + 1];
	if (next->kind == GLYPH_SPACE)
		return next[1].kind == GLYPH_LETTER && !(next[1].flags & GLYPH_UPPER);
	return next->flags & GLYPH_UPPER;
}

/* Whether the glyph before `first` is a blank, and the word before that in small letters. */
static bool goes_on(const struct text *text, size_t first)
{
	return first >= 2 && text->glyph[first - 1].kind == GLYPH_SPACE &&
	       text->glyph[first - 2].kind == GLYPH_LETTER && !is_capital(text, first - 2);
}

static bool are_capitals(const struct phrase_search *search, size_t from, size_t end)
{
	for (size_t i = from; i < end; i++)
		if (!is_capital(search->text, search->skeleton->glyph[i]))
			return false;
	return true;
}

/*
 * Whether the letters [first, end) of the skeleton, consonants spelled out, are the initials of
 * a name (`Đ.M.T`, `cháu V.C.L`: in capitals beside more initials, or within a sentence), or a
 * price with its unit (`đ/m2`, `đ/km`), and not an obscenity (`đ.m`).
 */
static bool is_short_form(const struct phrase_search *search, size_t first, size_t end)
{
	const struct text *text = search->text;
	size_t from = search->skeleton->glyph[first], to = search->skeleton->glyph[end - 1] + 1u;

	if (text->glyph[from + 1].ch == '/')
		return true;
	if (!is_dot(text, from + 1) || !are_capitals(search, first, end))
		return false;
	return ends_short_form(text, to) || goes_on(text, from) ||
	       (from >= 2 && is_dot(text, from - 1) && is_capital(text, from - 2));
}

/* ---- its beginning and its end --------------------------------------------------------- */

/* Whether the rest of the word from letter `i` on is digits only. */
static bool only_digits_follow(const struct match *m, size_t i)
{
	const struct skeleton *s = m->search->skeleton;

	for (; i < s->letters && adjoins(m, i); i++)
		if (glyph_of(m, i)->kind != GLYPH_DIGIT)
			return false;
	return true;
}

/* Whether a word ends before letter `i`: yes in `nhacai|88`, no in `92|ml`. */
static bool ends_word(const struct match *m, size_t i)
{
	if (match_begins_word(m, i))
		return true;
	const struct glyph *g = glyph_of(m, i);
	return g->kind == GLYPH_DIGIT && g[-1].kind == GLYPH_LETTER &&
	       (m->search->skeleton->reading == SKELETON_PLAIN || only_digits_follow(m, i));
}

/* A run of equal letters may cover the ends of other words: in `ăn nhà cái`, the n of `ăn` and that
 * of `nhà` are one run. Finds in the first run the last letter that begins a word and leaves
 * enough letters of the run, itself included. */
static bool find_first(struct match *m, size_t run)
{
	const struct skeleton *s = m->search->skeleton;
	size_t from = s->start[run], to = s->start[run + 1], need = m->phrase->length[0];

	if (to - from < need)
		return false;
	for (m->first = to - need; !match_begins_word(m, m->first); m->first--)
		if (m->first == from)
			return false;
	return true;
}

/* The same for the last run, as in `nhà cái ít`: finds the first end of a word that has enough
 * letters of the run before it. */
static bool find_end(struct match *m, size_t run)
{
	const struct skeleton *s = m->search->skeleton;
	size_t from = m->phrase->runs == 1 ? m->first : s->start[run];

	for (m->end = from + m->phrase->length[m->phrase->runs - 1]; m->end <= s->start[run + 1];
	     m->end++)
		if (ends_word(m, m->end))
			return true;
	return false;
}

/* ---- its letters and their marks ------------------------------------------------------ */

/* At a syllable's end y and i are the same: lý and lí, quý and quí; but not in thúy and thúi. */
static bool i_for_y(const struct phrase *p, size_t i)
{
	bool last = i + 1 == p->letters || p->syllable[i + 1] != p->syllable[i];
	bool first = i == 0 || p->syllable[i - 1] != p->syllable[i];
	if (!last || first)
		return false;
	uint8_t before = p->letter[i - 1].letter;
	bool qu = before == 'u' && i >= 2 && p->letter[i - 2].letter == 'q';
	return qu || !strchr("aeiouy", before);
}

/* Whether the syllable of letter `i` of the phrase has a vowel. In `kl` and `kc`, which have none,
 * k does not stand for c. */
static bool is_spoken(const struct phrase *p, size_t i)
{
	for (size_t k = i + 1; k-- > 0 && p->syllable[k] == p->syllable[i];)
		if (strchr("aeiouy", p->letter[k].letter))
			return true;
	for (size_t k = i + 1; k < p->letters && p->syllable[k] == p->syllable[i]; k++)
		if (strchr("aeiouy", p->letter[k].letter))
			return true;
	return false;
}

/* k for c, as teenagers write, where Vietnamese has no k: `kặc`, `cặk`. But `khó` is not `chó`, and
 * `ok` and `ko` (không) are words. */
static bool k_for_c(const struct match *m, size_t p, size_t i)
{
	const struct phrase *phrase = m->phrase;
	bool last = p + 1 == phrase->letters || phrase->syllable[p + 1] != phrase->syllable[p];
	bool first = p == 0 || phrase->syllable[p - 1] != phrase->syllable[p];

	if (!is_spoken(phrase, p) || (!last && !strchr("aou", phrase->letter[p + 1].letter)))
		return false;
	if (last)
		return phrase->letter[p - 1].letter != 'o' || glyph_of(m, i - 1)->marks;
	bool two = first &&
		   (p + 2 == phrase->letters || phrase->syllable[p + 2] != phrase->syllable[p]);
	return !two || phrase->letter[p + 1].letter != 'o' ||
	       (i + 1 < m->end && glyph_of(m, i + 1)->marks);
}

/* Whether letter `i` of the text may be letter `p` of the phrase, whose skeleton is the same. */
static bool same_letter(const struct match *m, size_t p, size_t i)
{
	const struct glyph *want = &m->phrase->letter[p], *g = glyph_of(m, i);

	if (!want->letter)
		return want->ch == g->ch;
	if (want->letter == g->letter)
		return true;
	if (want->letter == 'c')
		return g->letter == 'k' && k_for_c(m, p, i);
	if (want->letter == 'i' && g->letter == 'j')
		return is_spoken(m->phrase, p);
	return want->letter != 'k' && want->letter != 'j' && g->letter != 'j' &&
	       i_for_y(m->phrase, p);
}

/* Whether letter `p` belongs to a name that marks do not make another word: `kụbet` is kubet. */
static bool is_name(const struct phrase *phrase, size_t p)
{
	enum { NAME_LETTERS = 4 };
	size_t first = p, end = p + 1;

	if (phrase->shape[phrase->syllable[p]])
		return false;
	while (first > 0 && phrase->syllable[first - 1] == phrase->syllable[p])
		first--;
	while (end < phrase->letters && phrase->syllable[end] == phrase->syllable[p])
		end++;
	for (size_t i = first; i < end; i++)
		if (phrase->letter[i].marks)
			return false;
	return end - first >= NAME_LETTERS && is_spoken(phrase, p);
}

static inline void end_letter(struct match *m, size_t p)
{
	const struct glyph *want = &m->phrase->letter[p];
	m->marks |= m->quality | m->tone;
	m->missing |= (want->marks & MARK_QUALITY & ~m->quality) != 0;
	m->want_tone |= want->marks & MARK_TONE;
	m->quality = 0;
}

/* Ends the syllable of letter `p`. Returns false if the tone differs. */
static bool end_syllable(struct match *m, size_t p)
{
	unsigned shape = m->phrase->shape[m->phrase->syllable[p]];
	bool fits = !(m->tone & ~m->want_tone) || is_name(m->phrase, p);

	m->missing |= (m->want_tone & ~m->tone) != 0;
	m->marks_optional |= m->disguised || syllable_lacks(shape, m->marks);
	m->marks = m->tone = m->want_tone = 0;
	m->disguised = false;
	return fits;
}

/* Takes letter `i` of the text as letter `p` of the phrase. Returns false if they differ. */
static bool take(struct match *m, size_t p, size_t i)
{
	const struct glyph *g = glyph_of(m, i), *want = &m->phrase->letter[p];
	bool substitutes = m->search->skeleton->reading != SKELETON_PLAIN;

	if (g->kind != GLYPH_LETTER) {
		bool sign = substitutes && want->kind == GLYPH_LETTER;
		m->disguised |= sign;
		m->signs += sign;
		return sign || want->letter == g->letter;
	}
	m->letters++;
	m->disguised |= g->flags & (GLYPH_FOREIGN | GLYPH_LOOKALIKE | GLYPH_COMPAT);
	m->quality |= g->marks & MARK_QUALITY;
	m->tone |= g->marks & MARK_TONE;
	if ((g->marks & MARK_QUALITY & ~want->marks) && !is_name(m->phrase, p))
		return false;
	return (substitutes && g->flags & GLYPH_LOOKALIKE) || same_letter(m, p, i);
}

/* Moves from letter `p` of the phrase, the last one taken, to its letter `next`, which is letter
 * `i` of the text. The two letters are separated in the text or in the phrase. */
static bool step_across(struct match *m, size_t p, size_t next, size_t i, bool one_syllable)
{
	if (!gap_joins(m, next, i, one_syllable))
		return false;
	if (m->phrase->plain && !gap_is_alike(m, next, i))
		return false;
	return one_syllable || end_syllable(m, p);
}

static inline bool step(struct match *m, size_t p, size_t next, size_t i)
{
	bool one_syllable = m->phrase->syllable[p] == m->phrase->syllable[next];

	if (next != p)
		end_letter(m, p);
	return (one_syllable && adjoins(m, i)) || step_across(m, p, next, i, one_syllable);
}

static bool stands_for(const struct glyph *g, const struct glyph *want)
{
	return g->kind == GLYPH_DIGIT && want->kind == GLYPH_LETTER;
}

/* Whether a match that begins or ends with a digit for a letter is a word (`lo1`) and not a model
 * or a school class (`CA1`). */
static bool is_word_at_edge(const struct match *m)
{
	const struct glyph *first = glyph_of(m, m->first), *last = glyph_of(m, m->end - 1);
	const struct phrase *p = m->phrase;
	bool capitals = true;

	if (!stands_for(first, &p->letter[0]) && !stands_for(last, &p->letter[p->letters - 1]))
		return true;
	for (size_t i = m->first; i < m->end; i++)
		capitals &= glyph_of(m, i)->kind != GLYPH_LETTER ||
			    (glyph_of(m, i)->flags & GLYPH_UPPER);
	return match_has_vowel(m, m->first, m->end) && (!capitals || m->letters > 2);
}

/* Whether enough characters of the match are letters, when digits and signs replace others. */
static bool is_legible(const struct match *m)
{
	bool one_syllable = m->phrase->syllable[m->phrase->letters - 1] == 0;

	if (!m->signs)
		return true;
	return m->letters >= 2 && m->letters >= m->signs && (!one_syllable || is_word_at_edge(m));
}

/* ---- the walk ------------------------------------------------------------------------- */

/*
 * Returns which letter of the phrase the text's letter `i` is. `p` is the one that the text's
 * letter before it is. Their run ends before `run_end` in the phrase and before `to` in the text. A
 * longer run in the text is stretched at its last letter, or before the blank between two syllables
 * of the phrase (`anhhh hai`).
 */
static size_t align(const struct match *m, size_t p, size_t run_end, size_t i, size_t to)
{
	const struct phrase *phrase = m->phrase;
	if (p + 1 == run_end)
		return p;
	bool forced = to - i == run_end - p - 1;
	bool within = phrase->syllable[p + 1] == phrase->syllable[p];
	if (!forced && within && phrase->letter[p].letter != phrase->letter[p + 1].letter)
		return glyph_of(m, i)->letter == phrase->letter[p].letter ? p : p + 1;
	return forced || within || !adjoins(m, i) ? p + 1 : p;
}

/* One run of equal letters: [from, to) of the text, n letters from `p` of the phrase. */
static bool walk_run(struct match *m, size_t p, size_t n, size_t from, size_t to)
{
	size_t run_end = p + n;
	bool digit = m->phrase->letter[p].kind == GLYPH_DIGIT;

	if (to - from < n || (digit && to - from != n))
		return false;
	if (p > 0 && !step(m, p - 1, p, from))
		return false;
	for (size_t i = from; i < to; i++) {
		size_t next = i == from ? p : align(m, p, run_end, i, to);
		if (i > from && !step(m, p, next, i))
			return false;
		p = next;
		if (!take(m, p, i))
			return false;
	}
	if (to - from > n && m->phrase->letter[p].letter == 'd' && p + 1 < m->phrase->letters &&
	    m->phrase->syllable[p + 1] == m->phrase->syllable[p])
		m->quality |= MARK_STROKE; /* dd is đ, typed with the keyboard off: `ddéo` */
	return p + 1 == run_end;
}

static bool walk(struct match *m, size_t run)
{
	const struct skeleton *s = m->search->skeleton;
	const struct phrase *phrase = m->phrase;

	for (size_t k = 0, p = 0; k < phrase->runs; k++) {
		size_t n = phrase->length[k];
		size_t from = k == 0 ? m->first : s->start[run + k];
		size_t to = k + 1 == phrase->runs ? m->end : s->start[run + k + 1];
		if (!walk_run(m, p, n, from, to))
			return false;
		p += n;
	}
	end_letter(m, phrase->letters - 1u);
	return end_syllable(m, phrase->letters - 1u);
}

/* Whether the gap between two glyphs is one blank, or none within a syllable. */
static inline bool is_plain_gap(const struct text *text, size_t from, size_t to, bool one_syllable)
{
	if (one_syllable)
		return to == from + 1;
	return to == from + 2 && glyph_is_blank(&text->glyph[from + 1]);
}

/* Whether the text has the phrase as it is written, in any case. The walk finds the same, and more
 * slowly. */
static bool is_verbatim(const struct match *m)
{
	const struct phrase *p = m->phrase;
	const struct text *text = m->search->text;
	const uint32_t *glyph = &m->search->skeleton->glyph[m->first];

	if (m->end - m->first != p->letters)
		return false;
	for (size_t i = 0; i < p->letters; i++) {
		const struct glyph *g = &text->glyph[glyph[i]], *want = &p->letter[i];
		if (g->letter != want->letter || g->marks != want->marks || !g->letter ||
		    p->before[i] || g->flags & (GLYPH_FOREIGN | GLYPH_LOOKALIKE | GLYPH_COMPAT))
			return false;
		if (i && !is_plain_gap(text, glyph[i - 1], glyph[i],
				       p->syllable[i] == p->syllable[i - 1]))
			return false;
	}
	return true;
}

/* A phrase of one letter must be followed by its sign, else it would hit everywhere. */
static bool sign_follows(const struct match *m)
{
	const struct text *text = m->search->text;
	size_t next = m->search->skeleton->glyph[m->end - 1] + 1u;
	return next < text->glyphs && text->glyph[next].ch == m->phrase->sign;
}

/* Whether the runs at both ends are long enough. A run of equal letters is one byte for libhs, so
 * most candidates for `cc` have a single c. */
static bool may_be_at(const struct phrase *phrase, const struct skeleton *s, size_t run)
{
	size_t last = run + phrase->runs - 1u;

	return last < s->runs && s->start[run + 1] - s->start[run] >= phrase->length[0] &&
	       s->start[last + 1] - s->start[last] >= phrase->length[phrase->runs - 1];
}

/* Whether the letters of the text are the phrase in some disguise. */
static bool is_disguised(struct match *m, size_t run)
{
	if (!walk(m, run) || !gaps_allow_match(m) ||
	    (m->missing && (m->phrase->exact || !m->marks_optional)))
		return false;
	return is_legible(m) && !(m->spelled && !match_has_vowel(m, m->first, m->end) &&
				  is_short_form(m->search, m->first, m->end));
}

static bool confirm(const struct phrase *phrase, struct phrase_search *search, size_t run,
		    uint32_t *first, uint32_t *count)
{
	struct match m = {.phrase = phrase, .search = search, .marks_optional = search->unaccented};
	const uint32_t *glyph = search->skeleton->glyph;

	if (!find_first(&m, run) || !find_end(&m, run + phrase->runs - 1))
		return false;
	if (!is_verbatim(&m) && !is_disguised(&m, run))
		return false;
	if (phrase->sign && !sign_follows(&m))
		return false;
	*first = glyph[m.first];
	*count = glyph[m.end - 1] - glyph[m.first] + 1;
	return true;
}

bool phrase_at(const struct phrase *phrase, struct phrase_search *search, size_t run,
	       uint32_t *first, uint32_t *count)
{
	return may_be_at(phrase, search->skeleton, run) &&
	       confirm(phrase, search, run, first, count);
}
