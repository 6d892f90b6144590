/*
 * A text as a reader that has read others has it, beside one that reads its first, and each word
 * beside its glyphs: what is remembered and what is taken over as it was typed must be what
 * reading anew gives. What fails may hang on the inputs before it.
 */
#include "fuzz.h"

#include <stdbool.h>
#include <string.h>
#include "text/canon.h"
#include "text/syllable.h"
#include "text/text.h"

static struct text *seasoned;
static struct canon canon, other_canon;

static void clean_up(void)
{
	text_free(seasoned);
	canon_clear(&canon);
	canon_clear(&other_canon);
}

static void compare(const struct text *text, const struct text *other)
{
	REQUIRE(text->glyphs == other->glyphs && text->links == other->links);
	REQUIRE(text->words == other->words && text->marked == other->marked);
	REQUIRE(text->asked == other->asked && text->asked_bare == other->asked_bare);
	REQUIRE(text->asked_marked == other->asked_marked && text->edges == other->edges);
	REQUIRE(text->canonical == other->canonical);
	for (size_t i = 0; i < text->words; i++) {
		const struct word *w = &text->word[i], *o = &other->word[i];

		REQUIRE(w->first == o->first && w->count == o->count && w->kind == o->kind);
		REQUIRE(w->marked == o->marked && w->bare == o->bare && w->capital == o->capital);
	}
}

/* What a word is, read from its glyphs and nothing else. */
static void check_word(const struct glyph *glyph, const struct word *word)
{
	uint16_t marks = 0;
	size_t digits = 0, capitals = 0;
	bool bare = false, is_syllable = syllable_read(glyph, word->count, &bare);

	for (size_t i = 0; i < word->count; i++) {
		marks |= glyph[i].marks;
		digits += glyph[i].kind == GLYPH_DIGIT;
		capitals += (glyph[i].flags & GLYPH_UPPER) != 0;
	}
	REQUIRE(word->kind == (digits ? WORD_NUMBER : is_syllable ? WORD_SYLLABLE : WORD_OTHER));
	REQUIRE(word->marked == (marks != 0) && word->bare == bare);
	REQUIRE(word->capital ==
		(capitals == 1 && word->count > 1 && (glyph->flags & GLYPH_UPPER) != 0));
}

static bool is_small_letter(const struct glyph *glyph)
{
	return glyph->kind == GLYPH_LETTER && !(glyph->flags & GLYPH_UPPER);
}

static void check_edges(const struct text *text)
{
	size_t edge = 0;

	for (size_t i = 0; i < text->glyphs; i++)
		if (!is_small_letter(&text->glyph[i]))
			REQUIRE(edge < text->edges && text->edge[edge++] == i);
	REQUIRE(edge == text->edges && text->edge[edge] == text->glyphs);
}

static void check_canonical(struct text *text, bool lower)
{
	if (!text->canonical)
		return;
	REQUIRE(canon_write(&canon, text, lower));
	text->canonical = false;
	REQUIRE(canon_write(&other_canon, text, lower));
	text->canonical = true;
	REQUIRE(canon.len == other_canon.len);
	REQUIRE(!memcmp(canon.bytes, other_canon.bytes, canon.len));
	for (size_t at = 0; at < canon.len; at++)
		REQUIRE(canon_glyph(&canon, text, at) == canon_glyph(&other_canon, text, at));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text *fresh = text_new();
	enum text_error error;

	if (!seasoned) {
		seasoned = text_new();
		atexit(clean_up);
	}
	REQUIRE(fresh && seasoned);
	error = text_read(fresh, (const char *)data, size);
	REQUIRE(text_read(seasoned, (const char *)data, size) == error);
	compare(seasoned, fresh);
	if (error == TEXT_OK) {
		check_edges(fresh);
		for (size_t i = 0; i < seasoned->words; i++)
			check_word(&seasoned->glyph[seasoned->word[i].first], &seasoned->word[i]);
		check_canonical(fresh, false);
		check_canonical(fresh, true);
	}
	text_free(fresh);
	return 0;
}
