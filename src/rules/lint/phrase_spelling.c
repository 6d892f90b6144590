/* Phrases with words that Vietnamese does not write so. */
#include "rules/lint/lint.h"

#include <string.h>
#include "base/buf.h"
#include "base/utf8.h"
#include "rules/lint/spelling.h"
#include "rules/match/build.h"
#include "rules/rule.h"
#include "text/letter.h"
#include "text/read_text.h"
#include "text/syllable.h"

struct trial {
	const struct ruleset *rules;
	struct problems *problems;
	struct text *text; /* of the phrase in hand */
};

static void add_word(struct buf *out, const struct text *text, const struct word *word)
{
	const struct glyph *first = &text->glyph[word->first], *last = first + word->count - 1;

	buf_add(out, text->bytes + first->at, last->at + last->len - first->at);
}

static void add_letter(struct buf *out, const struct glyph *glyph, uint16_t marks)
{
	char bytes[UTF8_MOST];
	uint16_t borne;

	buf_add(out, bytes, utf8_encode(letter_compose(glyph->letter, marks, &borne), bytes));
}

static void add_letters(struct buf *out, const struct letters *letters)
{
	for (size_t i = 0; i < letters->count; i++)
		add_letter(out, &letters->glyph[i], letters->glyph[i].marks);
}

/* The word in small letters without a tone, or with `tone` on letter `at`. */
static void add_toned(struct buf *out, const struct text *text, const struct word *word, size_t at,
		      uint16_t tone)
{
	for (size_t i = word->first; i < word->first + word->count; i++) {
		const struct glyph *glyph = &text->glyph[i];

		add_letter(out, glyph,
			   (uint16_t)((glyph->marks & MARK_QUALITY) | (i == at ? tone : 0)));
	}
}

/* The letter that has the tone in a syllable that ends in a consonant: the last vowel. */
static size_t last_vowel(const struct text *text, const struct word *word)
{
	size_t at = word->first + word->count - 1;

	while (at > word->first && !is_vowel(&text->glyph[at]))
		at--;
	return at;
}

struct tones {
	size_t count, first; /* letters that have one; the first of them */
	uint16_t marks;	     /* of all letters */
};

static struct tones tones_of(const struct text *text, const struct word *word)
{
	struct tones tones = {0, 0, 0};

	for (size_t i = word->first; i < word->first + word->count; i++) {
		uint16_t marks = text->glyph[i].marks;

		if (marks & MARK_TONE && !tones.count++)
			tones.first = i;
		tones.marks |= marks;
	}
	return tones;
}

/* The word with `tone` on its last vowel. Returns whether it is a syllable. */
static bool tone_last(const struct text *text, const struct word *word, uint16_t tone,
		      struct letters *toned)
{
	toned->count = 0;
	if (word->count > MOST_LETTERS)
		return false;
	for (; toned->count < word->count; toned->count++) {
		toned->glyph[toned->count] = text->glyph[word->first + toned->count];
		toned->glyph[toned->count].marks &= MARK_QUALITY;
	}
	toned->glyph[last_vowel(text, word) - word->first].marks |= tone;
	return is_real_syllable(toned->glyph, toned->count);
}

/* `; did you mean "bác" or "bạc"?`, or nothing if neither is a syllable. */
static void add_stopped(struct buf *out, const struct text *text, const struct word *word)
{
	static const uint16_t tones[] = {MARK_ACUTE, MARK_DOT};
	struct letters toned;
	size_t found = 0;

	for (size_t i = 0; i < 2; i++) {
		if (!tone_last(text, word, tones[i], &toned))
			continue;
		buf_add_string(out, found++ ? " or \"" : "; did you mean \"");
		add_letters(out, &toned);
		buf_add_char(out, '"');
	}
	buf_add_string(out, found ? "?" : "");
}

/* Foreign words that Vietnamese writes as they are and that have the shape of a syllable. */
static bool is_loan(const struct text *text, const struct word *word)
{
	static const char *const loans[] = {
		"bet", "bit", "bot", "cap", "chat", "chip", "cop", "cup", "fac", "fit",
		"hat", "hip", "hit", "hot", "jet",  "kit",  "lap", "let", "lit", "mac",
		"net", "pac", "pet", "pop", "pot",  "rap",  "set", "tip", "top", "vip"};

	for (size_t i = 0; i < sizeof loans / sizeof loans[0]; i++)
		if (strlen(loans[i]) == word->count &&
		    glyph_spells(text, word->first, loans[i]) == word->count)
			return true;
	return false;
}

/* Words that are no syllable. */

enum { MOST_PARTS = 4, MOST_NEAR = 2 };

static void append(struct letters *letters, const struct glyph *glyph, char letter)
{
	letters->glyph[letters->count] = *glyph;
	letters->glyph[letters->count++].letter = (uint8_t)letter;
}

/* What people write for the letter that ends a word: cặk, hôg, mìh, vậyz. */
static void append_last(struct letters *out, const struct glyph *last, bool after_vowel)
{
	if (last->letter == 'k')
		append(out, last, 'c');
	else if (after_vowel && (last->letter == 'g' || last->letter == 'h')) {
		append(out, last, 'n');
		append(out, last, (char)last->letter);
	} else if (last->letter != 'z')
		append(out, last, (char)(last->letter == 'j' ? 'i' : last->letter));
}

/* And for the letters that begin one: fải, zậy, wá, dzú, jì. Returns how many were read. */
static size_t append_first(struct letters *out, const struct glyph *glyph)
{
	char first = (char)glyph->letter;

	if (first == 'f' || first == 'w') {
		append(out, glyph, first == 'f' ? 'p' : 'q');
		append(out, glyph, first == 'f' ? 'h' : 'u');
	} else {
		append(out, glyph, (char)(first == 'z' || first == 'j' ? 'd' : first));
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
			append(&plain, &glyph[i],
			       (char)(glyph[i].letter == 'j' ? 'i' : glyph[i].letter));
	if (i < count && glyph[i].letter != glyph[i - 1].letter)
		append_last(&plain, &glyph[i], is_vowel(&glyph[i - 1]));
	return syllable_shape(plain.glyph, plain.count);
}

/* Cuts a word into `parts` syllables, the longest first. Sets where each ends. */
static bool cut(const struct glyph *glyph, size_t count, size_t parts, size_t *ends)
{
	if (parts == 1)
		*ends = count;
	if (parts == 1)
		return count > 1 && is_syllable(glyph, count);
	for (size_t len = count - 1; len > 1; len--)
		if (is_syllable(glyph, len) && cut(glyph + len, count - len, parts - 1, ends + 1)) {
			*ends = len;
			return true;
		}
	return false;
}

/* Marks that no other language has on one letter. */
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
	size_t ends[MOST_PARTS], parts = 2;
	bool all = true, sure = has_vietnamese(glyph, count);

	while (parts <= MOST_PARTS && !cut(glyph, count, parts, ends))
		parts++;
	for (size_t i = 0, at = 0; parts <= MOST_PARTS && i < parts; at += ends[i++])
		all &= has_mark(glyph + at, ends[i]);
	sure |= parts == 2 && (has_pair(glyph, ends[0]) || has_pair(glyph + ends[0], ends[1]));
	if (parts > MOST_PARTS || !(all || sure))
		return false;
	buf_add_string(out, "is several syllables in one word: write \"");
	for (size_t i = 0, at = 0; i < parts; at += ends[i++]) {
		buf_add_string(out, i ? " " : "");
		for (size_t k = at; k < at + ends[i]; k++)
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

static bool is_in_list(const char *string, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(list[i], string))
			return true;
	return false;
}

/* Consonants that begin syllables, those of names from other languages of Vietnam too: Krông. */
static bool can_begin(const char *onset)
{
	static const char *const pairs[] = {
		"ch", "gh",  "gi", "kh", "ng", "ngh", "nh", "ph", "qu", "th", "tr", "bl",
		"br", "chr", "cl", "cr", "dr", "gl",  "gr", "hl", "hm", "hn", "hr", "kb",
		"kd", "kl",  "km", "kn", "kp", "kr",  "ks", "ml", "mn", "mr", "pl", "pr",
		"sr", "xt",  "st", "sl", "sn", "str", "dz", "cd", "cm", "vc", "vd", "vl"};

	return strlen(onset) < 2 || is_in_list(onset, pairs, sizeof pairs / sizeof pairs[0]);
}

static bool can_end(const char *coda)
{
	static const char *const codas[] = {"",	  "c", "ch", "m", "n", "ng",
					    "nh", "p", "t",  "k", "h", "g"};

	return is_in_list(coda, codas, sizeof codas / sizeof codas[0]);
}

/* Vowels that end a syllable, or that a consonant may follow. */
static bool are_vowels(const struct glyph *glyph, size_t count)
{
	static const struct glyph n = {.letter = 'n'};
	struct letters letters = {.count = 0};

	if (count > 3)
		return false;
	for (size_t i = 0; i < count; i++)
		append(&letters, &glyph[i], (char)glyph[i].letter);
	append(&letters, &n, 'n');
	return syllable_shape(letters.glyph, count) || syllable_shape(letters.glyph, count + 1);
}

/* Consonants that begin words of other languages. */
static bool is_foreign_onset(const char *onset)
{
	static const char *const pairs[] = {"mb", "nd", "nk", "nt", "gn",
					    "kn", "pt", "dj", "cz", "mp"};

	return strchr("lrwhs", onset[strlen(onset) - 1]) || *onset == 's' ||
	       is_in_list(onset, pairs, sizeof pairs / sizeof pairs[0]);
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
				append(&near, &glyph[i], (char)glyph[i].letter);
		add_near(out, &near, &found);
	}
	for (size_t swap = 1; swap < count; swap++) {
		struct letters near = {.count = 0};

		for (size_t i = 0; i < count; i++) {
			size_t from = i == swap ? i - 1 : i + 1 == swap ? swap : i;

			append(&near, &glyph[from], (char)glyph[from].letter);
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

/* Appends what is wrong with a word with marks that has not the shape of a syllable. */
static void spell_other(struct buf *out, const struct text *text, const struct word *word)
{
	const struct glyph *glyph = &text->glyph[word->first];

	if (!has_mark(glyph, word->count) || !is_plain(glyph, word->count) ||
	    is_teencode(glyph, word->count) || add_joined(out, glyph, word->count))
		return;
	if (!is_impossible(glyph, word->count))
		return;
	buf_add_string(out, "is not a syllable: Vietnamese never has its letters in this order");
	add_nearest(out, glyph, word->count);
}

static bool is_marked(const struct text *text)
{
	for (size_t i = 0; i < text->glyphs; i++)
		if (text->glyph[i].marks)
			return true;
	return false;
}

/* Appends what is wrong with a word; nothing if it is a possible Vietnamese word. */
static void spell(struct buf *out, const struct text *text, const struct word *word)
{
	unsigned shape = syllable_shape(&text->glyph[word->first], word->count);
	struct tones tones = tones_of(text, word);
	bool stopped = shape & SYLLABLE_NEEDS_TONE;
	bool lacks_quality =
		shape & SYLLABLE_NEEDS_QUALITY && !(tones.marks & MARK_QUALITY & ~MARK_STROKE);

	if (!shape)
		spell_other(out, text, word);
	if (!shape || word->count < 2)
		return;
	if (tones.count > 1) {
		buf_add_string(out, "has two tones; did you mean \"");
		add_toned(out, text, word, tones.first, text->glyph[tones.first].marks & MARK_TONE);
		buf_add_string(out, "\"?");
	} else if (!tones.marks && (!word->lacks_by_usage || is_loan(text, word))) {
		return;
	} else if (stopped && !lacks_quality && !(tones.marks & (MARK_ACUTE | MARK_DOT))) {
		buf_add_string(out,
			       tones.count ? "has a tone that it cannot have" : "lacks its mark");
		add_stopped(out, text, word);
	} else if (syllable_lacks(shape, tones.marks)) {
		buf_add_string(out, "lacks its marks");
	}
}

static bool is_same_letters(const struct text *text, const struct text *other)
{
	if (text->glyphs != other->glyphs)
		return false;
	for (size_t i = 0; i < text->glyphs; i++)
		if (text->glyph[i].letter != other->glyph[i].letter)
			return false;
	return true;
}

static bool lacks_marks(const struct text *text)
{
	for (size_t i = 0; i < text->words; i++)
		if (text->word[i].lacks_marks)
			return true;
	return false;
}

/* Another phrase of the set with the same letters and all their marks; NULL where there is none. */
static const struct term *find_marked(struct trial *trial, struct text *other)
{
	for (size_t i = 0; i < ruleset_terms(trial->rules); i++) {
		const struct term *term = ruleset_term(trial->rules, i);

		if (term->kind != TERM_PATTERN && strlen(term->string) >= trial->text->len &&
		    text_read(other, term->string, strlen(term->string)) == TEXT_OK &&
		    is_marked(other) && !lacks_marks(other) && is_same_letters(trial->text, other))
			return term;
	}
	return NULL;
}

static void report_unmarked(struct trial *trial, const struct term *term)
{
	struct text *other = text_new();
	const struct term *marked = other ? find_marked(trial, other) : NULL;

	if (marked)
		problems_add(trial->problems, PROBLEM_WARNING, term->place,
			     "\"%s\" has no marks: did you mean \"%s\", as at %s:%zu? That finds "
			     "unmarked comments too",
			     quote(term->string).text, quote(marked->string).text,
			     marked->place.file, marked->place.line);
	else
		problems_add(trial->problems, PROBLEM_WARNING, term->place,
			     "\"%s\" has no marks, so it is not found where comments have theirs; "
			     "written with its marks it finds both",
			     quote(term->string).text);
	text_free(other);
}

/* A phrase that has no mark at all, with a word that is hardly ever written so. */
static bool is_unmarked(const struct text *text)
{
	bool lacks = false;

	for (size_t i = 0; i < text->words; i++) {
		if (text->word[i].kind != WORD_SYLLABLE)
			return false;
		lacks |= (text->word[i].lacks_marks || text->word[i].lacks_by_usage) &&
			 !is_loan(text, &text->word[i]);
	}
	return lacks && !is_marked(text);
}

/* `"tàixỉu" is …`, or `"chơi tàixỉu": "tàixỉu" is …` */
static void report_word(struct trial *trial, const struct term *term, const char *word,
			const char *why)
{
	if (!strcmp(term->string, word))
		problems_add(trial->problems, PROBLEM_WARNING, term->place, "\"%s\" %s",
			     quote(word).text, why);
	else
		problems_add(trial->problems, PROBLEM_WARNING, term->place, "\"%s\": \"%s\" %s",
			     quote(term->string).text, quote(word).text, why);
}

/* Letters and digits in a row that begin with the word: `tie62n` may be several words. */
static struct word run_of(const struct text *text, const struct word *word)
{
	struct word run = *word;

	if (word->first && glyph_is_word(&text->glyph[word->first - 1]))
		run.count = 0;
	while (run.count && glyph_is_word(glyph_at(text, run.first + run.count)))
		run.count++;
	return run;
}

/* Whether the word has these letters, whatever its marks; digits may be its marks: mat61. */
static bool has_letters(const struct text *text, struct word run, const struct letters *letters)
{
	size_t found = 0;

	for (size_t i = run.first; i < run.first + run.count; i++) {
		if (text->glyph[i].kind == GLYPH_DIGIT)
			continue;
		if (found == letters->count ||
		    text->glyph[i].letter != letters->glyph[found++].letter)
			return false;
	}
	return found == letters->count;
}

/* The first run of letters and digits from word `*i`, which moves on; empty after the last. */
static struct word next_run(const struct text *text, size_t *i)
{
	struct word run = {.count = 0};

	while (!run.count && *i < text->words)
		run = run_of(text, &text->word[(*i)++]);
	return run;
}

/* Whether `other` begins with the phrase as it is meant: each word has the same first letter, and
 * the one that `letters` replaces has those. */
static bool is_converted(const struct text *text, const struct text *other, struct word replaced,
			 const struct letters *letters)
{
	size_t i = 0, k = 0;
	struct word run;

	while ((run = next_run(text, &i)).count) {
		struct word same = next_run(other, &k);

		if (!same.count ||
		    text->glyph[run.first].letter != other->glyph[same.first].letter ||
		    (run.first == replaced.first && !has_letters(other, same, letters)))
			return false;
	}
	return true;
}

/* Whether another phrase of the set is the phrase as it is meant: then both are wanted. */
static bool has_converted(struct trial *trial, const struct term *phrase, struct word replaced,
			  const struct letters *letters)
{
	struct text *other = text_new();
	bool found = false;

	for (size_t i = 0; other && !found && i < ruleset_terms(trial->rules); i++) {
		const struct term *term = ruleset_term(trial->rules, i);

		found = term->kind == TERM_PHRASE && term != phrase &&
			text_read(other, term->string, strlen(term->string)) == TEXT_OK &&
			is_converted(trial->text, other, replaced, letters);
	}
	text_free(other);
	return found;
}

/* Reports a word that was typed while the input method was off. Returns whether it is one. */
static bool lint_keys(struct trial *trial, const struct term *term, size_t at)
{
	const struct text *text = trial->text;
	struct word run = run_of(text, &text->word[at]);
	struct letters meant;
	const char *method = read_keys(&text->glyph[run.first], run.count, &meant);
	struct buf word = {0}, why = {0};

	if (!method || has_converted(trial, term, run, &meant))
		return false;
	buf_printf(&why, "is typed in %s, and is found only so; did you mean \"", method);
	add_letters(&why, &meant);
	buf_add_string(&why, "\"?");
	add_word(&word, text, &run);
	report_word(trial, term, buf_string(&word), buf_string(&why));
	buf_free(&word);
	buf_free(&why);
	return true;
}

static void lint_term(struct trial *trial, const struct term *term)
{
	const struct text *text = trial->text;
	bool typed = false;

	for (size_t i = 0; i < text->words && term->kind == TERM_PHRASE; i++)
		typed |= lint_keys(trial, term, i);
	if (typed)
		return;

	if (term->kind == TERM_PHRASE && is_unmarked(text)) {
		report_unmarked(trial, term);
		return;
	}
	for (size_t i = 0; i < text->words && is_marked(text); i++) {
		struct buf word = {0}, why = {0};

		spell(&why, text, &text->word[i]);
		add_word(&word, text, &text->word[i]);
		if (why.len)
			report_word(trial, term, buf_string(&word), buf_string(&why));
		buf_free(&word);
		buf_free(&why);
	}
}

void lint_phrase_spelling(const struct ruleset *rules, struct problems *problems)
{
	struct trial trial = {rules, problems, text_new()};

	if (!trial.text)
		problems_add(problems, PROBLEM_ERROR, (struct place){0}, "out of memory");
	for (size_t i = 0; trial.text && i < ruleset_terms(rules); i++) {
		const struct term *term = ruleset_term(rules, i);

		if (term->kind != TERM_PATTERN && !(term->flags & SCAN_MARKS_EXACT) &&
		    text_read(trial.text, term->string, strlen(term->string)) == TEXT_OK)
			lint_term(&trial, term);
	}
	text_free(trial.text);
}
