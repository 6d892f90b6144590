/*
 * How databases of libhs are compiled and scanned: in one call, or, where libhs loses matches so,
 * in pieces of a few bytes.
 *
 * Vectorscan 5.4.9 (Debian 12) does so on CPUs with AVX-512: it skips through a text by vectors
 * of 64 bytes, and past matches near the end of it. `ab?c` is not found at the end of 100 bytes,
 * nor is one of two literals. Hyperscan has no such fault. Pieces are one text to libhs: matches
 * may lie across them. In databases of patterns it loses some at the ends of pieces as well,
 * where those are 31, 32, 48 or 63 bytes long: of `=[а-я]` the sign is the last byte of one and
 * the letter begins the next. Through less than 16 bytes nothing skips.
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

/* What is looked for: literals or patterns. The bytes of a piece. */
enum hs_piece { HS_PIECE_PATTERNS = 15, HS_PIECE_LITERALS = 63 };

/* Calls `on_match` for each match in the text, at least one byte. False: libhs failed, or memory
 * is out. */
bool hs_call_scan(const hs_database_t *database, struct hs_pieces *pieces, enum hs_piece piece,
		  const char *bytes, size_t len, hs_scratch_t *scratch,
		  match_event_handler on_match, void *arg);

#endif
