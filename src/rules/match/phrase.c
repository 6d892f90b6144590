#include <stdlib.h>
#include <string.h>

#include "rules/match/build.h"
#include "rules/match/phrase.h"
#include "text/read_text.h"
#include "text/syllable.h"

const char scan_no_memory[] = "out of memory";

static const char *why_not(enum text_error err)
{
	return err == TEXT_EMPTY ? "the phrase is empty"
	       : err == TEXT_NO_MEMORY
		       ? scan_no_memory
		       : "the phrase is not valid UTF-8 text; save the file as UTF-8";
}

static bool allocate(struct phrase *phrase, size_t letters)
{
	phrase->skeleton = calloc(letters + 1, 1);
	phrase->letter = calloc(letters, sizeof *phrase->letter);
	phrase->syllable = calloc(letters, 1);
	phrase->shape = calloc(letters, 1);
	phrase->before = calloc(letters, sizeof *phrase->before);
	phrase->length = calloc(letters, 1);
	return phrase->skeleton && phrase->letter && phrase->syllable && phrase->shape &&
	       phrase->before && phrase->length;
}

/* The sign at a glyph, 0 where there is a blank or none. */
static uint32_t sign_at(const struct text *text, size_t glyph)
{
	return text->glyph[glyph].kind == GLYPH_SPACE ? 0 : text->glyph[glyph].ch;
}

/* The number of `letters` in the syllable that begins at letter `first`. */
static size_t syllable_letters(const struct phrase *phrase, size_t first, size_t letters)
{
	size_t n = 1;
	while (first + n < letters && phrase->syllable[first + n] == phrase->syllable[first])
		n++;
	return n;
}

static void fill(struct phrase *phrase, const struct skeleton *s, const struct text *text)
{
	uint8_t syllable = 0;

	for (size_t i = 0; i < s->letters; i++) {
		if (i && s->glyph[i] != s->glyph[i - 1] + 1) {
			syllable++;
			phrase->before[i] = sign_at(text, s->glyph[i - 1] + 1);
		}
		phrase->letter[i] = text->glyph[s->glyph[i]];
		phrase->syllable[i] = syllable;
	}
	for (size_t i = 0, n; i < s->letters; i += n) {
		n = syllable_letters(phrase, i, s->letters);
		phrase->shape[phrase->syllable[i]] = (uint8_t)syllable_shape(&phrase->letter[i], n);
	}
	for (size_t i = 0; i < s->runs; i++)
		phrase->length[i] = (uint8_t)(s->start[i + 1] - s->start[i]);
	memcpy(phrase->skeleton, s->run, s->runs);
	phrase->runs = (uint16_t)s->runs;
	phrase->letters = (uint16_t)s->letters;
	if (s->letters == 1 && s->glyph[0] + 1u < text->glyphs)
		phrase->sign = text->glyph[s->glyph[0] + 1].ch;
}

const char *phrase_read(struct phrase *phrase, const char *utf8, struct text *text)
{
	struct skeleton s = {0};
	enum text_error err = text_read(text, utf8, strlen(utf8));

	*phrase = (struct phrase){0};
	if (err)
		return why_not(err);
	const char *why = NULL;
	bool is_read = skeleton_read(&s, text, SKELETON_PLAIN);
	if (is_read && s.letters == 0)
		why = "the phrase has no letters or digits";
	else if (is_read && s.letters > PHRASE_LETTERS)
		why = "the phrase is too long: expected at most 120 letters and digits; use a pattern";
	else if (!is_read || !allocate(phrase, s.letters))
		why = scan_no_memory;
	else
		fill(phrase, &s, text);
	skeleton_clear(&s);
	if (why)
		phrase_clear(phrase);
	return why;
}

void phrase_clear(struct phrase *phrase)
{
	free(phrase->skeleton);
	free(phrase->letter);
	free(phrase->syllable);
	free(phrase->shape);
	free(phrase->before);
	free(phrase->length);
	*phrase = (struct phrase){0};
}
