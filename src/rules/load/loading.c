#include "rules/load/loading.h"

#include <stdint.h>
#include <string.h>
#include "base/read_file.h"

void digest_start(struct digest *digest)
{
	SHA256Init(&digest->context);
}

void digest_part(struct digest *digest, const void *bytes, size_t len)
{
	uint8_t frame[8];

	for (size_t i = 0; i < sizeof frame; i++)
		frame[i] = (uint8_t)((uint64_t)len >> (8 * i));
	SHA256Update(&digest->context, frame, sizeof frame);
	if (len)
		SHA256Update(&digest->context, bytes, len);
}

void digest_finish(struct digest *digest, char *hex, size_t digits)
{
	uint8_t hash[SHA256_DIGEST_LENGTH];

	SHA256Final(hash, &digest->context);
	for (size_t i = 0; i < digits; i++)
		hex[i] = "0123456789abcdef"[i % 2 ? hash[i / 2] & 15 : hash[i / 2] >> 4];
	hex[digits] = '\0';
}

void load_out_of_memory(struct loading *loading)
{
	problems_add(loading->problems, PROBLEM_ERROR, (struct place){loading->directory, 0, 0},
		     "out of memory");
}

void *load_alloc(struct loading *loading, size_t size)
{
	void *memory = arena_alloc(&loading->set->arena, size);

	if (!memory)
		load_out_of_memory(loading);
	return memory;
}

const char *load_string(struct loading *loading, const char *string)
{
	const char *copy = arena_copy(&loading->set->arena, string, strlen(string));

	if (!copy)
		load_out_of_memory(loading);
	return copy;
}

const char *load_buf(struct loading *loading, struct buf *buf)
{
	const char *copy = NULL;

	if (buf->failed)
		load_out_of_memory(loading);
	else
		copy = load_string(loading, buf_string(buf));
	buf_free(buf);
	return copy;
}

/* DIRECTORY/NAME, or the name itself if it is absolute. */
static const char *join(struct loading *loading, const char *name)
{
	struct buf path = {0};

	if (*name == '/')
		return load_string(loading, name);
	buf_printf(&path, "%s/%s", loading->directory, name);
	return load_buf(loading, &path);
}

const char *load_bytes(struct loading *loading, const char *name, struct place asked_at,
		       struct buf *bytes)
{
	const char *path = join(loading, name), *why;

	if (!path)
		return NULL;
	why = read_file(loading->directory_handle, name, LIMIT_RULES_BYTES, bytes);
	if (why && asked_at.line)
		problems_add(loading->problems, PROBLEM_ERROR, asked_at, "cannot read %s: %s", path,
			     why);
	else if (why)
		problems_add(loading->problems, PROBLEM_ERROR, (struct place){path, 0, 0},
			     "cannot read it: %s", why);
	if (why)
		return NULL;
	digest_part(&loading->set_digest, bytes->data, bytes->len);
	return path;
}
