#include "base/suggest.h"

#include <string.h>
#include <strings.h>

/* Longer words are compared by their first bytes: keys and options are shorter. */
enum { LONGEST = 40 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: row i of the table from rows i - 1 and i - 2. */
size_t edit_distance(const char *from, const char *to)
{
	size_t rows[3][LONGEST + 1];
	size_t from_len = strnlen(from, LONGEST), to_len = strnlen(to, LONGEST);

	for (size_t j = 0; j <= to_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= from_len; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i - 1) % 3], *two_above = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= to_len; j++) {
			size_t replaced = above[j - 1] + (from[i - 1] != to[j - 1]);

			row[j] = least(replaced, least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
				row[j] = least(row[j], two_above[j - 2] + 1);
		}
	}
	return rows[from_len % 3][to_len];
}

bool is_misspelt(const char *word, const char *meant)
{
	if (!strcasecmp(word, meant))
		return strcmp(word, meant) != 0;
	return *word == *meant && edit_distance(word, meant) == 1;
}

const char *suggest_word(const char *word, const char *const *known, size_t count)
{
	const char *nearest = NULL;
	size_t best = strlen(word) / 3 + 1; /* edits allowed: 1, and 1 more for every 3 letters */

	for (size_t i = 0; i < count; i++) {
		size_t distance = edit_distance(word, known[i]);

		if (distance <= best && distance < strlen(known[i])) {
			nearest = known[i];
			best = distance - (distance > 0);
		}
	}
	return nearest;
}
