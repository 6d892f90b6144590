/*
 * The cost of judging: nanoseconds of CPU for each comment, by stage, by length of the text, by
 * number of rules, and for hostile texts compared with plain prose. Needs no Redis.
 *
 *	bench/judge [RULES-DIR [stages]]
 *		`stages`: only what the stages cost.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "link/link.h"
#include "rules/judge.h"
#include "rules/match/build.h"
#include "rules/match/scan.h"
#include "rules/problems.h"
#include "rules/ruleset.h"
#include "text/read_text.h"
#include "text/diacritics.h"
#include "text/skeleton.h"
#include "text/word.h"

static const char prose[] =
	"Bài viết rất hay và có ích, cảm ơn tác giả đã dành thời gian phân tích kỹ như vậy. Theo tôi "
	"thì giá nhà ở thành phố tăng quá nhanh, người trẻ đi làm 10 năm cũng khó mua được một căn hộ "
	"nhỏ. Mong rằng chính sách mới sẽ giúp ích cho người dân, nhất là những gia đình thu nhập thấp. ";

static const char *const sentences[] = {
	"Bài viết rất hay và có ích, cảm ơn tác giả đã bỏ công tìm hiểu.",
	"Tôi đọc xong mà thấy đúng hoàn cảnh nhà mình, vừa buồn vừa thương.",
	"Giá nhà ở thành phố tăng quá nhanh, người trẻ đi làm mười năm cũng khó mua nổi một căn hộ nhỏ.",
	"Mong cơ quan chức năng sớm vào cuộc để người dân yên tâm đi lại.",
	"Theo tôi thì nên mở thêm tuyến xe buýt nhanh ra ngoại thành.",
	"Con tôi năm nay thi vào lớp 10, cả nhà ai cũng lo.",
	"Đường này sáng nào cũng kẹt cứng từ 7h đến 9h, đi bộ còn nhanh hơn.",
	"Quê tôi ở miền Trung, năm nào cũng chạy lũ vài bận.",
	"Bác nào ở gần đó cho em hỏi đường vào có ngập không ạ?",
	"Đội nhà đá hiệp hai lên chân hẳn, tiếc là bóng dội cột hai lần!",
	"Trọng tài thổi phạt quả đó là hơi nặng tay, xem lại video thì thấy hậu vệ chạm bóng trước.",
	"Phở ở quán này nước trong, thịt mềm, giá 45.000 đồng một bát là hợp lý.",
	"Mình mua chiếc máy này được nửa năm, pin vẫn trâu, chỉ có cái camera chụp đêm hơi nhiễu.",
	"Năm 2023 gia đình tôi đi Đà Lạt hết 12 triệu cho 4 người, năm nay chắc phải hơn.",
	"Chính sách mới sẽ giúp ích cho những gia đình thu nhập thấp, nhưng thủ tục vẫn còn rườm rà.",
	"Bệnh viện tuyến huyện thiếu máy móc thì dân mới phải dồn lên tuyến trên chứ ai muốn.",
	"Trồng cây gì cũng được, miễn là có người chăm và đừng chặt khi nó vừa kịp cho bóng mát.",
	"Cô giáo cũ của tôi giờ đã nghỉ hưu, thỉnh thoảng lớp vẫn về thăm.",
	"Xin chia buồn cùng gia đình, cầu mong các anh được yên nghỉ.",
	"Xem lại lịch sử mới thấy ông cha mình đã vất vả thế nào để giữ được mảnh đất này.",
	"Ngân hàng nên giảm lãi suất cho vay thì doanh nghiệp nhỏ mới sống được.",
	"Tôi không đồng ý với bạn, số liệu trong bài là của năm ngoái rồi.",
	"Cảnh quay đẹp, nhạc phim hay, diễn viên chính vào vai rất ngọt 👍",
	"Xe điện êm thì có êm nhưng trạm sạc ở tỉnh vẫn còn quá ít.",
};
enum { SENTENCES = sizeof sentences / sizeof *sentences, COMMENTS = 5000, COMMENT_BYTES = 260 };

/* CPU time, since wall time varies on a busy machine. */
static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* `len` bytes of `pattern` over and over, cut between characters. The caller frees. */
static char *repeat(const char *pattern, size_t len)
{
	char *text = malloc(len + 1);
	size_t n = strlen(pattern);
	if (!text)
		exit(3);
	for (size_t i = 0; i < len; i++)
		text[i] = pattern[i % n];
	while (len > 0 && !utf8_begins(pattern[len % n]))
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

/* Each stage does the work of the stages before it and one step more. */
static void read_glyphs(struct bench *b)
{
	struct text *t = b->text;
	t->bytes = b->fields[1].value;
	t->len = b->fields[1].value_len;
	t->glyphs = t->links = t->words = t->accented = 0;
	t->eligible = t->eligible_accented = t->eligible_lacking = 0;
	page_read(t);
}

static void and_links(struct bench *b)
{
	read_glyphs(b);
	link_find(b->text);
}

static void and_words(struct bench *b)
{
	and_links(b);
	word_find(b->text);
}

static void and_diacritics(struct bench *b)
{
	and_words(b);
	diacritics_measure(b->text, &b->diacritics);
}

static void and_skeleton(struct bench *b)
{
	and_diacritics(b);
	skeleton_read(&b->skeleton, b->text, SKELETON_PLAIN);
}

static void judge_it(struct bench *b)
{
	struct comment comment = {.fields = b->fields, .count = 2};
	judge_comment(b->judge, b->rules, &comment);
}

static void judge_one(void *arg)
{
	judge_it(arg);
}

static void set_text(struct bench *b, const char *text)
{
	b->fields[0] = (struct field){.name = "id", .name_len = 2, .value = "c", .value_len = 1};
	b->fields[1] = (struct field){
		.name = "text", .name_len = 4, .value = text, .value_len = strlen(text)};
}

/* Different comments, each about COMMENT_BYTES long: with a single one the processor would predict
 * every branch. The caller frees. */
static char *make_comment(void)
{
	char *text = malloc(3 * COMMENT_BYTES);
	size_t len = 0;

	if (!text)
		exit(3);
	while (len < COMMENT_BYTES - 40) {
		const char *sentence = sentences[rand() % SENTENCES];
		if (len + strlen(sentence) < COMMENT_BYTES + 40)
			len += (size_t)sprintf(text + len, "%s ", sentence);
	}
	return text;
}

struct round {
	struct bench *bench;
	char *text[COMMENTS];
	void (*work)(struct bench *);
};

static void each_comment(void *arg)
{
	struct round *round = arg;
	for (size_t i = 0; i < COMMENTS; i++) {
		set_text(round->bench, round->text[i]);
		round->work(round->bench);
	}
}

static void by_stage(struct bench *b)
{
	static const struct {
		const char *name;
		void (*work)(struct bench *);
	} stages[] = {
		{"decode and fold", read_glyphs},   {"links", and_links},
		{"words and syllables", and_words}, {"diacritics", and_diacritics},
		{"skeleton", and_skeleton},	    {"judged by all rules", judge_it},
	};
	struct round *round = calloc(1, sizeof *round);
	double before = 0, all = 0;
	size_t bytes = 0;

	if (!round)
		exit(3);
	round->bench = b;
	for (size_t i = 0; i < COMMENTS; i++)
		bytes += strlen(round->text[i] = make_comment());
	printf("stage of a comment (%d of them, %zu bytes on average)  ns of CPU\n", COMMENTS,
	       bytes / COMMENTS);
	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
		round->work = stages[i].work;
		all = time_of(each_comment, round) / (double)COMMENTS;
		if (stages[i].work != judge_it)
			printf("  %-48s %7.0f\n", stages[i].name, all - before);
		before = all;
	}
	printf("  %-48s %7.0f\n", "all, and judged by every rule", all);
	for (size_t i = 0; i < COMMENTS; i++)
		free(round->text[i]);
	free(round);
}

static void by_length(struct bench *b)
{
	static const size_t lengths[] = {20, 100, 260, 1024, 4096, 16384, 65000};
	printf("length in bytes        ns   ns a byte\n");
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		char *text = repeat(prose, lengths[i]);
		set_text(b, text);
		double ns = time_of(judge_one, b);
		printf("  %13zu %9.0f %11.2f\n", strlen(text), ns, ns / (double)strlen(text));
		free(text);
	}
}

static double ns_a_byte(struct bench *b, char *text)
{
	set_text(b, text);
	return time_of(judge_one, b) / (double)strlen(text);
}

/* Compared with prose of the same length, in turns, since the machine's speed changes. */
static void hostile(struct bench *b)
{
	enum { TURNS = 5 };
	static const struct {
		const char *name, *pattern;
	} texts[] = {
		{"one word", "a"},
		{"letters apart", "a "},
		{"dots", "a."},
		{"brackets", "("},
		{"handles", "@a "},
		{"URL after URL", "http://"},
		{"marks, 20 a letter",
		 "a\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3"
		 "\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3\xCC\x81\xCC\xA3 "},
		{"digits for letters", "ch3t "},
		{"digits for two letters", "ch1t "},
		{"half a phrase", "nhà cá "},
		{"half a phrase, spelled", "n.h.à.c."},
		{"a phrase over and over", "nhà cái "},
		{"a phrase that is excepted", "về nhà cái là "},
		{"Cyrillic look-alikes", "\xD1\x81\xD0\xB0\xD1\x81 "},
		{"letters that look two ways", "\xCE\xBDh\xC3\xA0 "},
		{"overrides", "\xE2\x80\xAE"
			      "iac\xE2\x80\xAC"},
		{"entities", "&#97;"},
		{"emoji", "\xF0\x9F\x98\x80"},
	};
	char *plain = repeat(prose, 65000);
	printf("hostile text of 65000 bytes     ns a byte   times prose\n");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char *text = repeat(texts[i].pattern, 65000);
		double times[TURNS], ns = 0;
		for (size_t k = 0; k < TURNS; k++) {
			double prose_ns = ns_a_byte(b, plain);
			ns = ns_a_byte(b, text);
			times[k] = ns / prose_ns;
		}
		qsort(times, TURNS, sizeof *times, by_size);
		printf("  %-28s %10.2f %13.2f\n", texts[i].name, ns, times[TURNS / 2]);
		free(text);
	}
	free(plain);
}

/* A scan of `count` phrases and patterns, one half each, that ordinary text almost contains. The
 * caller frees. */
static struct scan *make_scan(size_t count)
{
	static const char *const syllables[] = {"vay", "nóng",	 "kèo",	  "thơm", "cược", "nạp",
						"rút", "tiền",	 "nhanh", "uy",	  "tín",  "nhà",
						"cái", "thưởng", "mua",	  "giá"};
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
	and_words(b);
	printf("phrases and patterns   ns to scan %zu bytes   ms to compile\n", strlen(text));
	for (size_t count = 10; count <= 10000; count *= 10) {
		double start = now();
		struct scan *scan = make_scan(count);
		double compiled = now() - start;
		struct scan_bench s = {
			.scan = scan, .scratch = scan_scratch_new(), .text = b->text};
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
	if (argc < 3 || strcmp(argv[2], "stages") != 0) {
		by_length(&b);
		hostile(&b);
		by_rules(&b);
	}
	skeleton_clear(&b.skeleton);
	judge_free(b.judge);
	text_free(b.text);
	ruleset_free(rules);
	problems_free(problems);
	return 0;
}
