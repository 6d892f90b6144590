/* HTML character references, as the HTML standard (13.5) reads them: &#46; &#x2e; &period; */
#ifndef DUYETD_TEXT_ENTITY_H
#define DUYETD_TEXT_ENTITY_H

#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the reference that `s` begins with ('&') into `*c`. Returns its length in bytes, or 0
 * when it is only an ampersand. Known names are those of HTML 4's Latin-1 set, of ASCII punctuation
 * and of invisible characters; they need a semicolon. Numeric references may lack it, as in
 * browsers.
 */
size_t entity_read(const char *s, size_t len, uint32_t *c);

#endif
