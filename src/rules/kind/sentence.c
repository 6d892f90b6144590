#include "rules/kind/sentence.h"

#include <stdlib.h>
#include "base/hash.h"

enum { SENTENCE_WORDS = 3 };

struct sentence {
	uint64_t hash;
	uint32_t first, last; /* words */
};

/* Whether a sentence ends between two words. */
static bool ends_between(const struct text *text, const struct word *word, const struct word *next)
{
	for (size_t i = word->first + word->count; i < next->first; i++)
		if (sentence_ends(&text->glyph[i]))
			return true;
	return false;
}

/* Reads the sentence from word `at` on. Sets `*count` to the number of its words that have letters.
 * Returns the word after it. */
static size_t read_sentence(const struct text *text, size_t at, struct sentence *sentence,
			    size_t *count)
{
	*sentence = (struct sentence){HASH_START, (uint32_t)at, (uint32_t)at};
	*count = 0;
	for (; at < text->words; at++) {
		const struct word *word = &text->word[at];

		if (at > sentence->first && ends_between(text, word - 1, word))
			break;
		*count += word->has_letter;
		sentence->last = (uint32_t)at;
		for (size_t i = word->first; i < word->first + word->count; i++) {
			uint64_t letter = small_letter(&text->glyph[i]);

			if (letter)
				sentence->hash = hash_add(sentence->hash, (uint32_t)letter);
		}
	}
	return at;
}

/* The sentences of a text that are long enough; NULL counts them only. */
static size_t read_sentences(const struct text *text, struct sentence *sentences)
{
	struct sentence sentence;
	size_t count = 0, words;

	for (size_t at = 0; at < text->words;) {
		at = read_sentence(text, at, &sentence, &words);
		if (words < SENTENCE_WORDS)
			continue;
		if (sentences)
			sentences[count] = sentence;
		count++;
	}
	return count;
}

static size_t count_letters(const struct text *text, const struct word *word)
{
	size_t letters = 0;

	if (word->kind == WORD_SYLLABLE)
		return word->count;
	for (size_t i = word->first; i < word->first + word->count; i++)
		letters += text->glyph[i].kind == GLYPH_LETTER;
	return letters;
}

bool sentence_may_repeat(const struct text *text, size_t most, size_t ends)
{
	enum { LENGTHS = 64 };
	uint32_t sentences[LENGTHS] = {0}; /* by their letters modulo LENGTHS */
	size_t letters = 0, words = 0, same = 0;

	for (size_t i = 0; i < text->words; i++) {
		const struct word *word = &text->word[i];

		if (i > 0 && ends_between(text, word - 1, word)) {
			size_t count = words < SENTENCE_WORDS ? 0 : ++sentences[letters % LENGTHS];

			same = count > same ? count : same;
			if (same > most || same + ends <= most) /* `ends` sentences follow */
				return same > most;
			ends--;
			letters = words = 0;
		}
		letters += count_letters(text, word);
		words += word->has_letter;
	}
	return words >= SENTENCE_WORDS && ++sentences[letters % LENGTHS] > most;
}

static int by_hash(const void *one, const void *other)
{
	const struct sentence *a = one, *b = other;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->first > b->first) - (a->first < b->first);
}

static struct stretch most_frequent(const struct text *text, const struct sentence *sentences,
				    size_t count)
{
	struct stretch most = {0};

	for (size_t i = 0, end; i < count; i = end) {
		const struct word *first = &text->word[sentences[i].first];
		const struct word *last = &text->word[sentences[i].last];

		for (end = i + 1; end < count && sentences[end].hash == sentences[i].hash; end++)
			;
		if (end - i > most.count)
			most = (struct stretch){end - i, first->first,
						last->first + last->count - first->first};
	}
	return most;
}

bool sentence_most_frequent(const struct text *text, struct arena *arena, struct stretch *found)
{
	size_t count = read_sentences(text, NULL);
	struct sentence *sentences = arena_alloc(arena, (count + 1) * sizeof *sentences);

	*found = (struct stretch){0};
	if (!sentences)
		return false;
	read_sentences(text, sentences);
	qsort(sentences, count, sizeof *sentences, by_hash);
	*found = most_frequent(text, sentences, count);
	return true;
}
