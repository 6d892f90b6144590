#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "rules/match/hs_call.h"

static int count_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
		       void *count)
{
	(void)id, (void)from, (void)to, (void)flags;
	++*(unsigned *)count;
	return 0;
}

/* Whether `text` is found behind each number of other bytes up to some vectors of 64. */
static bool finds_all(const hs_database_t *database, hs_scratch_t *scratch, const char *text)
{
	enum { MOST = 200 };
	char bytes[MOST + 16];
	size_t len = strlen(text);

	memset(bytes, 'm', sizeof bytes);
	for (size_t before = 0; before < MOST; before++) {
		unsigned count = 0;
		memcpy(bytes + before, text, len);
		if (hs_scan(database, bytes, (unsigned)(before + len), 0, scratch, count_match,
			    &count) != HS_SUCCESS ||
		    count == 0)
			return false;
		memset(bytes + before, 'm', len);
	}
	return true;
}

static bool finds(const char *pattern, unsigned flags, const char *text)
{
	hs_database_t *database = NULL;
	hs_scratch_t *scratch = NULL;
	hs_compile_error_t *error = NULL;
	bool ok =
		hs_compile(pattern, flags, HS_MODE_BLOCK, NULL, &database, &error) == HS_SUCCESS &&
		hs_alloc_scratch(database, &scratch) == HS_SUCCESS &&
		finds_all(database, scratch, text);

	hs_free_compile_error(error);
	hs_free_scratch(scratch);
	hs_free_database(database);
	return ok;
}

static unsigned mode = HS_MODE_BLOCK;

/* Patterns that libhs looks for by pairs of bytes, which is where the fault is. */
static void choose_mode(void)
{
	if (!finds("ab?c", 0, "ac") || !finds("dq|a", HS_FLAG_SINGLEMATCH, "ac") ||
	    !finds("[đĐ]", HS_FLAG_UTF8, "-đ-"))
		mode = HS_MODE_VECTORED;
}

unsigned hs_call_mode(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, choose_mode);
	return mode;
}

void hs_pieces_free(struct hs_pieces *pieces)
{
	free(pieces->data);
	free(pieces->len);
	*pieces = (struct hs_pieces){0};
}

static bool cut(struct hs_pieces *pieces, size_t piece, const char *bytes, size_t len,
		size_t *count)
{
	*count = (len + piece - 1) / piece;
	if (!grow(pieces->data, *count, &pieces->data_room) ||
	    !grow(pieces->len, *count, &pieces->len_room))
		return false;
	for (size_t i = 0; i < *count; i++) {
		pieces->data[i] = bytes + i * piece;
		pieces->len[i] = i + 1 < *count ? (unsigned)piece : (unsigned)(len - i * piece);
	}
	return true;
}

bool hs_call_scan(const hs_database_t *database, struct hs_pieces *pieces, enum hs_piece piece,
		  const char *bytes, size_t len, hs_scratch_t *scratch,
		  match_event_handler on_match, void *arg)
{
	size_t count;

	if (hs_call_mode() == HS_MODE_BLOCK)
		return hs_scan(database, bytes, (unsigned)len, 0, scratch, on_match, arg) ==
		       HS_SUCCESS;
	return cut(pieces, piece, bytes, len, &count) &&
	       hs_scan_vector(database, pieces->data, pieces->len, (unsigned)count, 0, scratch,
			      on_match, arg) == HS_SUCCESS;
}
