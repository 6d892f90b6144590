/*
 * The function of libhs that scans: hs_scan(), or corei7_hs_scan() where that loses matches.
 *
 * Vectorscan 5.4.9 (Debian 12) and 5.4.11 (Debian 13) lose matches: where they look for pairs of
 * bytes, they skip through a text by vectors of 32 bytes with AVX2 and 64 with AVX-512, and past
 * matches near its end. The same libraries export their code for older CPUs, with vectors of 16
 * bytes, which finds all. Hyperscan has no such fault.
 */
#ifndef DUYETD_RULES_MATCH_HS_CALL_H
#define DUYETD_RULES_MATCH_HS_CALL_H

#include <hs/hs.h>
#include <stdbool.h>
#include <stddef.h>

/* Before the others: chooses the function, once. Returns NULL, or why there is none. */
const char *hs_call_choose(void);

/* The CPU that databases are compiled for. */
const hs_platform_info_t *hs_call_platform(void);

/* Calls `on_match` for each match in the text. False: libhs failed. */
bool hs_call_scan(const hs_database_t *database, const char *bytes, size_t len,
		  hs_scratch_t *scratch, match_event_handler on_match, void *arg);

#endif
