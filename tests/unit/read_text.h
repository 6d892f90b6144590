/* The text that a test reads, and its set-up. Include it after cmocka.h and string.h. */
#ifndef DUYETD_TESTS_UNIT_READ_TEXT_H
#define DUYETD_TESTS_UNIT_READ_TEXT_H

#include "text/read_text.h"

static struct text *text;

static int begin(void **state)
{
	(void)state;
	text = text_new();
	return text ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	text_free(text);
	return 0;
}

static inline void must_read(const char *utf8)
{
	if (text_read(text, utf8, strlen(utf8)) != TEXT_OK)
		fail_msg("\"%s\" is not read", utf8);
}

#endif
