/*
 * The scanning function of libhs: hs_scan(), or corei7_hs_scan() where hs_scan() loses matches.
 *
 * Vectorscan 5.4.9 (Debian 12) and 5.4.11 (Debian 13) lose matches: when they search for pairs of
 * bytes, they step through a text in vectors of 32 bytes with AVX2 and 64 with AVX-512, and miss
 * matches near its end. The same libraries export code for older CPUs, with vectors of 16 bytes,
 * which finds all matches. Hyperscan does not have this fault.
 */
#ifndef DUYETD_RULES_MATCH_HS_CALL_H
#define DUYETD_RULES_MATCH_HS_CALL_H

#include <hs/hs.h>
#include <stdbool.h>
#include <stddef.h>

/* Must be called first. Chooses the function, once. Returns NULL on success, or the reason for an
 * error. */
const char *hs_call_choose(void);

/* The CPU that databases are compiled for. */
const hs_platform_info_t *hs_call_platform(void);

/* Calls `on_match` for each match in the text. Returns false when libhs failed. */
bool hs_call_scan(const hs_database_t *database, const char *bytes, size_t len,
		  hs_scratch_t *scratch, match_event_handler on_match, void *arg);

#endif
