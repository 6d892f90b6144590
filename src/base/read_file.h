/* A whole file into a buffer, for files that people write: small, and read once. */
#ifndef DUYETD_BASE_READ_FILE_H
#define DUYETD_BASE_READ_FILE_H

#include "base/buf.h"

/*
 * Appends the bytes of the regular file at `path`, relative to the open `directory` (as of
 * openat), at most `most` of them. NULL when done, otherwise why not, as half a sentence.
 */
const char *read_file(int directory, const char *path, size_t most, struct buf *buf);

#endif
