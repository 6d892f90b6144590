#include "redis/endpoint.h"

#include <stdbool.h>
#include <string.h>
#include "base/parse.h"
#include "redis/tls.h"

enum { REDIS_PORT = 6379, SENTINEL_PORT = 26379, MOST_DB = 1 << 20 };

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
	    (!parse_number(digits, &endpoint->db) || endpoint->db < 0 || endpoint->db > MOST_DB))
		return "the database is not a number: expected redis://host:6379/0";
	return NULL;
}

/* The user before an @, where there is one: *rest is then what follows it. */
static const char *read_user(const char **rest, struct endpoint *endpoint)
{
	const char *at = memchr(*rest, '@', strcspn(*rest, "/"));

	if (!at)
		return NULL;
	if (memchr(*rest, ':', (size_t)(at - *rest)))
		return "it holds a password, which anyone can read in the list of processes; "
		       "put it in a file and give --redis-password-file (to the service: in "
		       "/etc/duyetd/redis-password)";
	if (!copy(endpoint->user, sizeof endpoint->user, *rest, (size_t)(at - *rest)))
		return "invalid user: expected 1 to 63 bytes before the @";
	*rest = at + 1;
	return NULL;
}

static const char *read_path(const char *path, struct endpoint *endpoint)
{
	const char *error = read_user(&path, endpoint), *query = strchr(path, '?');

	if (error)
		return error;
	if (*path != '/' || !copy(endpoint->path, sizeof endpoint->path, path,
				  query ? (size_t)(query - path) : strlen(path)))
		return "invalid path: expected the absolute path of a socket, at most 107 bytes, "
		       "as in unix:///run/redis/redis-server.sock";
	if (query && strncmp(query, "?db=", 4) != 0)
		return "unknown text after the ?: expected a database, as in ?db=1";
	return query ? read_db(query + 4, endpoint) : NULL;
}

/* host, host:port, [::1], [::1]:port; `len` bytes of it. */
static const char *read_host(const char *host, size_t len, uint16_t port, struct address *address)
{
	char given[sizeof address->host + 16];
	bool bracketed = *host == '[';
	const char *colon = memchr(host, ':', len), *end = memchr(host, ']', len);

	if (!copy(given, sizeof given, host, len))
		return "no host: expected redis://host:port or unix:///path";
	if (bracketed ? end == host + len - 1 : !colon) {
		address->port = port;
		return copy(address->host, sizeof address->host, host + bracketed,
			    len - 2 * (size_t)bracketed)
			       ? NULL
			       : "invalid host: expected redis://host:port";
	}
	return parse_address(given, address) && address->port
		       ? NULL
		       : "invalid host or port: expected redis://host:port, port 1 to 65535";
}

/* One host, or several with commas between. */
static const char *read_hosts(const char *hosts, size_t len, uint16_t port,
			      struct endpoint *endpoint)
{
	const char *error = NULL, *end = hosts + len;

	while (!error) {
		const char *comma = memchr(hosts, ',', (size_t)(end - hosts));

		if (endpoint->seed_count == MOST_SEEDS)
			return "too many hosts: expected at most 8";
		error = read_host(hosts, (size_t)((comma ? comma : end) - hosts), port,
				  &endpoint->seeds[endpoint->seed_count++]);
		if (!comma)
			break;
		hosts = comma + 1;
	}
	return error;
}

/* name or name/db: what follows the sentinels and a slash. */
static const char *read_master(const char *name, struct endpoint *endpoint)
{
	const char *slash = strchr(name, '/');

	if (!copy(endpoint->master, sizeof endpoint->master, name,
		  slash ? (size_t)(slash - name) : strlen(name)))
		return "no name of a master: expected redis+sentinel://host:port,host:port/name";
	return slash ? read_db(slash + 1, endpoint) : NULL;
}

static const char *read_network(const char *rest, bool sentinels, struct endpoint *endpoint)
{
	const char *error = read_user(&rest, endpoint), *slash = strchr(rest, '/');
	size_t len = slash ? (size_t)(slash - rest) : strlen(rest);

	if (error)
		return error;
	error = read_hosts(rest, len, sentinels ? SENTINEL_PORT : REDIS_PORT, endpoint);
	if (error)
		return error;
	if (sentinels)
		return read_master(slash ? slash + 1 : "", endpoint);
	return slash ? read_db(slash + 1, endpoint) : NULL;
}

const char *endpoint_parse(const char *url, struct endpoint *endpoint)
{
	static const struct {
		const char *scheme;
		bool sentinels, tls;
	} networks[] = {
		{"redis://", false, false},
		{"redis+sentinel://", true, false},
		{"rediss://", false, true},
		{"rediss+sentinel://", true, true},
	};

	*endpoint = (struct endpoint){.url = url};
	if (strncmp(url, "unix://", 7) == 0)
		return read_path(url + 7, endpoint);
	for (size_t i = 0; i < sizeof networks / sizeof networks[0]; i++) {
		size_t len = strlen(networks[i].scheme);

		if (strncmp(url, networks[i].scheme, len) != 0)
			continue;
		endpoint->tls = networks[i].tls;
		if (endpoint->tls && !tls_is_built_in())
			return "this build knows no TLS: build it where pkg-config finds hiredis_ssl "
			       "(hiredis 1.0 or later), or use a local socket or stunnel";
		return read_network(url + len, networks[i].sentinels, endpoint);
	}
	return "not a Redis URL: expected redis://host:port or unix:///path";
}

/* MOVED 3999 10.0.0.2:6381, MOVED 3999 fe80::2:6381; an empty host is the one that replied. */
bool address_moved(struct address *server, const char *error)
{
	const char *host, *colon;
	int64_t port;

	if (strncmp(error, "MOVED ", 6) != 0)
		return false;
	host = strchr(error + 6, ' ');
	colon = host ? strrchr(host, ':') : NULL;
	if (!colon || !parse_number(colon + 1, &port) || port < 1 || port > UINT16_MAX ||
	    (size_t)(colon - host) > sizeof server->host)
		return false;
	if (colon > ++host) {
		memcpy(server->host, host, (size_t)(colon - host));
		server->host[colon - host] = '\0';
	}
	server->port = (uint16_t)port;
	return true;
}

bool address_equal(const struct address *left, const struct address *right)
{
	return left->port == right->port && strcmp(left->host, right->host) == 0;
}
