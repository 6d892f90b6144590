/*
 * Parses values of the command line, the environment and the rules files. Each function parses the
 * whole string; it returns false when the string is invalid, and then leaves the target unchanged.
 */
#ifndef DUYETD_BASE_PARSE_H
#define DUYETD_BASE_PARSE_H

#include <stdbool.h>
#include <stdint.h>

/* Decimal digits with an optional minus. */
bool parse_number(const char *string, int64_t *number);

/* 500ms 30s 10m 2h 7d; a number without a unit is in seconds. The result is in milliseconds. */
bool parse_duration(const char *string, int64_t *milliseconds);

/* Whether it is a number below 3600 without a unit, but not 0. Where hours or days are usual, the
 * unit was probably forgotten. */
bool duration_lacks_unit(const char *string);

/* The host is empty when no address was given. */
struct address {
	char host[256]; /* [::1] without its brackets */
	uint16_t port;
};

/* host:port, 1.2.3.4:port, [::1]:port; port 0 to 65535. */
bool parse_address(const char *string, struct address *address);

/* Zero-based index in `choices` ("text|json"). */
bool parse_choice(const char *string, const char *choices, int *choice);

/* 1 yes true on, 0 no false off. */
bool parse_flag(const char *string, bool *flag);

#endif
