/*
 * Drops what the daemon never needs: gaining privileges, running programs, looking into other
 * processes. Other processes cannot look into this one either (no core file, no debugger), because
 * its memory holds comments and held a password.
 *
 * The systemd unit forbids much more. This applies however the daemon was started.
 */
#ifndef DUYETD_BASE_SANDBOX_H
#define DUYETD_BASE_SANDBOX_H

/* Must be called before threads start: they inherit it. Skips what the kernel does not support. */
void sandbox_self(void);

#endif
