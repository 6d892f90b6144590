#include "redis/reply_arena.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>
#include "base/arena.h"

/* Bytes kept for the next reply; more than that is freed. */
enum { KEPT = 1 << 19 };

struct reply_arena {
	struct arena arena;
	size_t used;
};

/* The outermost object of a reply, the only one that hiredis passes to free_object(). */
struct root {
	redisReply reply;
	struct reply_arena *arena;
};

static void *allocate(struct reply_arena *arena, size_t size)
{
	arena->used += size;
	return arena_alloc(&arena->arena, size);
}

static redisReply *new_object(const redisReadTask *task)
{
	struct reply_arena *arena = task->privdata;
	redisReply *parent = task->parent ? task->parent->obj : NULL;
	struct root *root = allocate(arena, parent ? sizeof(redisReply) : sizeof *root);

	if (!root)
		return NULL;
	root->reply.type = task->type;
	if (parent)
		parent->element[task->idx] = &root->reply;
	else
		root->arena = arena;
	return &root->reply;
}

static void *create_string(const redisReadTask *task, char *bytes, size_t len)
{
	struct reply_arena *arena = task->privdata;
	redisReply *reply = new_object(task);

	if (!reply)
		return NULL;
	arena->used += len;
	reply->len = len;
	reply->str = arena_copy(&arena->arena, bytes, len);
	return reply->str ? reply : NULL;
}

/* hiredis 1.0 has another type for this count, and types of RESP3, which is not used here. */
#if HIREDIS_MAJOR >= 1
typedef size_t element_count;
#else
typedef int element_count;
#endif

static void *create_array(const redisReadTask *task, element_count elements)
{
	redisReply *reply = new_object(task);

	if (!reply || elements <= 0)
		return reply;
	reply->element = allocate(task->privdata, (size_t)elements * sizeof(void *));
	reply->elements = (size_t)elements;
	return reply->element ? reply : NULL;
}

static void *create_integer(const redisReadTask *task, long long value)
{
	redisReply *reply = new_object(task);

	if (reply)
		reply->integer = value;
	return reply;
}

/* A nil is a string or an array that does not exist: task->type is one of these two, so the type
 * is set here. */
static void *create_nil(const redisReadTask *task)
{
	redisReply *reply = new_object(task);

	if (reply)
		reply->type = REDIS_REPLY_NIL;
	return reply;
}

#if HIREDIS_MAJOR >= 1
static void *create_double(const redisReadTask *task, double value, char *bytes, size_t len)
{
	(void)value;
	return create_string(task, bytes, len);
}

static void *create_bool(const redisReadTask *task, int value)
{
	return create_integer(task, value);
}
#endif

static void free_object(void *object)
{
	struct root *root = object;
	struct reply_arena *arena = root ? root->arena : NULL;

	if (!arena)
		return;
	if (arena->used > KEPT)
		arena_free(&arena->arena);
	else
		arena_empty(&arena->arena);
	arena->used = 0;
}

struct reply_arena *reply_arena_new(void)
{
	return calloc(1, sizeof(struct reply_arena));
}

void reply_arena_free(struct reply_arena *arena)
{
	if (!arena)
		return;
	arena_free(&arena->arena);
	free(arena);
}

void reply_arena_attach(struct reply_arena *arena, redisReader *reader)
{
	static redisReplyObjectFunctions functions = {
		.createString = create_string,
		.createArray = create_array,
		.createInteger = create_integer,
		.createNil = create_nil,
#if HIREDIS_MAJOR >= 1
		.createDouble = create_double,
		.createBool = create_bool,
#endif
		.freeObject = free_object,
	};

	reader->fn = &functions;
	reader->privdata = arena;
}
