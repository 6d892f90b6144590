#include "queue/batch.h"

#include <hiredis/hiredis.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/limits.h"

/* The beginning of each name and value, always kept: a long text does not displace the fields after
 * it, such as `id` and `reply`, and a long id is seen to be long. */
enum { HEAD = LIMIT_ID_BYTES + 1 };
_Static_assert(2 * (LIMIT_FIELDS + 1) * HEAD <= LIMIT_ENTRY_BYTES, "all heads fit into an entry");

static size_t head(size_t len)
{
	return len < HEAD ? len : HEAD;
}

/* How much of one entry is kept. Measuring and copying both use it. */
struct share {
	size_t fields;
	size_t bytes; /* besides the heads */
};

static struct share share_of(const redisReply *fields)
{
	struct share share = {.bytes = LIMIT_ENTRY_BYTES + 1};

	share.fields = fields->elements / 2;
	if (share.fields > LIMIT_FIELDS)
		share.fields = LIMIT_FIELDS + 1;
	for (size_t i = 0; i < 2 * share.fields; i++)
		share.bytes -= head(fields->element[i]->len);
	return share;
}

static size_t take(struct share *share, size_t len)
{
	size_t rest = len - head(len);

	if (rest > share->bytes)
		rest = share->bytes;
	share->bytes -= rest;
	return head(len) + rest;
}

static bool is_entry(const redisReply *entry)
{
	return entry->type == REDIS_REPLY_ARRAY && entry->elements == 2 &&
	       entry->element[0]->type == REDIS_REPLY_STRING &&
	       entry->element[1]->type == REDIS_REPLY_ARRAY;
}

struct measure {
	size_t entries, fields, bytes, wire;
};

static void measure_entry(struct measure *measure, const redisReply *entry)
{
	const redisReply *fields = entry->element[1];
	struct share share = share_of(fields);

	measure->entries++;
	measure->fields += share.fields;
	measure->bytes += entry->element[0]->len + 1;
	for (size_t i = 0; i < fields->elements; i++) {
		measure->wire += fields->element[i]->len;
		if (i < 2 * share.fields)
			measure->bytes += take(&share, fields->element[i]->len);
	}
}

static const char *copy(char **bytes, const redisReply *string, size_t len)
{
	char *start = *bytes;

	if (len) /* a nil has no bytes to point at */
		memcpy(start, string->str, len);
	*bytes += len;
	return start;
}

static void copy_entry(struct submission *to, struct field *fields, char **bytes,
		       const redisReply *entry)
{
	const redisReply *pairs = entry->element[1];
	struct share share = share_of(pairs);

	to->id = copy(bytes, entry->element[0], entry->element[0]->len);
	*(*bytes)++ = '\0';
	to->fields = (struct comment){.fields = fields, .count = share.fields};
	for (size_t i = 0; i < to->fields.count; i++) {
		const redisReply *name = pairs->element[2 * i], *value = pairs->element[2 * i + 1];

		fields[i].name_len = take(&share, name->len);
		fields[i].name = copy(bytes, name, fields[i].name_len);
		fields[i].value_len = take(&share, value->len);
		fields[i].value = copy(bytes, value, fields[i].value_len);
	}
}

struct batch *batch_read(const redisReply *entries)
{
	struct measure measure = {0};
	struct batch *batch;
	struct field *fields;
	char *bytes;

	if (entries->type != REDIS_REPLY_ARRAY)
		return NULL;
	for (size_t i = 0; i < entries->elements; i++)
		if (is_entry(entries->element[i]))
			measure_entry(&measure, entries->element[i]);
	batch = malloc(sizeof *batch + measure.entries * sizeof *batch->entries +
		       measure.fields * sizeof *fields + measure.bytes);
	if (!batch)
		return NULL;
	*batch = (struct batch){.entries = (struct submission *)(batch + 1), .bytes = measure.wire};
	fields = (struct field *)(batch->entries + measure.entries);
	bytes = (char *)(fields + measure.fields);
	for (size_t i = 0; i < entries->elements; i++) {
		struct submission *entry = &batch->entries[batch->count];

		if (!is_entry(entries->element[i]))
			continue;
		copy_entry(entry, fields, &bytes, entries->element[i]);
		fields += entry->fields.count;
		batch->count++;
	}
	return batch;
}

void batch_free(struct batch *batch)
{
	free(batch);
}

bool batch_successor(const struct batch *batch, char id[ENTRY_ID_SIZE])
{
	const char *last = batch->count ? batch->entries[batch->count - 1].id : "";
	const char *dash = strchr(last, '-');
	unsigned long long seq = dash ? strtoull(dash + 1, NULL, 10) : ULLONG_MAX;

	if (seq == ULLONG_MAX)
		return false;
	snprintf(id, ENTRY_ID_SIZE, "%.*s-%llu", (int)(dash - last), last, seq + 1);
	return true;
}
