/*
 * A very small HTTP server, for those who watch: GET and HEAD of whole paths, one request a
 * connection. All of it is bounded: how long a request is, how long a client may take from
 * first to last, how many there are. Where one too many comes, who came first is hung up on:
 * who asks and takes its answer is through long before. (evhttp of libevent 2.1 bounds neither
 * how many come nor how long one drips.)
 */
#ifndef DUYETD_MONITOR_HTTP_SERVER_H
#define DUYETD_MONITOR_HTTP_SERVER_H

#include "base/buf.h"
#include "base/parse.h"

struct event_base;
struct http_server;

struct page {
	int code;	  /* 200, 503 …; 404 until somebody knows better */
	const char *type; /* Content-Type */
	struct buf body;
};

/* Fills in the page of a path, which has no query behind it. */
typedef void page_fn(void *arg, const char *path, struct page *page);

/* A port of 0 takes a free one and stores it in `address`. Returns NULL when the address cannot be
 * listened on; `*why` is then the reason, for the log. */
struct http_server *http_server_new(struct event_base *base, struct address *address, page_fn *page,
				    void *arg, const char **why);
void http_server_free(struct http_server *server);

#endif
