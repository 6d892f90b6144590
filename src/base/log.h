/*
 * The log: stderr, one event a line, begun by what it is about:
 *
 *	redis: lost url=unix:///run/redis.sock error="Connection refused"
 *
 * Whatever a value holds, a line stays one line of harmless characters (base/escape.h).
 * Values that others wrote go through log_quote(), so that none of them can pose as
 * another key. No comment's text is logged.
 *
 * Logging never waits: a line that the reader of stderr has no room for is lost. The next line
 * that fits is preceded by `log: lost lines=N`.
 *
 * Under systemd each line bears sd-daemon's <N> level; elsewhere warnings and errors say so.
 */
#ifndef DUYETD_BASE_LOG_H
#define DUYETD_BASE_LOG_H

#include <stddef.h>

/* In the order of `--log-level error|warning|info|debug`. */
enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* Longest line, in bytes; what is beyond is cut. */
enum { LOG_LINE = 1024, LOG_QUOTED = 256 };

/* What is less urgent than `level` is left out from now on. Called once, before threads. */
void log_open(enum log_level level);

/* `about` is the event's subject: redis, rules, entry 1-0, rules/10-site.yaml:3:1. */
void log_event(enum log_level level, const char *about, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Lines lost since the start. */
unsigned long long log_lost(void);

/* "bytes" in quotes of its own, quotes and backslashes within escaped; returns `out`. */
const char *log_quote(char out[LOG_QUOTED], const char *bytes, size_t len);

#endif
