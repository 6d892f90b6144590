/* Messages to systemd (Type=notify) as in sd_notify(3). Without systemd they are dropped. */
#ifndef DUYETD_MONITOR_SD_NOTIFY_H
#define DUYETD_MONITOR_SD_NOTIFY_H

#include <stdint.h>

/* NAME=VALUE lines: READY=1, RELOADING=1, STOPPING=1, WATCHDOG=1, STATUS=… */
void sd_notify(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* RELOADING=1 and MONOTONIC_USEC, which systemd requires with it. */
void sd_notify_reloading(void);

/* The watchdog's timeout in ms: WATCHDOG=1 must come more often. 0: there is no watchdog. */
int64_t sd_notify_watchdog_ms(void);

#endif
