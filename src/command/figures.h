/* Numbers and shares, as text for people and as members of JSON objects. */
#ifndef DUYETD_COMMAND_FIGURES_H
#define DUYETD_COMMAND_FIGURES_H

#include <stdint.h>
#include <stdio.h>
#include "base/buf.h"

enum { FIGURES_SIZE = 32 };

/* 1,234,567 */
const char *figures_grouped(uint64_t number, char text[FIGURES_SIZE]);
/* The same, after a space, in a column of 12. */
void figures_print_number(FILE *file, uint64_t number);

/* `part` of `count`, and its 95 % interval by Wilson (1927), which is valid for few cases and for
 * shares near 0 and 1 too. All are 0 to 1. When `count` is 0: the share is 0, from 0 to 1. */
struct share {
	double share, low, high;
};
struct share figures_share(uint64_t part, uint64_t count);

/* `97.1 % of 412 (95.0–98.4)`, or `-` for a `count` of 0. */
void figures_print_share(FILE *file, uint64_t part, uint64_t count);

/* A comma and a member. A share of nothing is left out. */
void figures_add_count(struct buf *out, const char *name, uint64_t count);
void figures_add_share(struct buf *out, const char *name, uint64_t part, uint64_t count);

#endif
