/*
 * How databases of libhs are compiled and scanned: in one call, or, where libhs loses matches so,
 * in pieces of a few bytes.
 *
 * Vectorscan 5.4.9 (Debian 12) does so on CPUs with AVX-512: it skips through a text by vectors
 * of 64 bytes, and past matches near the end of it. `ab?c` is not found at the end of 100 bytes.
 * Hyperscan has no such fault, and through less than 64 bytes there is none. Pieces are one
 * text to libhs: matches may lie across them. Databases of literals have engines of their own,
 * which do not skip so: they are scanned in one call.
 */
#ifndef DUYETD_RULES_MATCH_HS_CALL_H
#define DUYETD_RULES_MATCH_HS_CALL_H

#include <hs/hs.h>
#include <stdbool.h>
#include <stddef.h>

/* What databases are compiled for: HS_MODE_BLOCK, or HS_MODE_VECTORED for pieces. Tries once
 * which of them this libhs can do. */
unsigned hs_call_mode(void);

/* Where the pieces of a text begin and how long they are; begins as zeros, reused. */
struct hs_pieces {
	const char **data;
	unsigned *len;
	size_t data_room, len_room;
};

void hs_pieces_free(struct hs_pieces *pieces);

/* Calls `on_match` for each match in the text, at least one byte. False: libhs failed, or memory
 * is out. */
bool hs_call_scan(const hs_database_t *database, struct hs_pieces *pieces, const char *bytes,
		  size_t len, hs_scratch_t *scratch, match_event_handler on_match, void *arg);

#endif
