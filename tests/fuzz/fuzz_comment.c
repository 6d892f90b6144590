/*
 * A comment, from its bytes to the verdict, by the shipped rules. The input is the text;
 * what follows a byte 0xff (which no UTF-8 has) is a second field's value.
 */
#include "fuzz.h"

#include <stdbool.h>
#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include "base/limits.h"
#include "base/utf8.h"
#include "rules/excerpt.h"
#include "rules/problems.h"
#include "rules/ruleset.h"

static struct ruleset *rules;
static struct judge *judge, *other_judge;

/* A phrase of a rule that rejects and has no `except`. */
static const char *phrase, *phrase_rule;

static void clean_up(void)
{
	judge_free(judge);
	judge_free(other_judge);
	ruleset_free(rules);
}

static bool has_excepts(const struct rule *rule)
{
	for (size_t i = 0; i < ruleset_terms(rules); i++)
		if (ruleset_term(rules, i)->rule == rule &&
		    ruleset_term(rules, i)->kind == TERM_EXCEPT)
			return true;
	return false;
}

static void choose_phrase(void)
{
	for (size_t i = 0; i < ruleset_terms(rules) && !phrase; i++) {
		const struct term *term = ruleset_term(rules, i);

		if (term->kind != TERM_PHRASE || rule_action(term->rule) != ACTION_REJECT ||
		    has_excepts(term->rule))
			continue;
		phrase = term->string;
		phrase_rule = rule_name(term->rule);
	}
	REQUIRE(phrase);
}

static void set_up(void)
{
	struct problems *problems = problems_new();

	REQUIRE(problems);
	rules = ruleset_load("rules", problems);
	REQUIRE(rules);
	problems_free(problems);
	choose_phrase();
	judge = judge_new();
	other_judge = judge_new();
	REQUIRE(judge && other_judge);
	atexit(clean_up);
}

static const struct verdict *judge_text(struct judge *with, const char *text, size_t len)
{
	struct field fields[] = {{"id", "c1", 2, 2}, {"text", text, 4, len}};
	struct comment comment = {fields, 2};

	return judge_comment(with, rules, &comment);
}

static bool fails(const struct verdict *verdict, const char *name)
{
	for (size_t i = 0; i < verdict->failing_count; i++)
		if (!strcmp(rule_name(verdict->failing[i]), name))
			return true;
	return false;
}

static bool is_boundary(const char *bytes, size_t len, size_t at)
{
	return at == len || utf8_begins(bytes[at]);
}

static void check_hits(const struct verdict *verdict, const struct comment *comment)
{
	for (size_t i = 0; i < verdict->hit_count; i++) {
		const struct hit *hit = &verdict->hits[i];
		const struct field *field = hit->field;

		REQUIRE(hit->message && (field || hit->measured));
		REQUIRE(!i || !rule_kind(hit->rule) ||
			rule_index(hit->rule) >= rule_index(hit[-1].rule));
		if (!field)
			continue;
		REQUIRE(field >= comment->fields && field < comment->fields + comment->count);
		REQUIRE(hit->len && hit->at < field->value_len);
		REQUIRE(hit->len <= field->value_len - hit->at);
		REQUIRE(is_boundary(field->value, field->value_len, hit->at));
		REQUIRE(is_boundary(field->value, field->value_len, hit->at + hit->len));
	}
}

static void check_verdict(const struct verdict *verdict)
{
	REQUIRE(!verdict->failing_count == (verdict->decision == DECISION_APPROVE));
	REQUIRE(!*verdict->reason == (verdict->decision == DECISION_APPROVE));
	REQUIRE(verdict->accented <= verdict->words);
	for (size_t i = 1; i < verdict->failing_count; i++)
		REQUIRE(rule_index(verdict->failing[i]) > rule_index(verdict->failing[i - 1]));
}

/* Each line of the matches begins with a rule's name, and has no control characters. */
static void check_matches(const struct verdict *verdict)
{
	struct buf lines = {0};
	size_t count = 0;

	excerpt_all(&lines, verdict, false);
	for (const char *line = buf_string(&lines); *line;) {
		size_t len = strcspn(line, "\n"), name = strcspn(line, " ");

		REQUIRE(name <= LIMIT_NAME_BYTES && name < len);
		for (size_t i = 0; i < len; i++)
			REQUIRE((unsigned char)line[i] >= ' ' && line[i] != 0x7f);
		count++;
		line += len + (line[len] == '\n');
	}
	REQUIRE(count <= verdict->hit_count && !count == !verdict->failing_count);
	buf_free(&lines);
}

/* The part of a verdict that must be the same in each form of the text. */
struct summary {
	enum decision decision;
	size_t words, accented, failing_count;
	const struct rule *failing[64];
};

static struct summary summary_of(const struct verdict *verdict)
{
	struct summary summary = {verdict->decision,
				  verdict->words,
				  verdict->accented,
				  verdict->failing_count,
				  {NULL}};

	REQUIRE(verdict->failing_count <= sizeof summary.failing / sizeof *summary.failing);
	for (size_t i = 0; i < verdict->failing_count; i++)
		summary.failing[i] = verdict->failing[i];
	return summary;
}

static void require_same(struct summary one, struct summary other)
{
	REQUIRE(one.decision == other.decision);
	REQUIRE(one.words == other.words && one.accented == other.accented);
	REQUIRE(one.failing_count == other.failing_count);
	for (size_t i = 0; i < one.failing_count; i++)
		REQUIRE(one.failing[i] == other.failing[i]);
}

/* A text in UTF-16 for ICU. */
struct units {
	UChar unit[4 * LIMIT_TEXT_BYTES];
	int32_t count;
};

/* Judges the text in a normal form. Returns false if it is too long in that form. */
static bool judge_form(const UNormalizer2 *form, const struct units *text, struct summary *summary)
{
	static struct units written;
	static char bytes[LIMIT_TEXT_BYTES];
	UErrorCode error = U_ZERO_ERROR;
	int32_t len;

	written.count = unorm2_normalize(form, text->unit, text->count, written.unit,
					 4 * LIMIT_TEXT_BYTES, &error);
	u_strToUTF8(bytes, sizeof bytes, &len, written.unit, written.count, &error);
	if (U_SUCCESS(error))
		*summary = summary_of(judge_text(judge, bytes, (size_t)len));
	return U_SUCCESS(error);
}

/* NFC and NFD get the same verdict, and so does the text itself if its marks are in canonical
 * order. */
static void check_forms(const char *bytes, size_t len)
{
	static struct units text;
	UErrorCode error = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&error);
	const UNormalizer2 *nfd = unorm2_getNFDInstance(&error);
	const UNormalizer2 *fcd = unorm2_getInstance(NULL, "nfc", UNORM2_FCD, &error);
	struct summary summary, other;

	u_strFromUTF8(text.unit, 4 * LIMIT_TEXT_BYTES, &text.count, bytes, (int32_t)len, &error);
	REQUIRE(U_SUCCESS(error));
	if (!judge_form(nfd, &text, &summary))
		return;
	if (unorm2_isNormalized(fcd, text.unit, text.count, &error))
		require_same(summary_of(judge_text(judge, bytes, len)), summary);
	if (judge_form(nfc, &text, &other))
		require_same(summary, other);
}

/* Text before or after a banned phrase on a line of its own does not hide it. */
static void check_appended(const char *text, size_t len)
{
	size_t room = len + 1 + strlen(phrase);
	char *longer = malloc(room);
	bool readable = !fails(judge_text(judge, text, len), "malformed");

	REQUIRE(longer);
	for (int before = 0; before < 2 && room <= LIMIT_TEXT_BYTES; before++) {
		const struct verdict *verdict;

		memcpy(longer + (before ? strlen(phrase) + 1 : 0), text, len);
		memcpy(longer + (before ? 0 : len + 1), phrase, strlen(phrase));
		longer[before ? strlen(phrase) : len] = '\n';
		verdict = judge_text(judge, longer, room);
		REQUIRE(verdict->decision == DECISION_REJECT);
		REQUIRE(!readable || fails(verdict, phrase_rule));
	}
	free(longer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const uint8_t *split = size ? memchr(data, 0xff, size) : NULL;
	size_t len = split ? (size_t)(split - data) : size;
	struct field fields[] = {
		{"id", "c1", 2, 2},
		{"text", text, 4, len},
		{"name", split ? text + len + 1 : "", 4, split ? size - len - 1 : 0},
	};
	struct comment comment = {fields, split ? 3 : 2};
	const struct verdict *verdict;
	struct summary summary;

	if (!rules)
		set_up();
	verdict = judge_comment(judge, rules, &comment);
	check_hits(verdict, &comment);
	check_verdict(verdict);
	check_matches(verdict);
	summary = summary_of(verdict);
	require_same(summary_of(judge_comment(other_judge, rules, &comment)), summary);
	verdict = judge_text(judge, text, len);
	REQUIRE(!len || !memchr(text, '\0', len) || fails(verdict, "malformed"));
	if (!fails(verdict, "malformed"))
		check_forms(text, len);
	check_appended(text, len);
	return 0;
}
