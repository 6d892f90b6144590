/* Reads a whole file into a buffer. For small files that are read once. */
#ifndef DUYETD_BASE_READ_FILE_H
#define DUYETD_BASE_READ_FILE_H

#include "base/buf.h"

/*
 * Appends the bytes of the regular file at `path`, relative to the open `directory` (as openat()
 * does). A file of more than `most` bytes is an error. Returns NULL on success, otherwise the
 * reason.
 */
const char *read_file(int directory, const char *path, size_t most, struct buf *buf);

#endif
