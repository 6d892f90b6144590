#include "base/buf.h"
#include "rules/lint/lint.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include "base/utf8.h"
#include "rules/match/build.h"
#include "rules/match/pattern.h"
#include "rules/match/prefilter.h"
#include "rules/match/scan.h"
#include "rules/rule.h"

/*
 * A pattern that reaches a match limit counts as hit. A text of this length must not reach it, or
 * honest comments would be rejected.
 */
enum { HARD_TEXT = 4096, SHORTEST = 64 };

/*
 * Hard texts tried on all patterns together, some 200 on each: about six seconds. The shipped rules
 * need half of them, so a site's own patterns, which are read later, are tried too.
 */
enum { BUDGET = 60000 };

enum { OWN_ATOMS = 6, MOST_ATOMS = 12, ATOM_SIZE = 8, UNIT_SIZE = 256 };

/* Short strings of which hard texts are made. They are taken from the pattern itself. */
struct atoms {
	char atom[MOST_ATOMS][ATOM_SIZE];
	size_t count;
};

struct trial {
	const struct ruleset *rules;
	struct problems *problems;
	struct pattern_scratch *scratch;
	struct atoms atoms; /* of the pattern in hand */
	struct buf text;
	size_t tried; /* texts */
	bool over;    /* the budget is used up */
};

static void add_atom(struct atoms *atoms, size_t most, const char *bytes, size_t len)
{
	for (size_t i = 0; i < atoms->count; i++)
		if (strlen(atoms->atom[i]) == len && !memcmp(atoms->atom[i], bytes, len))
			return;
	if (atoms->count < most) {
		memcpy(atoms->atom[atoms->count], bytes, len);
		atoms->atom[atoms->count++][len] = '\0';
	}
}

static void collect_atoms(struct atoms *atoms, const char *pattern)
{
	static const char *const common[] = {"a", "1", " ", ".", "-", "@"};
	bool escaped = false;

	*atoms = (struct atoms){.count = 0};
	for (size_t len; *pattern; pattern += len) {
		len = utf8_right(pattern, 1, strlen(pattern));
		if (!escaped && !strchr("\\()[]{}*+?|^$.:<>=!", *pattern) && len <= UTF8_MOST)
			add_atom(atoms, OWN_ATOMS, pattern, len);
		escaped = !escaped && *pattern == '\\';
	}
	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
		add_atom(atoms, MOST_ATOMS, common[i], 1);
}

/* `unit` repeated to `len` bytes or a little more. */
static void add_repeats(struct buf *text, const char *unit, size_t len)
{
	size_t size = strlen(unit), whole = (len + size - 1) / size * size;

	buf_add(text, unit, size);
	while (text->len < whole && buf_reserve(text, text->len))
		buf_add(text, text->data, text->len);
	if (text->len > whole)
		text->len = whole;
}

/*
 * A text of `unit` repeated to `len` bytes, then all atoms, each after a character that no pattern
 * contains. That character makes the last attempt fail. The atoms are needed because PCRE2 does not
 * start on a text that lacks a letter of every match.
 */
static bool write_hard_text(struct trial *trial, const char *unit, size_t len)
{
	buf_empty(&trial->text);
	add_repeats(&trial->text, unit, len);
	for (size_t i = 0; i < trial->atoms.count; i++) {
		buf_add_char(&trial->text, '\x01');
		buf_add_string(&trial->text, trial->atoms.atom[i]);
	}
	return !trial->text.failed;
}

/* Whether the pattern reaches a limit on such a text. */
static bool gives_up(struct trial *trial, const pcre2_code *code, const char *unit, size_t len)
{
	size_t at = 0, end;

	if (!write_hard_text(trial, unit, len)) {
		problems_out_of_memory(trial->problems);
		return false;
	}
	trial->tried++;
	while (at < trial->text.len)
		switch (pattern_next(code, trial->scratch, trial->text.data, trial->text.len, &at,
				     &end)) {
		case PATTERN_BROKEN:
			return true;
		case PATTERN_NO_MEMORY:
			problems_out_of_memory(trial->problems);
			return false;
		case PATTERN_NONE:
			return false;
		case PATTERN_FOUND:
			at = end;
		}
	return false;
}

static bool complain_of(struct trial *trial, const pcre2_code *code, const char *unit,
			const struct term *term)
{
	size_t len = SHORTEST;

	if (!*unit || !gives_up(trial, code, unit, HARD_TEXT))
		return false;
	while (len < HARD_TEXT && !gives_up(trial, code, unit, len))
		len *= 2;
	problems_add(trial->problems, PROBLEM_WARNING, term->place,
		     "this pattern backtracks badly: on %zu bytes of \"%s\", repeated, it reaches "
		     "its limit, and the comment counts as hit",
		     len, unit);
	return true;
}

/* The rule's own examples, complete and without the end that may complete a match. */
static bool try_examples(struct trial *trial, const pcre2_code *code, const struct term *term)
{
	for (size_t i = 0; i < term->rule->example_count; i++) {
		const char *example = term->rule->examples[i].text;
		char unit[UNIT_SIZE];
		size_t len = strlen(example);

		if (!term->rule->examples[i].hit || len >= sizeof unit)
			continue;
		memcpy(unit, example, len + 1);
		for (size_t parts = 4; parts; parts--) {
			unit[utf8_left(unit, len * parts / 4, len)] = '\0';
			if (complain_of(trial, code, unit, term))
				return true;
		}
	}
	return false;
}

/* Whether the budget is used up. Names the first pattern that is therefore not tried. */
static bool is_over(struct trial *trial, const struct term *term)
{
	if (trial->tried > BUDGET && !trial->over) {
		trial->over = true;
		problems_add(trial->problems, PROBLEM_HINT, term->place,
			     "this pattern and the later ones were not tried for bad backtracking: "
			     "there are too many; check them in a folder of their own");
	}
	return trial->over;
}

static void try_hard_texts(struct trial *trial, const pcre2_code *code, const struct term *term)
{
	const struct atoms *atoms = &trial->atoms;
	char unit[2 * ATOM_SIZE];

	if (is_over(trial, term))
		return;
	collect_atoms(&trial->atoms, term->string);
	for (size_t i = 0; i < atoms->count; i++)
		for (size_t k = 0; k < atoms->count; k++) {
			snprintf(unit, sizeof unit, "%s%s", atoms->atom[i],
				 i == k ? "" : atoms->atom[k]);
			if (complain_of(trial, code, unit, term))
				return;
		}
	try_examples(trial, code, term);
}

static bool matches_empty(const struct trial *trial, const pcre2_code *code)
{
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	int result = data ? pcre2_match(code, (PCRE2_SPTR) "", 0, 0, 0, data, NULL)
			  : PCRE2_ERROR_NOMEMORY;

	if (result == PCRE2_ERROR_NOMEMORY)
		problems_out_of_memory(trial->problems);
	pcre2_match_data_free(data);
	return result >= 0;
}

/* It was compiled before, so it fails only when out of memory. */
static pcre2_code *compile(const struct trial *trial, const struct term *term)
{
	char why[128];
	size_t offset;
	pcre2_code *code = pattern_compile(term->string, !(term->flags & SCAN_CASE), NULL, why,
					   sizeof why, &offset);

	if (!code)
		problems_out_of_memory(trial->problems);
	return code;
}

/* The length of `kèo` in `/kèo/i`, as other languages write a pattern; 0 if it is not written so.
 */
static size_t between_slashes(const char *pattern)
{
	const char *last = strrchr(pattern, '/');

	if (*pattern != '/' || last <= pattern + 1 || last[strspn(last + 1, "gimsux") + 1])
		return 0;
	return (size_t)(last - pattern - 1);
}

static void lint_slashes(struct trial *trial, const struct term *term)
{
	size_t inner = between_slashes(term->string);

	if (inner)
		problems_add(trial->problems, PROBLEM_WARNING, term->place,
			     "\"%s\" is between slashes, which would have to be in the comment: "
			     "write '%.*s'",
			     quote(term->string).text, (int)inner, term->string + 1);
}

static void lint_pattern(struct trial *trial, const struct term *term)
{
	pcre2_code *code = compile(trial, term);

	if (!code)
		return;
	lint_slashes(trial, term);
	if (matches_empty(trial, code))
		problems_add(trial->problems, PROBLEM_WARNING, term->place,
			     "this pattern matches the empty text: every part of it is optional");
	if (prefilter_has_too_many(term->string))
		problems_add(trial->problems, PROBLEM_HINT, term->place,
			     "this pattern has more than %d alternatives in a group, and so is "
			     "searched in every comment; split it into several, or write phrases",
			     LITERALS);
	try_hard_texts(trial, code, term);
	pcre2_code_free(code);
}

/* An ordinary comment of 260 bytes, to see what a pattern costs. */
static const char ordinary[] =
	"tôi đọc bài này từ sáng, thấy tác giả phân tích rất kỹ nguyên nhân và cả cách khắc phục. "
	"chỉ mong các cơ quan sớm vào cuộc, chứ người dân khổ vì ngập nước mấy năm nay rồi, năm nào "
	"cũng hứa mà mưa xuống là đâu lại vào đấy thôi.";

/* CPU time of searching the pattern in it, in microseconds. */
static double price(struct trial *trial, const pcre2_code *code)
{
	enum { TIMES = 2000 };
	clock_t began = clock();

	for (int i = 0; i < TIMES; i++) {
		size_t at = 0, end;

		pattern_next(code, trial->scratch, ordinary, sizeof ordinary - 1, &at, &end);
	}
	return (double)(clock() - began) / CLOCKS_PER_SEC * 1e6 / (double)TIMES;
}

static void lint_pcre_only(struct trial *trial, const struct term *term)
{
	pcre2_code *code = compile(trial, term);

	if (code)
		problems_add(trial->problems, PROBLEM_HINT, term->place,
			     "libhs cannot search this pattern: PCRE2 runs it on every comment, "
			     "for about %.2f µs each",
			     price(trial, code));
	pcre2_code_free(code);
}

static void lint_all_pcre_only(struct trial *trial)
{
	size_t count = 0;
	const unsigned *pcre_only =
		trial->rules->scan ? scan_pcre_only(trial->rules->scan, &count) : NULL;

	for (size_t i = 0; i < count; i++)
		lint_pcre_only(trial, ruleset_term(trial->rules, pcre_only[i]));
}

void lint_patterns(const struct ruleset *rules, struct problems *problems)
{
	struct trial trial = {
		.rules = rules, .problems = problems, .scratch = pattern_scratch_new()};

	if (!trial.scratch)
		problems_out_of_memory(problems);
	else
		pattern_scratch_without_jit(trial.scratch);
	for (size_t i = 0; trial.scratch && i < ruleset_terms(rules); i++)
		if (ruleset_term(rules, i)->kind == TERM_PATTERN)
			lint_pattern(&trial, ruleset_term(rules, i));
	if (trial.scratch)
		lint_all_pcre_only(&trial);
	pattern_scratch_free(trial.scratch);
	buf_free(&trial.text);
}
