#include "monitor/metrics_http.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/loop.h"
#include "base/parse.h"

/*
 * A small HTTP server for monitoring: GET and HEAD, one request a connection. Everything is
 * bounded: the length of a request, the time of a client, the number of clients. One client too
 * many disconnects the oldest, since a well-behaved client is done long before. (evhttp of libevent
 * 2.1 limits neither the number of clients nor the time of a slow one.)
 */
struct page {
	int code;	  /* 200, 503 …; 404 unless page_fn sets it */
	const char *type; /* Content-Type */
	struct buf body;
};

/* Fills in the page of a path, without the query. */
typedef void page_fn(void *arg, const char *path, struct page *page);

/* A scrape has a few hundred bytes of headers and no body. */
enum { MOST_CLIENTS = 16, MOST_WAITING = 128, MOST_BYTES = 8192, TIMEOUT_S = 5 };

/* Bytes that a client may send after its request before it is disconnected. */
enum { MOST_IGNORED = 65536 };

/* Seconds without accepting when accept() fails because of too few descriptors or out of memory. */
enum { PAUSE_S = 1 };

struct client {
	struct http_server *server;
	struct bufferevent *io;
	struct event *deadline;
	bool answered;	/* what else it sends is ignored, MOST_IGNORED bytes at most */
	bool silent;	/* it will send no more */
	size_t ignored; /* bytes received after the answer */
	struct client *older, *newer;
};

struct http_server {
	struct event_base *base;
	struct evconnlistener *listener; /* bound and listening; `incoming` accepts */
	struct event *incoming, *resume;
	page_fn *page;
	void *arg;
	struct client *oldest, *newest;
	size_t count;
};

static void disconnect(struct client *client)
{
	struct http_server *server = client->server;

	*(client->older ? &client->older->newer : &server->oldest) = client->newer;
	*(client->newer ? &client->newer->older : &server->newest) = client->older;
	server->count--;
	event_free(client->deadline);
	bufferevent_free(client->io);
	free(client);
}

/* Answering. */

static const char *reason(int code)
{
	switch (code) {
	case 200:
		return "OK";
	case 400:
		return "Bad Request";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 431:
		return "Request Header Fields Too Large";
	default:
		return "Service Unavailable";
	}
}

static void send_page(struct client *client, const struct page *page, bool head_only)
{
	struct buf head = {0};

	buf_printf(&head,
		   "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
		   "Connection: close\r\n\r\n",
		   page->code, reason(page->code), page->type, page->body.len);
	if (!head_only)
		buf_add(&head, buf_string(&page->body), page->body.len);
	client->answered = true;
	if (head.failed || page->body.failed || bufferevent_write(client->io, head.data, head.len))
		disconnect(client);
	buf_free(&head);
}

static void refuse(struct client *client, int code)
{
	struct page page = {.code = code, .type = "text/plain; charset=utf-8"};

	buf_printf(&page.body, "%s\n", reason(code));
	send_page(client, &page, false);
	buf_free(&page.body);
}

/* GET /path?query HTTP/1.1 */
static void answer(struct client *client, char *request)
{
	struct page page = {.code = 404, .type = "text/plain; charset=utf-8"};
	char *path = strchr(request, ' ');
	char *version = path ? strchr(path + 1, ' ') : NULL;
	bool head_only;

	if (!version || strncmp(version, " HTTP/1.", 8) != 0) {
		refuse(client, 400);
		return;
	}
	*path++ = *version = '\0';
	path[strcspn(path, "?")] = '\0';
	head_only = !strcmp(request, "HEAD");
	if (!head_only && strcmp(request, "GET") != 0) {
		refuse(client, 405);
		return;
	}
	client->server->page(client->server->arg, path, &page);
	if (page.code == 404)
		buf_add_string(&page.body, "/metrics, /healthz and /readyz are here\n");
	send_page(client, &page, head_only);
	buf_free(&page.body);
}

/* A connection's events. */

static bool is_whole(struct evbuffer *input)
{
	return evbuffer_search(input, "\r\n\r\n", 4, NULL).pos >= 0 ||
	       evbuffer_search(input, "\n\n", 2, NULL).pos >= 0;
}

static void ignore(struct client *client, struct evbuffer *input)
{
	client->ignored += evbuffer_get_length(input);
	evbuffer_drain(input, evbuffer_get_length(input));
	if (client->ignored > MOST_IGNORED)
		disconnect(client);
}

static void on_read(struct bufferevent *io, void *arg)
{
	struct client *client = arg;
	struct evbuffer *input = bufferevent_get_input(io);
	char *line;

	if (client->answered) {
		ignore(client, input);
		return;
	}
	if (!is_whole(input)) {
		if (evbuffer_get_length(input) < MOST_BYTES)
			return;
		evbuffer_drain(input, evbuffer_get_length(input));
		refuse(client, 431);
		return;
	}
	line = evbuffer_readln(input, NULL, EVBUFFER_EOL_CRLF);
	evbuffer_drain(input, evbuffer_get_length(input));
	if (line)
		answer(client, line);
	free(line);
}

/* The response is sent. Shuts down our side first and closes later: closing while the client still
 * sends would make the kernel discard what the client has not read yet. */
static void on_written(struct bufferevent *io, void *arg)
{
	struct client *client = arg;

	if (!client->answered)
		return;
	if (client->silent)
		disconnect(client);
	else
		shutdown(bufferevent_getfd(io), SHUT_WR);
}

static void on_event(struct bufferevent *io, short what, void *arg)
{
	struct client *client = arg;

	client->silent = true;
	if (!(what & BEV_EVENT_EOF) || !client->answered ||
	    !evbuffer_get_length(bufferevent_get_output(io)))
		disconnect(client);
}

static void on_deadline(evutil_socket_t unused, short what, void *arg)
{
	(void)unused, (void)what;
	disconnect(arg);
}

static void begin_client(struct http_server *server, struct client *client)
{
	const struct timeval timeout = {TIMEOUT_S, 0};

	client->server = server;
	client->older = server->newest;
	*(server->newest ? &server->newest->newer : &server->oldest) = client;
	server->newest = client;
	server->count++;
	bufferevent_setcb(client->io, on_read, on_written, on_event, client);
	bufferevent_setwatermark(client->io, EV_READ, 0, MOST_BYTES);
	if (bufferevent_priority_set(client->io, LOOP_LEAST_URGENT) ||
	    event_add(client->deadline, &timeout) || bufferevent_enable(client->io, EV_READ))
		disconnect(client);
}

static void add_client(struct http_server *server, evutil_socket_t fd)
{
	struct client *client = calloc(1, sizeof *client);

	if (server->count == MOST_CLIENTS)
		disconnect(server->oldest);
	if (client)
		client->deadline = evtimer_new(server->base, on_deadline, client);
	if (client && client->deadline)
		client->io = bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (client && client->io) {
		begin_client(server, client);
		return;
	}
	if (client && client->deadline)
		event_free(client->deadline);
	free(client);
	close(fd);
}

static void on_resume(evutil_socket_t unused, short what, void *arg)
{
	struct http_server *server = arg;

	(void)unused, (void)what;
	event_add(server->incoming, NULL);
}

/* One connection a turn of the loop: evconnlistener accepts as long as clients come, and
 * its event has no priority of its own. */
static void on_incoming(evutil_socket_t listener, short what, void *arg)
{
	const struct timeval pause = {PAUSE_S, 0};
	struct http_server *server = arg;
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)what;
	if (fd >= 0) {
		add_client(server, fd);
	} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
		event_del(server->incoming);
		evtimer_add(server->resume, &pause);
	}
}

/* Listens on the first of the name's addresses that is free. */
static struct evconnlistener *listen_on(struct http_server *server, const struct address *address,
					const char **why)
{
	const unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_EXEC |
			       LEV_OPT_DISABLED;
	const struct addrinfo hints = {.ai_family = AF_UNSPEC,
				       .ai_socktype = SOCK_STREAM,
				       .ai_flags = AI_NUMERICSERV | AI_PASSIVE};
	struct evconnlistener *listener = NULL;
	struct addrinfo *found = NULL;
	char port[8];
	int error;

	snprintf(port, sizeof port, "%u", address->port);
	error = getaddrinfo(address->host, port, &hints, &found);
	if (error) {
		*why = gai_strerror(error);
		return NULL;
	}
	for (const struct addrinfo *at = found; at && !listener; at = at->ai_next)
		listener = evconnlistener_new_bind(server->base, NULL, server, flags, MOST_WAITING,
						   at->ai_addr, (int)at->ai_addrlen);
	*why = strerror(errno);
	freeaddrinfo(found);
	return listener;
}

static uint16_t port_of(struct evconnlistener *listener)
{
	union {
		struct sockaddr any;
		struct sockaddr_in ipv4;
		struct sockaddr_in6 ipv6;
	} name = {.ipv6 = {.sin6_port = 0}};
	socklen_t size = sizeof name;

	getsockname(evconnlistener_get_fd(listener), &name.any, &size);
	return ntohs(name.any.sa_family == AF_INET6 ? name.ipv6.sin6_port : name.ipv4.sin_port);
}

static bool accept_from(struct http_server *server, evutil_socket_t listener)
{
	server->incoming =
		event_new(server->base, listener, EV_READ | EV_PERSIST, on_incoming, server);
	server->resume = evtimer_new(server->base, on_resume, server);
	return server->incoming && server->resume &&
	       !event_priority_set(server->incoming, LOOP_LEAST_URGENT) &&
	       !event_add(server->incoming, NULL);
}

/* Disconnects all clients. NULL is allowed. */
static void http_server_free(struct http_server *server)
{
	if (!server)
		return;
	while (server->oldest) /* it leaves the list, which the analyzer does not see */
		disconnect(server->oldest); /* NOLINT(clang-analyzer-unix.Malloc) */
	if (server->incoming)
		event_free(server->incoming);
	if (server->resume)
		event_free(server->resume);
	if (server->listener)
		evconnlistener_free(server->listener);
	free(server);
}

/* A port of 0 takes a free one and stores it in `address`. Returns NULL when the address cannot be
 * listened on; `*why` is then the reason, for the log. */
static struct http_server *http_server_new(struct event_base *base, struct address *address,
					   page_fn *page, void *arg, const char **why)
{
	struct http_server *server = calloc(1, sizeof *server);

	*why = "out of memory";
	if (!server)
		return NULL;
	*server = (struct http_server){.base = base, .page = page, .arg = arg};
	server->listener = listen_on(server, address, why);
	if (server->listener)
		*why = "out of memory";
	if (!server->listener || !accept_from(server, evconnlistener_get_fd(server->listener))) {
		http_server_free(server);
		return NULL;
	}
	address->port = port_of(server->listener);
	return server;
}

/* The pages. */

struct metrics_http {
	struct metrics_http_options options;
	struct http_server *server;
};

static void print_metrics(const struct metrics_http *http, struct page *page)
{
	struct gauges gauges;

	http->options.gauges(http->options.arg, &gauges);
	page->code = 200;
	page->type = "text/plain; version=0.0.4; charset=utf-8";
	prometheus_print(http->options.metrics, &gauges, &page->body);
}

static void on_page(void *arg, const char *path, struct page *page)
{
	const struct metrics_http *http = arg;

	if (!strcmp(path, "/metrics")) {
		print_metrics(http, page);
	} else if (!strcmp(path, "/healthz")) {
		page->code = 200;
		buf_add_string(&page->body, "running\n");
	} else if (!strcmp(path, "/readyz")) {
		const char *why_not = http->options.why_not_ready(http->options.arg);

		page->code = why_not ? 503 : 200;
		buf_printf(&page->body, "%s\n", why_not ? why_not : "ready");
	}
}

struct metrics_http *metrics_http_new(struct event_base *base, struct address *address,
				      const struct metrics_http_options *options, const char **why)
{
	struct metrics_http *http = calloc(1, sizeof *http);

	*why = "out of memory";
	if (!http)
		return NULL;
	http->options = *options;
	http->server = http_server_new(base, address, on_page, http, why);
	if (!http->server) {
		free(http);
		return NULL;
	}
	return http;
}

void metrics_http_free(struct metrics_http *http)
{
	if (!http)
		return;
	http_server_free(http->server);
	free(http);
}
