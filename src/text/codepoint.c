#include "text/codepoint.h"
#include "codepoints.h" /* written by mkcodepoints.c */

const struct codepoint *codepoint_look(uint32_t c)
{
	return &entries[stage2[stage1[c >> 7]][c & 127]];
}

const uint32_t *codepoint_expansion(const struct codepoint *cp)
{
	return &expansions[cp->ch];
}
