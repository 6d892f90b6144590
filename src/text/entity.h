/* HTML character references, as the HTML standard (13.5) reads them: &#46; &#x2e; &period; */
#ifndef DUYETD_TEXT_ENTITY_H
#define DUYETD_TEXT_ENTITY_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads the reference that `s` begins with ('&') and puts its code point in `*c`. Returns
 * how many bytes it takes, or 0 where it is only an ampersand. Named ones are those of
 * HTML 4's Latin-1 set, of ASCII punctuation and of invisible characters, with their
 * semicolon; numeric ones may lack it, as in browsers.
 */
size_t entity_read(const char *s, size_t len, uint32_t *c);

#endif
