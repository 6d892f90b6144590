#include "text/codepoint.h"
#include "codepoints.h" /* written by mkcodepoints.c */

const uint32_t *codepoint_expansion(const struct codepoint *cp)
{
	return &expansions[cp->glyph.ch];
}
