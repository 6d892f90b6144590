/*
 * Shows the settings that options_read() filled in: all of them for people, those that differ
 * from the default for the log.
 */
#ifndef DUYETD_BASE_SETTINGS_H
#define DUYETD_BASE_SETTINGS_H

#include "base/options.h"

/* Prints one line a setting on stdout: its name, where its value came from (default, a variable or
 * an option), and the value, `-` when it has none. usage->origins must not be NULL. */
void settings_print(const struct usage *usage, const void *settings);

/* Logs one line that names the settings whose value is not the default. */
void settings_log(const struct usage *usage, const void *settings);

#endif
