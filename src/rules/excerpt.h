/*
 * The field `matches` of records: one line for each hit, with an excerpt of the comment. (The
 * folder match/ finds the hits.) People read it in a terminal:
 *
 *	gambling @11+11 "nạp tiền «chơi nhà cái» uy tín …" lists/gambling.txt:3
 *	suspect name@0+9 "«nhà cái» x …" lists/suspect.txt:5
 *	min-length words=3 at-least=10
 *
 * @BYTE+LEN counts bytes of the field as submitted. The excerpt is the hit in « », cut if it is
 * long, with a little of the text around it; after it are file and line of the phrase or pattern.
 * Control and direction characters are escaped.
 */
#ifndef DUYETD_RULES_EXCERPT_H
#define DUYETD_RULES_EXCERPT_H

#include <stdbool.h>
#include "base/buf.h"
#include "rules/verdict.h"

/* Appends one line, without a line end. */
void excerpt_add(struct buf *lines, const struct hit *hit);

/* Appends the lines of all rules that decided or, if `watching`, of the watch rules, separated by
 * '\n'. */
void excerpt_all(struct buf *lines, const struct verdict *verdict, bool watching);

#endif
