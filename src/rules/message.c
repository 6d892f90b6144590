#include "rules/message.h"

#include <stdbool.h>
#include <string.h>
#include "base/limits.h"
#include "base/suggest.h"
#include "base/utf8.h"

/* What a piece is filled with; 0 and more: the value with that index. */
enum { PIECE_LITERAL = -3, PIECE_RULE = -2, PIECE_MATCH = -1 };
enum { MOST_NAMES = 16 };

struct piece {
	int what;
	const char *literal;
	size_t len;
};

struct message {
	const char *constant; /* the whole message, if it is one literal */
	size_t count;
	struct piece pieces[];
};

/* The names that may stand in braces, in the order of the pieces' numbers from PIECE_RULE. */
struct names {
	const char *list[MOST_NAMES];
	size_t count;
};

static struct names all_names(const char *const *value_names, size_t value_count)
{
	struct names names = {.list = {"rule", "match"}, .count = 2};

	for (size_t i = 0; i < value_count && names.count < MOST_NAMES; i++)
		names.list[names.count++] = value_names[i];
	return names;
}

static void explain_unknown(const struct names *names, const char *name, struct buf *why)
{
	const char *nearest = suggest_word(name, names->list, names->count);

	buf_printf(why, "unknown placeholder {%s}; ", name);
	if (nearest)
		buf_printf(why, "did you mean {%s}? ", nearest);
	buf_add_string(why, nearest ? "There are" : "there are");
	for (size_t i = 0; i < names->count; i++)
		buf_printf(why, " {%s}", names->list[i]);
}

static bool read_placeholder(const struct names *names, const char *string, size_t len,
			     struct piece *piece, struct buf *why)
{
	char name[64];

	if (string[len] != '}') {
		buf_add_string(why, "a { without its }; write {{ for a plain brace");
		return false;
	}
	len = len < sizeof name ? len : sizeof name - 1;
	memcpy(name, string, len);
	name[len] = '\0';
	for (size_t i = 0; i < names->count; i++) {
		if (!strcmp(names->list[i], name)) {
			*piece = (struct piece){.what = PIECE_RULE + (int)i};
			return true;
		}
	}
	explain_unknown(names, name, why);
	return false;
}

/* Takes the next piece off *rest. */
static bool read_piece(const struct names *names, const char **rest, struct piece *piece,
		       struct buf *why)
{
	const char *string = *rest;
	size_t len = strcspn(string, "{}");

	if (!len && string[0] == string[1]) {
		*piece = (struct piece){PIECE_LITERAL, string, 1};
		*rest += 2;
		return true;
	}
	if (string[0] == '}') {
		buf_add_string(why, "a } without its {; write }} for a plain brace");
		return false;
	}
	if (len) {
		*piece = (struct piece){PIECE_LITERAL, string, len};
		*rest += len;
		return true;
	}
	len = strcspn(string + 1, "{}");
	*rest += len + 2;
	return read_placeholder(names, string + 1, len, piece, why);
}

const struct message *message_compile(struct arena *arena, const char *string,
				      const char *const *value_names, size_t value_count,
				      struct buf *why)
{
	struct names names = all_names(value_names, value_count);
	size_t most = strlen(string); /* each piece takes a byte at least */
	struct message *message =
		arena_alloc(arena, sizeof *message + most * sizeof message->pieces[0]);
	char *copy = arena_copy(arena, string, most);
	const char *rest = copy;

	if (!message || !copy)
		return NULL;
	while (*rest)
		if (!read_piece(&names, &rest, &message->pieces[message->count++], why))
			return NULL;
	if (!strpbrk(copy, "{}"))
		message->constant = copy;
	return message;
}

/* A few words of the comment on one line; more would not fit into a message. */
static void add_match(const char *match, size_t len, struct buf *out)
{
	size_t cut = len;

	if (cut > LIMIT_QUOTED_BYTES) {
		cut = utf8_left(match, LIMIT_QUOTED_BYTES, len);
	}
	for (size_t i = 0; i < cut; i++) {
		if ((unsigned char)match[i] < ' ' || match[i] == 0x7f)
			buf_add_char(out, ' ');
		else
			buf_add_char(out, match[i]);
	}
	if (cut < len)
		buf_add_string(out, "…");
}

void message_fill(const struct message *message, const struct filling *filling, struct buf *out)
{
	for (size_t i = 0; i < message->count; i++) {
		const struct piece *piece = &message->pieces[i];

		if (piece->what == PIECE_LITERAL)
			buf_add(out, piece->literal, piece->len);
		else if (piece->what == PIECE_RULE)
			buf_add_string(out, filling->rule);
		else if (piece->what == PIECE_MATCH)
			add_match(filling->match, filling->match_len, out);
		else
			buf_add_number(out, filling->values[piece->what]);
	}
}

const char *message_constant(const struct message *message)
{
	return message->constant;
}
