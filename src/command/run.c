/* run: the daemon. */
#include "command/command.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/hash.h"
#include "base/log.h"
#include "base/options.h"
#include "base/parse.h"
#include "base/sandbox.h"
#include "queue/worker.h"
#include "redis/handshake.h"
#include "redis/tls.h"
#include "rules/ruleset.h"

/*
 * The consumer's name. It must be unique, or two processes would share one pending list; and the
 * same after a restart, or unfinished entries would wait until another consumer claims them.
 *
 * So it is HOSTNAME-N, with the smallest N that no other process of this machine uses for the same
 * Redis, prefix and group. A process locks its name by binding an abstract socket, which the
 * kernel releases when the process ends. Machines need different host names: where two have the
 * same, some comments are judged twice, and still settled once.
 */
enum { CONSUMER_NAME_SIZE = 128, MOST_INSTANCES = 1000 };

/* The NUL is included, so that "ab" "c" differs from "a" "bc". */
static uint64_t hash_string(uint64_t sum, const char *string)
{
	do
		sum = hash_add(sum, (unsigned char)*string);
	while (*string++);
	return sum;
}

/* The socket stays open: it is the lock. */
static bool lock_name(const char *name, const char *const scope[3])
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	uint64_t sum = HASH_START;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), len;

	for (int i = 0; i < 3; i++)
		sum = hash_string(sum, scope[i]);
	sum = hash_string(sum, name);
	len = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "duyetd-%016" PRIx64,
		       sum);
	if (fd < 0)
		return false;
	if (bind(fd, (struct sockaddr *)&address,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)) == 0)
		return true;
	close(fd);
	return false;
}

/* Fills in `name`: `wanted` unless that is NULL. Locks it until the process ends. Returns false
 * when another process has it or, without `wanted`, has all of them. `scope` distinguishes
 * queues. */
static bool consumer_name_lock(char name[CONSUMER_NAME_SIZE], const char *wanted,
			       const char *const scope[3])
{
	char host[HOST_NAME_MAX + 1] = "";

	if (wanted) {
		snprintf(name, CONSUMER_NAME_SIZE, "%s", wanted);
		return lock_name(name, scope);
	}
	if (gethostname(host, sizeof host - 1) || !*host)
		snprintf(host, sizeof host, "duyetd");
	for (int i = 1; i <= MOST_INSTANCES; i++) {
		snprintf(name, CONSUMER_NAME_SIZE, "%s-%d", host, i);
		if (lock_name(name, scope))
			return true;
	}
	return false;
}

struct settings {
	struct worker_options worker;
	const char *redis, *prefix, *consumer, *hold_for; /* as given; parsed in `worker` */
	int log_level;
	bool show;
	char credential[4096],
		name[CONSUMER_NAME_SIZE]; /* systemd's password file; this consumer's name */
};

#define AT(member) offsetof(struct settings, member)

static const struct option_row rows[] = {
	{"redis", "URL", OPTION_STRING, AT(redis), .initial = "redis://127.0.0.1:6379",
	 .help = "redis://[user@]host:port[/db], rediss:// for TLS, unix://[user@]/path[?db=N] or "
		 "redis+sentinel://host:port,host:port/name; nodes of a Cluster with commas "
		 "between"},
	{"redis-password-file", "FILE", OPTION_STRING, AT(worker.password_file),
	 .help = "file with Redis's password; without it, redis-password in systemd's credentials "
		 "directory where there is one"},
	COMMAND_RULES_ROW(struct settings, worker.rules),
	{"prefix", "P", OPTION_STRING, AT(prefix), .initial = "comments",
	 .help = "what all keys begin with; {comments} keeps them in one Cluster slot"},
	{"group", "NAME", OPTION_STRING, AT(worker.group), .initial = "duyetd",
	 .help = "consumer group"},
	{"consumer", "NAME", OPTION_STRING, AT(consumer),
	 .help = "this process's name in the group, the same after a restart; without it, the "
		 "host's name and the first free number"},
	{"batch", "N", OPTION_NUMBER, AT(worker.batch), .initial = "256", .least = 1, .most = 1000,
	 .help = "most comments in one read and one settling"},
	{"in-flight", "N", OPTION_NUMBER, AT(worker.in_flight), .initial = "4", .least = 1,
	 .most = 64, .help = "most batches that are read and not yet settled"},
	{"linger", "TIME", OPTION_DURATION, AT(worker.linger), .initial = "1ms", .most = 100,
	 .help = "longest pause before a read while comments arrive faster than one per 0.2 ms, so "
		 "that batches form; 0 for none"},
	{"wait-replicas", "N", OPTION_NUMBER, AT(worker.wait_replicas), .initial = "0", .most = 100,
	 .help = "wait until N replicas have the settled verdicts before reading more"},
	{"claim-after", "TIME", OPTION_DURATION, AT(worker.claim_after), .initial = "30s",
	 .least = 100, .help = "claim entries that another consumer has left idle for this time"},
	{"max-deliveries", "N", OPTION_NUMBER, AT(worker.max_deliveries), .initial = "5",
	 .least = 1, .most = 1000000,
	 .help = "an entry delivered N times without a verdict is moved to PREFIX:dead"},
	{"keep", "TIME", OPTION_DURATION, AT(worker.keep), .initial = "7d", .least = 60000,
	 .hours = true, .help = "how long verdicts stay in their stream"},
	{"keep-rejected", "TIME", OPTION_DURATION, AT(worker.keep_rejected), .initial = "30d",
	 .least = 60000, .hours = true,
	 .help = "how long rejected, watched, reviewed and dead comments stay"},
	{"keep-stats", "TIME", OPTION_DURATION, AT(worker.keep_stats), .initial = "90d",
	 .least = 86400000, .help = "how long the counts of a day stay"},
	{"keep-approved", "TIME", OPTION_DURATION, AT(worker.keep_approved), .initial = "0s",
	 .hours = true,
	 .help = "how long approved comments stay in PREFIX:approved; 0s: they are not kept"},
	{"hold-for", "TIME:VERDICT", OPTION_STRING, AT(hold_for),
	 .help = "comments held for this time get this verdict, as in 24h:reject; without it, they "
		 "stay held"},
	{"grace", "TIME", OPTION_DURATION, AT(worker.grace), .initial = "10s",
	 .help = "time to finish the work in hand after a stop signal"},
	{"timeout", "TIME", OPTION_DURATION, AT(worker.timeout), .initial = "5s", .least = 100,
	 .help = "the connection is lost when Redis does not reply for this time"},
	{"metrics", "HOST:PORT", OPTION_ADDRESS, AT(worker.metrics),
	 .help = "serve /metrics, /healthz and /readyz there; port 0 takes a free one and logs it"},
	{"log-level", "error|warning|info|debug", OPTION_CHOICE, AT(log_level), .initial = "info",
	 .help = "the least urgent level that is logged"},
	{"show-settings", NULL, OPTION_FLAG, AT(show), .action = true,
	 .help = "print each setting, where it came from (default, variable or option) and its "
		 "value, then exit"},
};

static struct option_origin origins[sizeof rows / sizeof rows[0]];

static const struct usage usage = {
	.command = "run",
	.operands = "",
	.about = "Joins the stream of submitted comments, judges each, and settles it with one "
		 "verdict.\n"
		 "TERM finishes the work in hand and exits; HUP reloads the rules.",
	.example =
		"  duyetd run --redis unix:///run/redis/redis-server.sock --rules /etc/duyetd/rules\n",
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
	.origins = origins,
};

/* TIME:approve or TIME:reject. */
static bool read_hold_for(const char *string, struct worker_options *options)
{
	const char *colon = strchr(string, ':');
	char time[32];
	int verdict;

	if (!colon || (size_t)(colon - string) >= sizeof time)
		return false;
	snprintf(time, sizeof time, "%.*s", (int)(colon - string), string);
	if (!parse_duration(time, &options->hold_for) || options->hold_for < 1000 ||
	    duration_lacks_unit(time) || !parse_choice(colon + 1, "approve|reject", &verdict))
		return false;
	options->hold_then = colon + 1;
	return true;
}

static void record_origin(size_t at, const char *name)
{
	for (size_t i = 0; i < usage.row_count; i++)
		if (rows[i].at == at)
			snprintf(origins[i].name, sizeof origins[i].name, "%s", name);
}

/* systemd's LoadCredential=redis-password:… creates this file. When no password is configured, the
 * unit makes it a single line end. */
static void use_credential(struct settings *settings)
{
	const char *directory = getenv("CREDENTIALS_DIRECTORY");
	struct stat file;

	if (!directory)
		return;
	snprintf(settings->credential, sizeof settings->credential, "%s/redis-password", directory);
	if (stat(settings->credential, &file) || file.st_size <= 1)
		return;
	settings->worker.password_file = settings->credential;
	record_origin(AT(worker.password_file), "CREDENTIALS_DIRECTORY");
}

/* Parses the options that are not simple values into the worker's options. */
static int read_settings(struct settings *settings)
{
	struct worker_options *worker = &settings->worker;
	const char *why = endpoint_parse(settings->redis, &worker->endpoint);

	if (why)
		return command_wrong_redis(&usage, settings->redis, why);
	why = keys_make(&worker->keys, settings->prefix);
	if (why)
		return command_wrong(&usage, "prefix", settings->prefix, why);
	if (settings->consumer && strlen(settings->consumer) >= CONSUMER_NAME_SIZE)
		return command_wrong(&usage, "consumer", settings->consumer,
				     "expected at most 127 bytes");
	if (settings->hold_for && !read_hold_for(settings->hold_for, worker))
		return command_wrong(
			&usage, "hold-for", settings->hold_for,
			"expected a time with its unit, at least 1s, and a verdict, as in 24h:reject");
	worker->rules = command_rules_directory(worker->rules);
	if (!worker->password_file)
		use_credential(settings);
	return OPTIONS_GO_ON;
}

/* Whether enough descriptors are allowed. Needed are two connections for each of submissions and
 * reviews, more while sentinels are asked, clients of --metrics, and some for the C library. */
static bool has_descriptors(void)
{
	enum { LEAST = 64 };
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur >= LEAST)
		return true;
	fprintf(stderr,
		"duyetd run: too few open files allowed: %ju, expected at least %d (ulimit -n, or "
		"LimitNOFILE= in the unit)\n",
		(uintmax_t)files.rlim_cur, LEAST);
	return false;
}

static bool set_up_tls(const struct settings *settings)
{
	if (!settings->worker.endpoint.tls || tls_set_up())
		return true;
	fputs("duyetd run: TLS could not be set up\n", stderr);
	return false;
}

/* Checks the password file and locks the consumer name. */
static bool take_hold(struct settings *settings)
{
	struct worker_options *worker = &settings->worker;

	worker->consumer = settings->name;
	if (!worker->password_file && *worker->endpoint.user) {
		fprintf(stderr, "duyetd run: " PASSWORD_MISSING "\n", worker->endpoint.user);
		return false;
	}
	if (worker->password_file && access(worker->password_file, R_OK)) {
		fprintf(stderr, "duyetd run: the password file %s cannot be read: %m\n",
			worker->password_file);
		return false;
	}
	if (consumer_name_lock(settings->name, settings->consumer,
			       (const char *[]){settings->redis, settings->prefix, worker->group}))
		return true;
	fprintf(stderr,
		"duyetd run: the consumer name %s is in use by another process; give each its own\n",
		settings->name);
	return false;
}

int command_run(char **argv)
{
	struct settings settings = {0};
	size_t operands;
	int status = options_read(&usage, &settings, argv, &operands);
	struct ruleset *rules;

	if (status == OPTIONS_GO_ON)
		status = read_settings(&settings);
	if (status != OPTIONS_GO_ON)
		return status;
	if (settings.show) {
		settings_print(&usage, &settings);
		return EXIT_DONE;
	}
	worker_hold_hup();
	log_open((enum log_level)settings.log_level);
	if (!has_descriptors() || !set_up_tls(&settings) || !take_hold(&settings))
		return EXIT_UNAVAILABLE;
	rules = command_rules("run", settings.worker.rules);
	if (!rules)
		return EXIT_CHECK_FAILED;
	sandbox_self();
	settings_log(&usage, &settings);
	return (int)worker_run(&settings.worker, rules);
}
