#include "command/repeat_memory.h"

#include <stdlib.h>
#include <string.h>
#include "base/grow.h"
#include "base/hash.h"
#include "queue/batch.h"
#include "queue/repeat.h"

/* A comment that was sent with the text: its id, and when. */
struct sending {
	uint64_t id; /* a hash */
	int64_t time;
};

struct sent_text {
	char key[REPEAT_KEY]; /* empty: the slot is free */
	struct sending *sending;
	size_t count, room;
};

/* A hash table with open addressing, at most half full. Its keys are cryptographic hashes. */
struct repeat_memory {
	struct sent_text *slot;
	size_t slots, used;
	uint64_t without_id; /* comments without an id so far */
};

struct repeat_memory *repeat_memory_new(void)
{
	return calloc(1, sizeof(struct repeat_memory));
}

void repeat_memory_free(struct repeat_memory *memory)
{
	if (!memory)
		return;
	for (size_t i = 0; i < memory->slots; i++)
		free(memory->slot[i].sending);
	free(memory->slot);
	free(memory);
}

static struct sent_text *find(struct sent_text *slot, size_t slots, const char *key)
{
	char digits[17] = "";
	size_t i;

	memcpy(digits, key, sizeof digits - 1);
	i = (size_t)strtoull(digits, NULL, 16) & (slots - 1);
	while (*slot[i].key && memcmp(slot[i].key, key, REPEAT_KEY) != 0)
		i = (i + 1) & (slots - 1);
	return &slot[i];
}

static bool make_room(struct repeat_memory *memory)
{
	size_t slots = memory->slots ? 2 * memory->slots : 1024;
	struct sent_text *slot;

	if (2 * memory->used < memory->slots)
		return true;
	slot = calloc(slots, sizeof *slot);
	if (!slot)
		return false;
	for (size_t i = 0; i < memory->slots; i++)
		if (*memory->slot[i].key)
			*find(slot, slots, memory->slot[i].key) = memory->slot[i];
	free(memory->slot);
	memory->slot = slot;
	memory->slots = slots;
	return true;
}

static struct sent_text *text_of(struct repeat_memory *memory, const char *key)
{
	struct sent_text *text;

	if (!make_room(memory))
		return NULL;
	text = find(memory->slot, memory->slots, key);
	if (!*text->key) {
		memcpy(text->key, key, REPEAT_KEY);
		memory->used++;
	}
	return text;
}

static int64_t count_between(const struct sent_text *text, int64_t after, int64_t before)
{
	int64_t count = 0;

	for (size_t i = 0; i < text->count; i++)
		count += text->sending[i].time > after && text->sending[i].time < before;
	return count;
}

/* Removes the comment with the earliest time. */
static void drop_earliest(struct sent_text *text)
{
	size_t earliest = 0;

	for (size_t i = 1; i < text->count; i++)
		if (text->sending[i].time < text->sending[earliest].time)
			earliest = i;
	text->sending[earliest] = text->sending[--text->count];
}

static int64_t count_new(struct sent_text *text, struct sending new, const struct repeat *repeat)
{
	int64_t span = repeat->within_ms * REPEAT_TICKS;

	if (!grow(text->sending, text->count + 1, &text->room))
		return REPEAT_UNKNOWN;
	text->sending[text->count++] = new;
	if (text->count > repeat->times + REPEAT_MORE_IDS)
		drop_earliest(text);
	return count_between(text, new.time - span, new.time + span);
}

/* The same as count() of queue/repeat.lua. */
static int64_t count(struct sent_text *text, struct sending sending, const struct repeat *repeat)
{
	int64_t span = repeat->within_ms * REPEAT_TICKS;
	struct sending *known = text->sending;
	struct sending *end = known + text->count;

	while (known < end && known->id != sending.id)
		known++;
	if (known == end)
		return count_new(text, sending, repeat);
	if (sending.time > known->time) {
		known->time = sending.time;
		return count_between(text, sending.time - span, sending.time + span);
	}
	return count_between(text, known->time - span, known->time + 1);
}

static uint64_t hash_id(struct repeat_memory *memory, const struct comment *comment)
{
	const struct field *id = comment_field(comment, "id");
	uint64_t hash = HASH_START;

	if (!id)
		return memory->without_id++;
	for (size_t i = 0; i < id->value_len; i++)
		hash = hash_add(hash, (unsigned char)id->value[i]);
	return hash;
}

static int64_t time_of(const struct field *entry)
{
	char id[ENTRY_ID_SIZE] = "";

	if (entry && entry->value_len < sizeof id)
		memcpy(id, entry->value, entry->value_len);
	return repeat_time(id);
}

const struct verdict *repeat_memory_judge(struct repeat_memory *memory, struct judge *judge,
					  const struct ruleset *rules,
					  const struct comment *comment, const struct field *entry)
{
	struct repeat found[LIMIT_REPEAT_RULES];
	int64_t counts[LIMIT_REPEAT_RULES] = {0};
	const struct verdict *verdict;
	size_t asked;

	if (!judge_repeats(judge, rules, comment, found, &asked))
		return NULL;
	for (size_t i = 0; i < asked; i++) {
		struct sending sending = {hash_id(memory, comment), time_of(entry)};
		struct sent_text *text = text_of(memory, found[i].key);

		counts[found[i].index] = text ? count(text, sending, &found[i]) : REPEAT_UNKNOWN;
		if (counts[found[i].index] == REPEAT_UNKNOWN)
			return NULL;
	}
	verdict = judge_counted(judge, rules, comment, counts);
	return verdict->out_of_memory ? NULL : verdict;
}
