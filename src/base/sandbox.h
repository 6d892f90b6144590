/*
 * Giving up for good what a daemon never needs, so that nobody who gets into it has it: new
 * privileges, other programs, a look into other processes; and nobody else a look into this
 * one, whose memory holds comments and once held a password: no core file, no debugger.
 *
 * systemd's unit forbids far more. This holds wherever the daemon was started.
 */
#ifndef DUYETD_BASE_SANDBOX_H
#define DUYETD_BASE_SANDBOX_H

/* Before other threads begin: they inherit it. What the kernel does not know is left out. */
void sandbox_self(void);

#endif
