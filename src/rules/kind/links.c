/*
 * links: no links, except to allowed domains and their subdomains.
 *
 *	allow: [ictvietnam.vn]	over HTTP, and with no other host within the link
 *	at-most: 2		links that are not allowed; by default none
 *	emails: allow | reject
 *	fields: [text, name]
 */
#include <stdio.h>
#include <string.h>
#include <unicode/uidna.h>
#include "link/tail.h"
#include "link/link.h"
#include "rules/condition.h"
#include "rules/findings.h"
#include "rules/kind/kind.h"
#include "text/read_text.h"

/* RFC 1035: 253 bytes. A host that is longer in UTF-8 is in no list. */
enum { HOST_SIZE = 256 };
enum { MOST_LINKS = 1000 };
enum reading { READ_HOST, READ_NO_HOST, READ_NO_MEMORY };
enum emails { EMAILS_ALLOW, EMAILS_REJECT };
enum value { VALUE_LINKS, VALUE_ALLOWED, VALUE_AT_MOST };

struct settings {
	enum emails emails;
	bool idn; /* a domain of `allow` has a label in Punycode */
	size_t at_most, count;
	const char *allow[]; /* as link_host() writes them, but in Punycode */
};

static const char *const values[] = {"links", "allowed", "at-most"};

/*
 * The host as link_host() writes it, read in the same way as in a comment, so that both give the
 * same spelling. Returns READ_NO_HOST unless the string is exactly one host.
 */
static enum reading read_host(const char *string, char *host, size_t size)
{
	struct text *text = text_new();
	enum text_error error = text ? TEXT_EMPTY : TEXT_NO_MEMORY;
	char url[HOST_SIZE + 8];
	bool good = false;

	if (text && strlen(string) < HOST_SIZE && !strpbrk(string, "/@:?# *")) {
		snprintf(url, sizeof url, "http://%s", string);
		error = text_read(text, url, strlen(url));
		good = error == TEXT_OK && text->links == 1 &&
		       text->link[0].count == text->glyphs &&
		       link_host(text, &text->link[0], host, size);
	}
	text_free(text);
	return good ? READ_HOST : error == TEXT_NO_MEMORY ? READ_NO_MEMORY : READ_NO_HOST;
}

static bool is_idn(const char *host)
{
	for (const char *s = host; *s; s++)
		if (*s & 0x80)
			return true;
	return strstr(host, "xn--");
}

/* The host with its labels in Punycode; unchanged if that is not possible. */
static const char *to_ascii(const char *host, char ascii[HOST_SIZE])
{
	UErrorCode err = U_ZERO_ERROR;
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	int32_t len = 0;

	if (!is_idn(host))
		return host;
	UIDNA *idna = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII, &err);
	if (U_SUCCESS(err))
		len = uidna_nameToASCII_UTF8(idna, host, -1, ascii, HOST_SIZE - 1, &info, &err);
	uidna_close(idna);
	if (U_FAILURE(err) || info.errors || len <= 0 || len >= HOST_SIZE)
		return host;
	ascii[len] = '\0';
	return ascii;
}

/* The host, without www., of an address that was given instead of a domain; NULL if there is none.
 */
static const char *find_host(const char *string, char host[HOST_SIZE])
{
	const char *scheme = strstr(string, "://");
	size_t len;

	string = scheme ? scheme + 3 : string + 2 * !strncmp(string, "*.", 2);
	string += strspn(string, ".");
	string += 4 * !strncmp(string, "www.", 4);
	len = strcspn(string, "/:?#");
	if (len < HOST_SIZE) {
		char name[HOST_SIZE];

		memcpy(name, string, len);
		name[len] = '\0';
		if (read_host(name, host, HOST_SIZE) == READ_HOST)
			return host;
	}
	return NULL;
}

static void report_no_domain(struct node node, const char *string)
{
	char host[HOST_SIZE];
	const char *meant = find_host(string, host);

	if (meant)
		node_problem(node, PROBLEM_ERROR,
			     "\"%s\" is not a domain; write it as %s, which also allows its "
			     "subdomains",
			     quote(string).text, meant);
	else
		node_problem(node, PROBLEM_ERROR,
			     "\"%s\" is not a domain: expected one such as baochi.example",
			     quote(string).text);
}

static void lint_www(struct node node, const char *host)
{
	if (!strncmp(host, "www.", 4) && strchr(host + 4, '.'))
		node_problem(node, PROBLEM_WARNING,
			     "\"%s\" allows this host, not %s; write it as %s, which also allows "
			     "its subdomains",
			     quote(host).text, host + 4, host + 4);
}

static const char *load_domain(struct loading *loading, struct node node)
{
	const char *string = node_string(node);
	char host[HOST_SIZE], ascii[HOST_SIZE];

	if (!string)
		return NULL;
	switch (read_host(string, host, sizeof host)) {
	case READ_HOST:
		lint_www(node, host);
		return load_string(loading, to_ascii(host, ascii));
	case READ_NO_HOST:
		report_no_domain(node, string);
		return NULL;
	case READ_NO_MEMORY:
		node_problem(node, PROBLEM_ERROR, "out of memory");
	}
	return NULL;
}

static void load(struct loading *loading, struct rule *rule, struct node map)
{
	struct node allow = node_get(map, "allow");
	struct settings *settings = load_alloc(
		loading, sizeof *settings + node_count(allow) * sizeof settings->allow[0]);
	int emails = EMAILS_ALLOW;
	int64_t at_most = 0;

	if (!settings)
		return;
	if (node_strings(allow))
		for (size_t i = 0; i < node_count(allow); i++) {
			const char *domain = load_domain(loading, node_item(allow, i));

			if (domain)
				settings->allow[settings->count++] = domain;
			if (domain && is_idn(domain))
				settings->idn = true;
		}
	node_number(node_get(map, "at-most"), 0, MOST_LINKS, &at_most);
	settings->at_most = (size_t)at_most;
	node_choice(node_get(map, "emails"), "allow|reject", &emails);
	settings->emails = (enum emails)emails;
	kind_load_fields(loading, rule, node_get(map, "fields"));
	rule->settings = settings;
	rule->value_names = values;
	rule->value_count = sizeof values / sizeof values[0];
	rule->summary = at_most ? "links: {links}, allowed: {allowed}, others at most {at-most}"
				: "links: {links}, allowed: {allowed}";
}

/* Whether `host` is `domain` or one of its subdomains. */
static bool is_under(const char *host, size_t host_len, const char *domain)
{
	size_t len = strlen(domain);
	const char *tail = host + host_len - len;

	return host_len >= len && !memcmp(tail, domain, len) && (tail == host || tail[-1] == '.');
}

static bool is_listed(const struct settings *settings, const char *host)
{
	char ascii[HOST_SIZE];
	const char *spelled = settings->idn ? to_ascii(host, ascii) : host;
	size_t len = strlen(spelled);

	for (size_t i = 0; i < settings->count; i++)
		if (is_under(spelled, len, settings->allow[i]))
			return true;
	return false;
}

/* Whether a host that is not allowed is within the link, such as https://ictvietnam.vn/?to=vidu.com
 */
static bool leads_on(const struct settings *settings, const struct text *text,
		     const struct link *link)
{
	char host[INNER_HOST];
	size_t at = 0;

	while (link_next_inner(text, link, &at, host))
		if (!is_listed(settings, host))
			return true;
	return false;
}

static bool is_allowed(const struct settings *settings, const struct text *text,
		       const struct link *link)
{
	char host[HOST_SIZE];

	if (link->kind == LINK_EMAIL && settings->emails == EMAILS_ALLOW)
		return true;
	return settings->count && link_host(text, link, host, sizeof host) &&
	       is_listed(settings, host) && (link->kind == LINK_EMAIL || link_is_web(text, link)) &&
	       !leads_on(settings, text, link);
}

/* Whether `only:` of the rule holds for the comment. `unless:` does not matter: the site's own
 * addresses are harmless in exempt comments too. */
static bool is_about(const struct rule *rule, const struct comment *comment)
{
	return !rule->conditions || conditions_only(rule->conditions, comment);
}

bool links_are_allowed(const struct input *input, const struct text *text, const struct link *link)
{
	const struct ruleset *rules = input->rules;

	for (size_t i = 0; i < ruleset_count(rules) && link->kind != LINK_EMAIL; i++) {
		const struct rule *rule = ruleset_rule(rules, i);

		if (rule->kind == &kind_links && is_allowed(rule->settings, text, link) &&
		    is_about(rule, input->comment))
			return true;
	}
	return false;
}

struct counts {
	size_t links, allowed;
};

/* Counts the links of one field, and reports those that are not allowed if told to. */
static struct counts look(const struct rule *rule, const struct input *input, size_t field,
			  struct findings *findings, bool report)
{
	const struct text *text = input->text[field];
	struct counts counts = {text->links, 0};

	for (size_t i = 0; i < text->links; i++) {
		const struct link *link = &text->link[i];

		if (is_allowed(rule->settings, text, link))
			counts.allowed++;
		else if (report)
			findings_place(findings, input, rule, field, link->first, link->count,
				       NULL);
	}
	return counts;
}

static struct counts look_at_all(const struct rule *rule, const struct input *input,
				 struct findings *findings, bool report)
{
	unsigned fields = input->fields & rule->fields;
	struct counts all = {0, 0};

	for (size_t field = 0; fields >> field; field++) {
		struct counts counts = {0, 0};

		if (fields >> field & 1)
			counts = look(rule, input, field, findings, report);
		all.links += counts.links;
		all.allowed += counts.allowed;
	}
	return all;
}

/* If some links may pass, all are counted before any is reported. */
static enum outcome match(const struct rule *rule, const struct input *input,
			  struct findings *findings)
{
	const struct settings *settings = rule->settings;
	struct counts all = look_at_all(rule, input, findings, !settings->at_most);
	bool fails = all.links > all.allowed + settings->at_most;

	if (fails && settings->at_most)
		look_at_all(rule, input, findings, true);
	findings_value(findings, VALUE_LINKS, all.links);
	findings_value(findings, VALUE_ALLOWED, all.allowed);
	findings_value(findings, VALUE_AT_MOST, settings->at_most);
	return fails ? OUTCOME_FAIL : OUTCOME_PASS;
}

static const char *const keys[] = {"allow", "at-most", "emails", "fields", NULL};

const struct kind kind_links = {"links", keys, load, match};
