/*
 * What was hit, a line each, for people who read it in a terminal:
 *
 *	gambling @11+11 "nạp tiền «chơi nhà cái» uy tín …"
 *	gambling name@0+9 "«nhà cái x» …"
 *	min-length words=3 at-least=10
 *
 * @BYTE+LEN counts bytes of the field as submitted. The excerpt has a little of what stands
 * around the hit; nothing in it can end the line, turn it, or colour the terminal.
 */
#ifndef DUYETD_RULES_MATCHES_H
#define DUYETD_RULES_MATCHES_H

#include <stdbool.h>
#include "base/buf.h"
#include "rules/verdict.h"

/* Appends one line, without a line end. */
void matches_add(struct buf *lines, const struct hit *hit);

/* All lines of the rules that decided, or (`watching`) of the watch rules, with '\n'
 * between them. */
void matches_all(struct buf *lines, const struct verdict *verdict, bool watching);

#endif
