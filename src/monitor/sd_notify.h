/* Words to systemd (Type=notify), as sd_notify(3) has them. Elsewhere they go nowhere. */
#ifndef DUYETD_MONITOR_SD_NOTIFY_H
#define DUYETD_MONITOR_SD_NOTIFY_H

#include <stdint.h>

/* NAME=VALUE lines: READY=1, RELOADING=1, STOPPING=1, WATCHDOG=1, STATUS=… */
void sd_notify(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* RELOADING=1 with the time that systemd wants beside it. */
void sd_notify_reloading(void);

/* How often the watchdog wants to hear of us, in ms; 0 where there is none. */
int64_t sd_notify_watchdog_ms(void);

#endif
