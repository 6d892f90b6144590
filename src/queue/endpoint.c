#include "queue/endpoint.h"

#include <stdbool.h>
#include <string.h>
#include "base/value.h"

enum { DEFAULT_PORT = 6379, MOST_DB = 1 << 20 };

static bool copy(char *to, size_t size, const char *from, size_t len)
{
	if (!len || len >= size)
		return false;
	memcpy(to, from, len);
	to[len] = '\0';
	return true;
}

static const char *read_db(const char *digits, struct endpoint *endpoint)
{
	if (*digits &&
	    (!value_number(digits, &endpoint->db) || endpoint->db < 0 || endpoint->db > MOST_DB))
		return "its database is no number; give it as in redis://host:6379/0";
	return NULL;
}

static const char *read_path(const char *path, struct endpoint *endpoint)
{
	const char *query = strchr(path, '?');

	if (*path != '/' || !copy(endpoint->path, sizeof endpoint->path, path,
				  query ? (size_t)(query - path) : strlen(path)))
		return "its path will not do; give a socket's absolute path of at most 107 bytes, "
		       "as in unix:///run/redis/redis.sock";
	if (query && strncmp(query, "?db=", 4) != 0)
		return "what follows the ? is unknown; a database is given as ?db=1";
	return query ? read_db(query + 4, endpoint) : NULL;
}

/* host, host:port, [::1], [::1]:port; `len` bytes of it. */
static const char *read_host(const char *host, size_t len, struct endpoint *endpoint)
{
	struct address address;
	char given[sizeof address.host + 16];
	bool bracketed = *host == '[';
	const char *colon = memchr(host, ':', len), *end = memchr(host, ']', len);

	if (!copy(given, sizeof given, host, len))
		return "it names no host; give redis://host:port or unix:///path";
	if (bracketed ? end == host + len - 1 : !colon) {
		endpoint->port = DEFAULT_PORT;
		return copy(endpoint->host, sizeof endpoint->host, host + bracketed,
			    len - 2 * (size_t)bracketed)
			       ? NULL
			       : "its host will not do; give redis://host:port";
	}
	if (!value_address(given, &address))
		return "its host and port will not do; give redis://host:port, port 1 to 65535";
	memcpy(endpoint->host, address.host, sizeof address.host);
	endpoint->port = address.port;
	return NULL;
}

static const char *read_network(const char *rest, struct endpoint *endpoint)
{
	const char *slash = strchr(rest, '/');
	size_t len = slash ? (size_t)(slash - rest) : strlen(rest);
	const char *at = memchr(rest, '@', len), *error;

	if (at) {
		if (memchr(rest, ':', (size_t)(at - rest)))
			return "it holds a password, which anyone can read in the list of "
			       "processes; "
			       "put it in a file and give --redis-password-file";
		if (!copy(endpoint->user, sizeof endpoint->user, rest, (size_t)(at - rest)))
			return "its user will not do; give 1 to 63 bytes before the @";
		len -= (size_t)(at + 1 - rest);
		rest = at + 1;
	}
	error = read_host(rest, len, endpoint);
	return error || !slash ? error : read_db(slash + 1, endpoint);
}

const char *endpoint_parse(const char *url, struct endpoint *endpoint)
{
	*endpoint = (struct endpoint){.url = url};
	if (!strncmp(url, "redis://", 8))
		return read_network(url + 8, endpoint);
	if (!strncmp(url, "unix://", 7))
		return read_path(url + 7, endpoint);
	if (!strncmp(url, "rediss://", 9))
		return "this build knows no TLS (its hiredis has none); use a local socket or "
		       "stunnel";
	return "it is no Redis URL; give redis://host:port or unix:///path";
}
