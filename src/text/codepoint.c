#include <stdlib.h>

#include "text/codepoint.h"
#include "codepoints.h" /* written by mkcodepoints.c */

const uint32_t *codepoint_expansion(const struct codepoint *cp)
{
	return &expansions[cp->glyph.ch];
}

static int by_code_point(const void *key, const void *row)
{
	uint32_t c = *(const uint32_t *)key;
	const struct look_alike *look = row;
	return c < look->c ? -1 : c > look->c;
}

const struct look_alike *codepoint_look_alike(uint32_t c)
{
	return bsearch(&c, look_alikes, sizeof look_alikes / sizeof *look_alikes,
		       sizeof *look_alikes, by_code_point);
}

bool codepoint_is_flag(uint32_t first, uint32_t second)
{
	return regions[first - REGIONAL_A] >> (second - REGIONAL_A) & 1;
}
