#include "link/authority.h"
#include "link/dot.h"
#include "link/ip.h"
#include "link/label.h"
#include "link/tld.h"
#include "text/walk.h"

static size_t skip_userinfo(const struct text *text, size_t i)
{
	size_t at = i;
	for (size_t k = i; glyph_at(text, k)->kind != GLYPH_SPACE; k++) {
		uint32_t ch = glyph_at(text, k)->ch;
		if (ch == '/' || ch == '?' || ch == '#' || ch == '\\' || ch == '<' || ch == '"')
			break;
		if (ch == '@' && glyph_is_word(glyph_at(text, k + 1)))
			at = k + 1;
	}
	return at;
}

static bool is_known(const struct text *text, const struct label *label)
{
	enum tld tld = tld_look(text, label);
	return tld != TLD_NONE && tld_is_known(text, label, tld);
}

/* A label of an authority: where the script changes it ends only behind a known suffix. */
static struct label read_label(const struct text *text, size_t i, bool last)
{
	struct label label = label_read(text, i, false);
	if (last && is_known(text, &label))
		return label;
	return label_read(text, i, true);
}

/* `vidu.vn.Hay lắm`: a sentence goes on where no further label follows. */
static bool is_sentence(const struct text *text, const struct label *label)
{
	size_t end = label->first + label->count;
	bool last = glyph_at(text, end)->ch != '.' || !glyph_is_word(glyph_at(text, end + 1));
	return last && label->flags & (LABEL_MARK | LABEL_TITLE);
}

/* Whether the next label still belongs to the host, `known` telling that it may end here. */
static bool goes_on(const struct text *text, const struct label *before, const struct label *label,
		    enum dot dot, bool known)
{
	if (!label->count)
		return false;
	if (dot <= DOT_HIDDEN)
		return !known || !is_sentence(text, label);
	if (known)
		return tld_is_pair(text, before, label);
	return tld_look(text, label) >= TLD_FAMILIAR && is_known(text, label);
}

bool authority_read(const struct text *text, size_t i, struct host *host)
{
	host->first = i = skip_userinfo(text, i);
	host->ip = host->known = ip_read(text, i, &host->end);
	if (host->ip)
		return true;
	struct label label = read_label(text, i, false);
	if (label.first != i || !label.count)
		return false;
	bool ascii = !(label.flags & (LABEL_MARK | LABEL_FOREIGN | LABEL_SIGN));
	for (;;) {
		size_t next;
		host->end = label.first + label.count;
		enum dot dot = dot_read(text, host->end, &next);
		if (dot == DOT_NONE)
			break;
		struct label before = label;
		label = read_label(text, next, true);
		if (label.first != next || !goes_on(text, &before, &label, dot, host->known))
			break;
		host->known = is_known(text, &label);
		ascii = true;
	}
	return ascii;
}
