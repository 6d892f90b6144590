/*
 * Gives up rights that the daemon never needs: to gain privileges, to run programs, to read the
 * memory of other processes. Other processes cannot read the memory of this one (no core file, no
 * debugger), since it contains comments and contained a password.
 *
 * The systemd unit forbids much more. This applies however the daemon was started.
 */
#ifndef DUYETD_BASE_SANDBOX_H
#define DUYETD_BASE_SANDBOX_H

/* Must be called before threads start: they inherit it. Skips what the kernel does not support. */
void sandbox_self(void);

#endif
