/*
 * A text read with reused buffers, compared with the same text read with new buffers, and each word
 * compared with its glyphs: caches and shortcuts must give the same result. A failure may depend on
 * the inputs before it.
 */
#include "fuzz.h"

#include <stdbool.h>
#include <string.h>
#include "text/canonical.h"
#include "text/codepoint.h"
#include "text/read_text.h"
#include "text/syllable.h"

static struct text *reused;
static struct canonical canonical, other_canonical;

static void clean_up(void)
{
	text_free(reused);
	canonical_clear(&canonical);
	canonical_clear(&other_canonical);
}

static void compare(const struct text *text, const struct text *other)
{
	REQUIRE(text->glyphs == other->glyphs && text->links == other->links);
	REQUIRE(text->words == other->words && text->accented == other->accented);
	REQUIRE(text->eligible == other->eligible &&
		text->eligible_lacking == other->eligible_lacking);
	REQUIRE(text->eligible_accented == other->eligible_accented &&
		text->boundaries == other->boundaries);
	REQUIRE(text->canonical == other->canonical);
	for (size_t i = 0; i < text->words; i++) {
		const struct word *w = &text->word[i], *o = &other->word[i];

		REQUIRE(w->first == o->first && w->count == o->count && w->kind == o->kind);
		REQUIRE(w->accented == o->accented && w->lacks_marks == o->lacks_marks &&
			w->capital == o->capital);
	}
}

/* Computes what a word is from its glyphs alone, and compares. */
static void check_word(const struct glyph *glyph, const struct word *word)
{
	uint16_t marks = 0;
	size_t digits = 0, capitals = 0, tones = 0;
	bool lacks_marks = false, is_syllable = syllable_read(glyph, word->count, &lacks_marks);
	bool only_look_alikes = true; /* all letters are look-alikes of another script */

	for (size_t i = 0; i < word->count; i++) {
		marks |= glyph[i].marks;
		tones += (glyph[i].marks & MARK_TONE) != 0;
		digits += glyph[i].kind == GLYPH_DIGIT;
		capitals += (glyph[i].flags & GLYPH_UPPER) != 0;
		bool look_alike = (glyph[i].flags & GLYPH_LOOKALIKE) != 0;
		only_look_alikes &= glyph[i].kind == GLYPH_LETTER ? look_alike : i > 0;
	}
	is_syllable &= !only_look_alikes;
	lacks_marks &= !only_look_alikes;
	REQUIRE(word->kind == (digits ? WORD_NUMBER : is_syllable ? WORD_SYLLABLE : WORD_OTHER));
	REQUIRE(word->accented == (marks != 0 && tones <= 1 && !only_look_alikes) &&
		word->lacks_marks == lacks_marks);
	REQUIRE(word->capital ==
		(capitals == 1 && word->count > 1 && (glyph->flags & GLYPH_UPPER) != 0));
}

static bool is_small_letter(const struct glyph *glyph)
{
	return glyph->kind == GLYPH_LETTER && !(glyph->flags & GLYPH_UPPER);
}

static void check_boundaries(const struct text *text)
{
	size_t boundary = 0;

	for (size_t i = 0; i < text->glyphs; i++) {
		const struct glyph *g = &text->glyph[i];
		REQUIRE(g->boundary ? !is_small_letter(g) || (g->flags & GLYPH_LOOKALIKE)
				    : is_small_letter(g) && !codepoint_look_alike(g->ch));
		if (g->boundary)
			REQUIRE(boundary < text->boundaries && text->boundary[boundary++] == i);
	}
	REQUIRE(boundary == text->boundaries && text->boundary[boundary] == text->glyphs);
}

static void check_canonical(struct text *text, bool lower)
{
	if (!text->canonical)
		return;
	REQUIRE(canonical_write(&canonical, text, lower));
	text->canonical = false;
	REQUIRE(canonical_write(&other_canonical, text, lower));
	text->canonical = true;
	REQUIRE(canonical.len == other_canonical.len);
	REQUIRE(!memcmp(canonical.bytes, other_canonical.bytes, canonical.len));
	for (size_t at = 0; at < canonical.len; at++)
		REQUIRE(canonical_glyph(&canonical, text, at) ==
			canonical_glyph(&other_canonical, text, at));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text *fresh = text_new();
	enum text_error error;

	if (!reused) {
		reused = text_new();
		atexit(clean_up);
	}
	REQUIRE(fresh && reused);
	error = text_read(fresh, (const char *)data, size);
	REQUIRE(text_read(reused, (const char *)data, size) == error);
	compare(reused, fresh);
	if (error == TEXT_OK) {
		check_boundaries(fresh);
		for (size_t i = 0; i < reused->words; i++)
			check_word(&reused->glyph[reused->word[i].first], &reused->word[i]);
		check_canonical(fresh, false);
		check_canonical(fresh, true);
	}
	text_free(fresh);
	return 0;
}
