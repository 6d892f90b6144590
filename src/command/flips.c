#include "command/flips.h"

#include <stdlib.h>
#include <string.h>

static struct flip *list(const struct buf *examples, size_t *count)
{
	*count = examples->len / sizeof(struct flip);
	return (struct flip *)(void *)examples->data;
}

const struct flip *flips_examples(const struct flips *flips, enum decision before,
				  enum decision after, size_t *count)
{
	return list(&flips->examples[before][after], count);
}

void flips_begin(struct flips *flips, size_t most)
{
	*flips = (struct flips){.most = most};
}

static void free_flip(struct flip *flip)
{
	free(flip->id);
	free(flip->rules);
	free(flip->text);
}

static void free_examples(struct buf *examples)
{
	size_t count;
	struct flip *flip = list(examples, &count);

	for (size_t i = 0; i < count; i++)
		free_flip(&flip[i]);
	buf_free(examples);
}

void flips_end(struct flips *flips)
{
	for (size_t i = 0; i < DECISIONS; i++)
		for (size_t k = 0; k < DECISIONS; k++)
			free_examples(&flips->examples[i][k]);
}

/* A copy with a NUL behind it. */
static char *copy(const char *bytes, size_t len)
{
	char *copied = malloc(len + 1);

	if (copied) {
		memcpy(copied, bytes, len);
		copied[len] = '\0';
	}
	return copied;
}

/* `a,b`, or `nothing` for a verdict that no rule objects to. */
static char *rule_names(const struct verdict *verdict)
{
	struct buf names = {0};

	if (!verdict->failings)
		buf_add_string(&names, "nothing");
	for (size_t i = 0; i < verdict->failings; i++)
		buf_printf(&names, "%s%s", i ? "," : "", rule_name(verdict->failing[i]));
	if (names.failed)
		buf_free(&names);
	return names.data;
}

static void copy_spans(struct flip *flip, const struct verdict *verdict, const struct field *text)
{
	for (size_t i = 0; i < verdict->hit_count && flip->span_count < FLIPS_SPANS; i++) {
		const struct hit *hit = &verdict->hits[i];

		if (hit->field && hit->field == text && rule_action(hit->rule) != ACTION_WATCH)
			flip->spans[flip->span_count++] = (struct span){hit->at, hit->len};
	}
}

static void keep(struct flips *flips, struct buf *examples, const struct verdict *objecting,
		 const struct comment *comment, uint64_t order)
{
	const struct field *id = comment_field(comment, "id"),
			   *text = comment_field(comment, "text");
	struct flip flip = {
		.order = order,
		.id = copy(id ? id->value : "", id ? id->value_len : 0),
		.id_len = id ? id->value_len : 0,
		.rules = rule_names(objecting),
		.text = copy(text ? text->value : "", text ? text->value_len : 0),
		.text_len = text ? text->value_len : 0,
	};

	copy_spans(&flip, objecting, text);
	if (flip.id && flip.rules && flip.text)
		buf_add(examples, &flip, sizeof flip);
	if (!flip.id || !flip.rules || !flip.text || examples->failed) {
		flips->failed = true;
		free_flip(&flip);
	}
}

void flips_add(struct flips *flips, enum decision before, enum decision after,
	       const struct verdict *objecting, const struct comment *comment, uint64_t order)
{
	struct buf *examples = &flips->examples[before][after];

	if (before == after)
		return;
	flips->count[before][after]++;
	if (examples->len / sizeof(struct flip) < flips->most)
		keep(flips, examples, objecting, comment, order);
}

static int by_order(const void *one, const void *other)
{
	const struct flip *a = one, *b = other;

	return (a->order > b->order) - (a->order < b->order);
}

static void merge_examples(struct flips *flips, struct buf *examples, struct buf *other)
{
	size_t count;
	struct flip *flip;

	buf_add(examples, other->data, other->len);
	if (examples->failed) { /* they are still the other's to free */
		flips->failed = true;
		return;
	}
	buf_empty(other);
	flip = list(examples, &count);
	if (count)
		qsort(flip, count, sizeof *flip, by_order);
	for (; count > flips->most; count--)
		free_flip(&flip[count - 1]);
	examples->len = count * sizeof *flip;
}

void flips_merge(struct flips *flips, struct flips *other)
{
	flips->failed |= other->failed;
	for (size_t i = 0; i < DECISIONS; i++)
		for (size_t k = 0; k < DECISIONS; k++) {
			flips->count[i][k] += other->count[i][k];
			merge_examples(flips, &flips->examples[i][k], &other->examples[i][k]);
		}
}
