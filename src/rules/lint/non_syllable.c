#include "rules/lint/non_syllable.h"

#include <string.h>
#include "rules/lint/real_syllable.h"
#include "text/syllable.h"

enum { MOST_PARTS = 4, MOST_NEAR = 2 };

/* What people write for the letter that ends a word, or add to it: cặk, đíck, hôg, mìh, vậyz, đel,
 * đis. */
static void append_last(struct letters *out, const struct glyph *last, bool after_vowel)
{
	bool after_c = out->glyph[out->count - 1].letter == 'c';

	if (last->letter == 'k')
		append_letter(out, last, after_c ? 'h' : 'c');
	else if (after_vowel && (last->letter == 'g' || last->letter == 'h')) {
		append_letter(out, last, 'n');
		append_letter(out, last, (char)last->letter);
	} else if (last->letter != 'z' && !(after_vowel && strchr("ls", last->letter)))
		append_letter(out, last, (char)(last->letter == 'j' ? 'i' : last->letter));
}

/* And for the letters that begin one: fải, zậy, wá, dzú, jì. Returns how many were read. */
static size_t append_first(struct letters *out, const struct glyph *glyph)
{
	char first = (char)glyph->letter;

	if (first == 'f' || first == 'w') {
		append_letter(out, glyph, first == 'f' ? 'p' : 'q');
		append_letter(out, glyph, first == 'f' ? 'h' : 'u');
	} else {
		append_letter(out, glyph, (char)(first == 'z' || first == 'j' ? 'd' : first));
	}
	return first == 'd' && glyph[1].letter == 'z' ? 2 : 1;
}

/* Whether it is a syllable as people disguise or abbreviate it, or stretch it. */
static bool is_teencode(const struct glyph *glyph, size_t count)
{
	struct letters plain = {.count = 0};
	size_t i;

	if (count < 2)
		return false;
	if (glyph->marks & MARK_STROKE && is_syllable(glyph + 1, count - 1))
		return true; /* đmẹ */
	for (i = append_first(&plain, glyph); i + 1 < count; i++)
		if (glyph[i].letter != glyph[i - 1].letter)
			append_letter(&plain, &glyph[i],
				      (char)(glyph[i].letter == 'j' ? 'i' : glyph[i].letter));
	if (i < count && glyph[i].letter != glyph[i - 1].letter)
		append_last(&plain, &glyph[i], is_vowel(&glyph[i - 1]));
	return syllable_shape(plain.glyph, plain.count);
}

/* `repeats a letter: write "tiền" …`. The one letter has the marks of both: tiêền is tiền. Three in
 * a row are meant so: vãiii. */
static bool add_stretched(struct buf *out, const struct glyph *glyph, size_t count)
{
	struct letters once = {.count = 0};

	for (size_t i = 0; i < count; i++)
		if (i && glyph[i].letter == glyph[i - 1].letter)
			once.glyph[once.count - 1].marks |= glyph[i].marks;
		else
			append_letter(&once, &glyph[i], (char)glyph[i].letter);
	if (once.count + 1 != count || !is_real_syllable(once.glyph, once.count))
		return false;
	buf_add_string(out, "repeats a letter: write \"");
	add_letters(out, &once);
	buf_add_string(out, "\", which finds it with repeated letters too");
	return true;
}

/* Cuts a word into `parts` syllables, trying long ones first. Sets `lens` to the number of letters
 * of each. */
static bool cut(const struct glyph *glyph, size_t count, size_t parts, size_t *lens)
{
	if (parts == 1)
		*lens = count;
	if (parts == 1)
		return count > 1 && is_syllable(glyph, count);
	for (size_t len = count - 1; len > 1; len--)
		if (is_syllable(glyph, len) && cut(glyph + len, count - len, parts - 1, lens + 1)) {
			*lens = len;
			return true;
		}
	return false;
}

/* Marks that words of other languages seldom have. */
static bool is_vietnamese(uint16_t marks)
{
	return marks & (MARK_BREVE | MARK_HORN | MARK_STROKE | MARK_HOOK | MARK_DOT) ||
	       (marks & MARK_CIRCUMFLEX && marks & MARK_TONE);
}

static bool has_vietnamese(const struct glyph *glyph, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_vietnamese(glyph[i].marks))
			return true;
	return false;
}

static bool has_mark(const struct glyph *glyph, size_t count)
{
	uint16_t marks = 0;

	for (size_t i = 0; i < count; i++)
		marks |= glyph[i].marks;
	return marks;
}

/* ng, nh or kh: letters in a row that few names of other languages have. */
static bool has_pair(const struct glyph *glyph, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if ((glyph[i - 1].letter == 'n' && strchr("gh", glyph[i].letter)) ||
		    (glyph[i - 1].letter == 'k' && glyph[i].letter == 'h'))
			return true;
	return false;
}

/* `is several syllables in one word: write "tài xỉu" …`. A foreign name may look so: bébé. */
static bool add_joined(struct buf *out, const struct glyph *glyph, size_t count)
{
	size_t lens[MOST_PARTS], parts = 2;
	bool all = true, sure = has_vietnamese(glyph, count);

	while (parts <= MOST_PARTS && !cut(glyph, count, parts, lens))
		parts++;
	for (size_t i = 0, at = 0; parts <= MOST_PARTS && i < parts; at += lens[i++])
		all &= has_mark(glyph + at, lens[i]);
	sure |= parts == 2 && (has_pair(glyph, lens[0]) || has_pair(glyph + lens[0], lens[1]));
	if (parts > MOST_PARTS || !(all || sure))
		return false;
	buf_add_string(out, "is several syllables in one word: write \"");
	for (size_t i = 0, at = 0; i < parts; at += lens[i++]) {
		buf_add_string(out, i ? " " : "");
		for (size_t k = at; k < at + lens[i]; k++)
			add_letter(out, &glyph[k], glyph[k].marks);
	}
	buf_add_string(out, "\", which finds it joined too");
	return true;
}

/* The first vowels of a word, and the letters around them. */
struct cluster {
	char onset[MOST_LETTERS + 1], coda[MOST_LETTERS + 1];
	size_t vowels, onset_len;
	bool more; /* there are other vowels after its coda */
};

static struct cluster cluster_of(const struct glyph *glyph, size_t count)
{
	struct cluster cluster = {.vowels = 0};
	size_t i = 0, coda = 0;

	for (; i < count && !is_vowel(&glyph[i]); i++)
		cluster.onset[cluster.onset_len++] = (char)glyph[i].letter;
	for (; i < count && is_vowel(&glyph[i]); i++)
		cluster.vowels++;
	for (; i < count && !is_vowel(&glyph[i]); i++)
		cluster.coda[coda++] = (char)glyph[i].letter;
	cluster.more = i < count;
	return cluster;
}

/* Consonants that begin syllables, those of names from other languages of Vietnam too: Krông. */
static bool can_begin(const char *onset)
{
	static const char *const pairs[] = {
		"ch", "gh",  "gi", "kh", "ng", "ngh", "nh", "ph", "qu", "th", "tr", "bl",
		"br", "chr", "cl", "cr", "dr", "gl",  "gr", "hl", "hm", "hn", "hr", "kb",
		"kd", "kl",  "km", "kn", "kp", "kr",  "ks", "ml", "mn", "mr", "pl", "pr",
		"sr", "xt",  "st", "sl", "sn", "str", "dz", "cd", "cm", "vc", "vd", "vl"};

	return strlen(onset) < 2 || is_in(onset, pairs, sizeof pairs / sizeof pairs[0]);
}

static bool can_end(const char *coda)
{
	static const char *const codas[] = {"",	  "c", "ch", "m", "n", "ng",
					    "nh", "p", "t",  "k", "h", "g"};

	return is_in(coda, codas, sizeof codas / sizeof codas[0]);
}

/* Vowels that end a syllable, or that a consonant may follow. */
static bool are_vowels(const struct glyph *glyph, size_t count)
{
	static const struct glyph n = {.letter = 'n'};
	struct letters letters = {.count = 0};

	if (count > 3)
		return false;
	for (size_t i = 0; i < count; i++)
		append_letter(&letters, &glyph[i], (char)glyph[i].letter);
	append_letter(&letters, &n, 'n');
	return syllable_shape(letters.glyph, count) || syllable_shape(letters.glyph, count + 1);
}

/* Consonants that begin words of other languages. */
static bool is_foreign_onset(const char *onset)
{
	static const char *const pairs[] = {"mb", "nd", "nk", "nt", "gn",
					    "kn", "pt", "dj", "cz", "mp"};

	return strchr("lrwhs", onset[strlen(onset) - 1]) || *onset == 's' ||
	       is_in(onset, pairs, sizeof pairs / sizeof pairs[0]);
}

/* Whether it is neither Vietnamese nor a likely name. */
static bool is_impossible(const struct glyph *glyph, size_t count)
{
	struct cluster cluster = cluster_of(glyph, count);

	if (!cluster.vowels)
		return false;
	if (!has_vietnamese(glyph, count))
		return !cluster.more && !can_begin(cluster.onset) &&
		       !is_foreign_onset(cluster.onset);
	if (cluster.more) {
		bool sure = false;

		for (size_t i = 0; i < count; i++)
			sure |= glyph[i].marks & MARK_TONE &&
				glyph[i].marks & MARK_QUALITY & ~MARK_STROKE;
		return sure;
	}
	return !can_begin(cluster.onset) || !can_end(cluster.coda) ||
	       !are_vowels(glyph + cluster.onset_len, cluster.vowels);
}

static void add_near(struct buf *out, const struct letters *near, size_t *found)
{
	if (*found >= MOST_NEAR || !is_real_syllable(near->glyph, near->count))
		return;
	buf_add_string(out, (*found)++ ? " or \"" : "; did you mean \"");
	add_letters(out, near);
	buf_add_char(out, '"');
}

/* Syllables that the word is with one letter less, or with two swapped. */
static void add_nearest(struct buf *out, const struct glyph *glyph, size_t count)
{
	size_t found = 0;

	for (size_t skip = 0; skip < count; skip++) {
		struct letters near = {.count = 0};

		for (size_t i = 0; i < count; i++)
			if (i != skip)
				append_letter(&near, &glyph[i], (char)glyph[i].letter);
		add_near(out, &near, &found);
	}
	for (size_t swap = 1; swap < count; swap++) {
		struct letters near = {.count = 0};

		for (size_t i = 0; i < count; i++) {
			size_t from = i == swap ? i - 1 : i + 1 == swap ? swap : i;

			append_letter(&near, &glyph[from], (char)glyph[from].letter);
		}
		add_near(out, &near, &found);
	}
	buf_add_string(out, found ? "?" : "; if it is meant so, write it as a pattern");
}

/* Whether all are Latin letters without marks of other languages. */
static bool is_plain(const struct glyph *glyph, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (glyph[i].letter < 'a' || glyph[i].flags & GLYPH_FOREIGN)
			return false;
	return count <= MOST_LETTERS;
}

void add_non_syllable(struct buf *out, const struct text *text, const struct word *word)
{
	const struct glyph *glyph = &text->glyph[word->first];

	if (!has_mark(glyph, word->count) || !is_plain(glyph, word->count) ||
	    add_stretched(out, glyph, word->count) || is_teencode(glyph, word->count) ||
	    add_joined(out, glyph, word->count))
		return;
	if (!is_impossible(glyph, word->count))
		return;
	buf_add_string(out, "is not a syllable: Vietnamese never has its letters in this order");
	add_nearest(out, glyph, word->count);
}
