#include "monitor/metrics_http.h"

#include <stdlib.h>
#include <string.h>
#include "monitor/http_server.h"

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
		buf_add_string(&page->body, "the loop turns\n");
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
