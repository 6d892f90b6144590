#include "base/parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool parse_number(const char *string, int64_t *number)
{
	const char *digits = string + (*string == '-');
	char *end;
	long long value;

	if (*digits < '0' || *digits > '9')
		return false;
	errno = 0;
	value = strtoll(string, &end, 10);
	if (errno || *end)
		return false;
	*number = value;
	return true;
}

static int64_t unit_milliseconds(const char *unit)
{
	static const struct {
		const char *name;
		int64_t milliseconds;
	} units[] = {
		{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000},
	};

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (!strcmp(unit, units[i].name))
			return units[i].milliseconds;
	return 0;
}

bool parse_duration(const char *string, int64_t *milliseconds)
{
	char *unit;
	long long value;
	int64_t scale;

	if (*string < '0' || *string > '9')
		return false;
	errno = 0;
	value = strtoll(string, &unit, 10);
	scale = unit_milliseconds(unit);
	if (errno || !scale || value > INT64_MAX / scale)
		return false;
	*milliseconds = value * scale;
	return true;
}

bool duration_lacks_unit(const char *string)
{
	int64_t number;

	return parse_number(string, &number) && number > 0 && number < 3600;
}

bool parse_address(const char *string, struct address *address)
{
	const char *colon = strrchr(string, ':');
	size_t host_len = colon ? (size_t)(colon - string) : 0;
	int64_t port;

	if (!host_len || !parse_number(colon + 1, &port) || port < 0 || port > 65535)
		return false;
	if (string[0] == '[') {
		if (host_len < 3 || string[host_len - 1] != ']')
			return false;
		string++;
		host_len -= 2;
	} else if (memchr(string, ':', host_len)) {
		return false;
	}
	if (host_len >= sizeof address->host)
		return false;
	memcpy(address->host, string, host_len);
	address->host[host_len] = '\0';
	address->port = (uint16_t)port;
	return true;
}

bool parse_choice(const char *string, const char *choices, int *choice)
{
	size_t len = strlen(string);

	for (int i = 0; choices; i++) {
		size_t choice_len = strcspn(choices, "|");

		if (len == choice_len && !strncmp(string, choices, len)) {
			*choice = i;
			return true;
		}
		choices = choices[choice_len] ? choices + choice_len + 1 : NULL;
	}
	return false;
}

bool parse_flag(const char *string, bool *flag)
{
	int choice;

	if (!parse_choice(string, "0|1|no|yes|false|true|off|on", &choice))
		return false;
	*flag = choice % 2;
	return true;
}
