/*
 * What judging costs: nanoseconds a comment by stage, by length of the text, by number of
 * rules, and for hostile texts beside plain prose. Needs no Redis.
 *
 *	bench/judge [RULES-DIR]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rules/judge.h"
#include "rules/problems.h"
#include "rules/ruleset.h"
#include "rules/scan.h"
#include "text/diacritics.h"
#include "text/glyph.h"
#include "text/link.h"
#include "text/skeleton.h"
#include "text/word.h"

static const char prose[] =
	"Bài viết rất hay và có ích, cảm ơn tác giả đã dành thời gian phân tích kỹ như vậy. Theo tôi "
	"thì giá nhà ở thành phố tăng quá nhanh, người trẻ đi làm 10 năm cũng khó mua được một căn hộ "
	"nhỏ. Mong rằng chính sách mới sẽ giúp ích cho người dân, nhất là những gia đình thu nhập thấp. ";

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* `len` bytes of `pattern` over and over, cut on a character. The caller frees. */
static char *repeat(const char *pattern, size_t len)
{
	char *text = malloc(len + 1);
	size_t n = strlen(pattern);
	if (!text)
		exit(3);
	for (size_t i = 0; i < len; i++)
		text[i] = pattern[i % n];
	while (len > 0 && ((unsigned char)pattern[len % n] & 0xC0) == 0x80)
		len--;
	text[len] = '\0';
	return text;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The median of nine runs of `work`, each long enough for the clock, in ns a call. */
static double time_of(void (*work)(void *), void *arg)
{
	double run[9];
	size_t calls = 1;
	for (double took = 0; took < 2e6; calls *= 2) {
		double start = now();
		for (size_t i = 0; i < calls; i++)
			work(arg);
		took = now() - start;
	}
	for (size_t k = 0; k < 9; k++) {
		double start = now();
		for (size_t i = 0; i < calls; i++)
			work(arg);
		run[k] = (now() - start) / (double)calls;
	}
	qsort(run, 9, sizeof *run, by_size);
	return run[4];
}

struct bench {
	struct text *text;
	struct skeleton skeleton;
	struct diacritics diacritics;
	struct judge *judge;
	const struct ruleset *rules;
	struct field fields[2];
};

static void stage_glyphs(void *arg)
{
	struct text *t = ((struct bench *)arg)->text;
	t->glyphs = 0;
	glyph_read(t);
}

static void stage_links(void *arg)
{
	struct text *t = ((struct bench *)arg)->text;
	t->links = 0;
	link_find(t);
}

static void stage_words(void *arg)
{
	struct text *t = ((struct bench *)arg)->text;
	t->words = t->syllables = t->marked = 0;
	word_find(t);
}

static void stage_diacritics(void *arg)
{
	struct bench *b = arg;
	diacritics_measure(b->text, &b->diacritics);
}

static void stage_skeleton(void *arg)
{
	struct bench *b = arg;
	skeleton_read(&b->skeleton, b->text, false);
}

static void stage_text(void *arg)
{
	struct bench *b = arg;
	text_read(b->text, b->fields[1].value, b->fields[1].value_len);
}

static void stage_judge(void *arg)
{
	struct bench *b = arg;
	struct comment comment = {.fields = b->fields, .count = 2};
	judge_comment(b->judge, b->rules, &comment);
}

static void set_text(struct bench *b, char *text)
{
	b->fields[0] = (struct field){.name = "id", .name_len = 2, .value = "c", .value_len = 1};
	b->fields[1] = (struct field){.name = "text", .name_len = 4, .value = text, .value_len = strlen(text)};
	if (text_read(b->text, text, strlen(text)) != TEXT_OK) {
		fprintf(stderr, "bench-judge: the text cannot be read\n");
		exit(3);
	}
}

static void by_stage(struct bench *b)
{
	static const struct {
		const char *name;
		void (*work)(void *);
	} stages[] = {
		{"decode and fold", stage_glyphs}, {"links", stage_links},
		{"words and syllables", stage_words}, {"diacritics", stage_diacritics},
		{"skeleton", stage_skeleton}, {"the text layer whole", stage_text},
		{"judged by all rules", stage_judge},
	};
	char *text = repeat(prose, 260);
	set_text(b, text);
	printf("stage of a comment of %zu bytes         ns\n", strlen(text));
	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
		printf("  %-32s %7.0f\n", stages[i].name, time_of(stages[i].work, b));
	free(text);
}

static double by_length(struct bench *b)
{
	static const size_t lengths[] = {20, 100, 260, 1024, 4096, 16384, 65000};
	double per_byte = 0;
	printf("length in bytes        ns   ns a byte\n");
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		char *text = repeat(prose, lengths[i]);
		set_text(b, text);
		double ns = time_of(stage_judge, b);
		per_byte = ns / (double)strlen(text);
		printf("  %13zu %9.0f %11.2f\n", strlen(text), ns, per_byte);
		free(text);
	}
	return per_byte;
}

static void hostile(struct bench *b, double plain)
{
	static const struct {
		const char *name, *pattern;
	} texts[] = {
		{"one word", "a"},
		{"letters apart", "a "},
		{"dots", "a."},
		{"brackets", "("},
		{"handles", "@a "},
		{"URL after URL", "http://"},
		{"marks, 20 a letter", "a\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3"
				       "\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3 "},
		{"digits for letters", "ch3t "},
		{"half a phrase", "nhà cá "},
		{"half a phrase, spelled", "n.h.à.c."},
		{"a phrase over and over", "nhà cái "},
		{"Cyrillic look-alikes", "\xD1\x81\xD0\xB0\xD1\x81 "},
		{"entities", "&#97;"},
		{"emoji", "\xF0\x9F\x98\x80"},
	};
	printf("hostile text of 65000 bytes     ns a byte   times prose\n");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char *text = repeat(texts[i].pattern, 65000);
		set_text(b, text);
		double ns = time_of(stage_judge, b) / (double)strlen(text);
		printf("  %-28s %10.2f %13.2f\n", texts[i].name, ns, ns / plain);
		free(text);
	}
}

/* `count` phrases and patterns, half and half, that ordinary text almost has. */
static struct scan *make_scan(size_t count)
{
	static const char *const syllables[] = {"vay", "nóng", "kèo", "thơm", "cược", "nạp", "rút", "tiền",
						"nhanh", "uy", "tín", "nhà", "cái", "thưởng", "mua", "giá"};
	struct scan_builder *b = scan_builder_new();
	const char *why;
	char s[128];
	size_t offset;

	for (size_t i = 0; i < count; i++) {
		const char *x = syllables[i % 16], *y = syllables[i / 16 % 16];
		if (i % 2)
			snprintf(s, sizeof s, "\\b%s\\s+%s%zu(?:k|tr)?\\b", x, y, i);
		else
			snprintf(s, sizeof s, "%s %s %s%zu", x, y, syllables[i / 256 % 16], i);
		why = i % 2 ? scan_add_pattern(b, 0, s, 0, &offset) : scan_add_phrase(b, 0, s, 0);
		if (why) {
			fprintf(stderr, "bench-judge: %s: %s\n", s, why);
			exit(3);
		}
	}
	struct scan *scan = scan_compile(b, &why);
	if (!scan) {
		fprintf(stderr, "bench-judge: %s\n", why);
		exit(3);
	}
	return scan;
}

struct scan_bench {
	const struct scan *scan;
	struct scan_scratch *scratch;
	const struct text *text;
};

static void stage_scan(void *arg)
{
	struct scan_bench *b = arg;
	struct scan_result result;
	scan_text(b->scan, b->scratch, b->text, &result);
}

static void by_rules(struct bench *b)
{
	char *text = repeat(prose, 260);
	set_text(b, text);
	printf("phrases and patterns   ns to scan %zu bytes   ms to compile\n", strlen(text));
	for (size_t count = 10; count <= 10000; count *= 10) {
		double start = now();
		struct scan *scan = make_scan(count);
		double compiled = now() - start;
		struct scan_bench s = {.scan = scan, .scratch = scan_scratch_new(), .text = b->text};
		printf("  %18zu %23.0f %15.0f\n", count, time_of(stage_scan, &s), compiled / 1e6);
		scan_scratch_free(s.scratch);
		scan_free(scan);
	}
	free(text);
}

int main(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : "rules";
	struct problems *problems = problems_new();
	struct ruleset *rules = ruleset_load(dir, problems);
	if (!rules) {
		fprintf(stderr, "bench-judge: %s: the rules do not load: try duyetd check\n", dir);
		return 3;
	}
	struct bench b = {.text = text_new(), .judge = judge_new(), .rules = rules};
	by_stage(&b);
	double plain = by_length(&b);
	hostile(&b, plain);
	by_rules(&b);
	skeleton_clear(&b.skeleton);
	judge_free(b.judge);
	text_free(b.text);
	ruleset_free(rules);
	problems_free(problems);
	return 0;
}
