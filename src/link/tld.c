#include <libpsl.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "link/tld.h"
#include "link/words.h"

enum tld tld_look(const struct text *text, const struct label *label)
{
	char word[LABEL_MAX + 1];

	if (label->count < 2 || !(label->flags & LABEL_LETTER) ||
	    label->flags & (LABEL_MARK | LABEL_SIGN))
		return TLD_NONE;
	if (!label_copy(text, label, word))
		return TLD_STRONG; /* .みんな .рф: nobody's word behind a full stop here */
	if (!strncmp(word, "xn--", 4))
		return TLD_STRONG;
	if (label->flags & (LABEL_DIGIT | LABEL_HYPHEN))
		return TLD_NONE;
	if (!strcmp(word, "vn"))
		return TLD_NATION;
	if (words_have(WORDS_STRONG, word))
		return TLD_STRONG;
	if (words_have(WORDS_FAMILIAR, word))
		return TLD_FAMILIAR;
	return TLD_WORDLIKE;
}

/* Writes the label in small letters as UTF-8; false when it does not fit. */
static bool write_out(const struct text *text, const struct label *label, char *out, size_t size)
{
	size_t len = 0;
	for (size_t i = label->first; i < label->first + label->count; i++) {
		uint32_t ch = (uint32_t)u_tolower((UChar32)text->glyph[i].ch);
		if (len + U8_MAX_LENGTH >= size)
			return false;
		U8_APPEND_UNSAFE((uint8_t *)out, len, ch);
	}
	out[len] = '\0';
	return true;
}

static bool is_suffix(const char *suffix)
{
	return psl_is_public_suffix2(psl_builtin(), suffix, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}

bool tld_is_known(const struct text *text, const struct label *label, enum tld look)
{
	char posed[LABEL_MAX + 1], own[LABEL_MAX * 2];

	if (look >= TLD_FAMILIAR && !(label->flags & (LABEL_FOREIGN | LABEL_HYPHEN)))
		return true; /* listed here */
	bool ascii = label_copy(text, label, posed);
	if (ascii && is_suffix(posed))
		return true;
	return write_out(text, label, own, sizeof own) && !(ascii && !strcmp(posed, own)) &&
	       is_suffix(own);
}

bool tld_is_pair(const struct text *text, const struct label *before, const struct label *label)
{
	char suffix[2 * (LABEL_MAX + 1)];

	if (label->count != 2 || !label_copy(text, before, suffix) ||
	    !words_have(WORDS_SECOND, suffix))
		return false;
	suffix[before->count] = '.';
	return label_copy(text, label, suffix + before->count + 1) && is_suffix(suffix);
}

bool tld_is_famous(const struct text *text, const struct label *host, const struct label *label)
{
	char name[2 * (LABEL_MAX + 1)];

	if (host->count > 12 || label->count > 6 || !label_copy(text, host, name))
		return false;
	name[host->count] = '.';
	return label_copy(text, label, name + host->count + 1) && words_have(WORDS_FAMOUS, name);
}
