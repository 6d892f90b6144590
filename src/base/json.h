/*
 * JSON, as much as a line of comments needs: one object of members in, strings out.
 *
 * Why our own: on real comments of 220 bytes jansson took 2.6 µs a line, as much as judging
 * it; this takes 0.14 µs, because it reads in place, allocates nothing and builds no tree.
 */
#ifndef DUYETD_BASE_JSON_H
#define DUYETD_BASE_JSON_H

#include <stddef.h>
#include "base/buf.h"

enum member_kind { MEMBER_STRING, MEMBER_NUMBER, MEMBER_OTHER };

/* One member: its name, and its value where that is a string (unescaped) or a number (as
 * written). Of other values only the kind is told. */
struct json_member {
	const char *name, *value;
	size_t name_len, value_len;
	enum member_kind kind;
};

/*
 * Reads the object that is all of `json` (RFC 8259, nested values checked and passed over)
 * into at most `most` members; strings are unescaped in place. The count, or -1, and
 * `*why` and `*at` (the byte) say what is wrong. More members than `most` is an error.
 * UTF-8 is not checked.
 */
long json_read(char *json, size_t len, struct json_member *members, size_t most, const char **why,
	       size_t *at);

/* Append a string with its quotes. What is not UTF-8 becomes U+FFFD. */
void json_add_string(struct buf *buf, const char *bytes, size_t len);
void json_add_text(struct buf *buf, const char *string);

#endif
