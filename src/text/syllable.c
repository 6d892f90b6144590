#include "text/syllable.h"

#include <stdlib.h>
#include <string.h>

struct shape {
	char letters[SYLLABLE_LETTERS + 2]; /* followed by NULs */
	size_t onset, vowels, coda;	    /* letters of each */
	size_t len;
};

/* Which vowels may end a syllable, which may be followed by a coda, and which need a circumflex,
 * breve or horn for that. */
enum { OPEN = 1, CLOSED = 2, OPEN_NEEDS = 4, CLOSED_NEEDS = 8 };

enum { A = 1, E, I, O, U, Y };
#define VOWELS(a, b, c) (49 * (a) + 7 * (b) + (c))

static const uint8_t nuclei[VOWELS(Y, Y, Y) + 1] = {
	[VOWELS(A, 0, 0)] = OPEN | CLOSED,
	[VOWELS(A, I, 0)] = OPEN,
	[VOWELS(A, O, 0)] = OPEN,
	[VOWELS(A, U, 0)] = OPEN,
	[VOWELS(A, Y, 0)] = OPEN,
	[VOWELS(E, 0, 0)] = OPEN | CLOSED,
	[VOWELS(E, O, 0)] = OPEN,
	[VOWELS(E, U, 0)] = OPEN | OPEN_NEEDS,
	[VOWELS(I, 0, 0)] = OPEN | CLOSED,
	[VOWELS(I, A, 0)] = OPEN,
	[VOWELS(I, E, 0)] = OPEN | CLOSED | OPEN_NEEDS | CLOSED_NEEDS,
	[VOWELS(I, E, U)] = OPEN | OPEN_NEEDS,
	[VOWELS(I, U, 0)] = OPEN,
	[VOWELS(O, 0, 0)] = OPEN | CLOSED,
	[VOWELS(O, A, 0)] = OPEN | CLOSED,
	[VOWELS(O, A, I)] = OPEN,
	[VOWELS(O, A, O)] = OPEN,
	[VOWELS(O, A, Y)] = OPEN,
	[VOWELS(O, E, 0)] = OPEN | CLOSED,
	[VOWELS(O, E, O)] = OPEN,
	[VOWELS(O, I, 0)] = OPEN,
	[VOWELS(O, O, 0)] = CLOSED,
	[VOWELS(U, 0, 0)] = OPEN | CLOSED,
	[VOWELS(U, A, 0)] = OPEN | CLOSED | CLOSED_NEEDS,
	[VOWELS(U, A, Y)] = OPEN | OPEN_NEEDS,
	[VOWELS(U, E, 0)] = OPEN | CLOSED | OPEN_NEEDS | CLOSED_NEEDS,
	[VOWELS(U, I, 0)] = OPEN,
	[VOWELS(U, O, 0)] = OPEN | CLOSED | OPEN_NEEDS | CLOSED_NEEDS,
	[VOWELS(U, O, I)] = OPEN | OPEN_NEEDS,
	[VOWELS(U, O, U)] = OPEN | OPEN_NEEDS,
	[VOWELS(U, U, 0)] = OPEN | OPEN_NEEDS,
	[VOWELS(U, Y, 0)] = OPEN | CLOSED,
	[VOWELS(U, Y, A)] = OPEN,
	[VOWELS(U, Y, E)] = CLOSED | CLOSED_NEEDS,
	[VOWELS(U, Y, U)] = OPEN,
	[VOWELS(Y, 0, 0)] = OPEN | CLOSED,
	[VOWELS(Y, E, 0)] = CLOSED | CLOSED_NEEDS,
	[VOWELS(Y, E, U)] = OPEN | OPEN_NEEDS,
};

static unsigned vowel(char c)
{
	static const uint8_t of[] = {
		['a'] = A, ['e'] = E, ['i'] = I, ['o'] = O, ['u'] = U, ['y'] = Y};
	return (unsigned char)c < sizeof of ? of[(unsigned char)c] : 0;
}

/* The consonants that may begin a syllable, and the letters that may follow each before the vowel.
 * Each may also be directly before the vowel. SINGLE: no letter may follow it there. */
enum { SINGLE = 1, WITH_H = 2, WITH_G = 4, WITH_R = 8, WITH_U = 16, WITH_I = 32 };

static const uint8_t onsets[128] = {
	['b'] = SINGLE,		 ['c'] = WITH_H,	  ['d'] = SINGLE, ['g'] = WITH_H | WITH_I,
	['h'] = SINGLE,		 ['k'] = WITH_H,	  ['l'] = SINGLE, ['m'] = SINGLE,
	['n'] = WITH_H | WITH_G, ['p'] = WITH_H,	  ['q'] = WITH_U, ['r'] = SINGLE,
	['s'] = SINGLE,		 ['t'] = WITH_H | WITH_R, ['v'] = SINGLE, ['x'] = SINGLE,
};

/*
 * Number of consonants before the vowel; 0 when the syllable begins with the vowel, or when it is
 * not a syllable. Computed without branches, since they would be mispredicted.
 */
static size_t onset_length(const char *s)
{
	unsigned may = onsets[(unsigned char)s[0] & 127];
	size_t n = 1;

	if (!may)
		return 0;
	n += (may & WITH_H) / WITH_H & (s[1] == 'h');
	n += (may & WITH_G) / WITH_G & (s[1] == 'g');
	n += (may & WITH_R) / WITH_R & (s[1] == 'r');
	n += (may & WITH_U) / WITH_U & (s[1] == 'u');
	n += (may & WITH_I) / WITH_I & (s[1] == 'i') & (vowel(s[2]) != 0);
	n += (may & WITH_G) / WITH_G & (s[1] == 'g') & (s[2] == 'h'); /* ngh */
	return vowel(s[n]) ? n : 0;
}

static bool is_coda(const char *s, size_t len, char before)
{
	bool front = before == 'a' || before == 'e' || before == 'i' || before == 'y';

	if (len == 1)
		return s[0] == 'c' || s[0] == 'm' || s[0] == 'n' || s[0] == 'p' || s[0] == 't';
	if (len != 2)
		return false;
	return s[1] == 'g' ? s[0] == 'n' : s[1] == 'h' && front && (s[0] == 'c' || s[0] == 'n');
}

/* Splits the letters into onset, vowels and coda. Returns what the vowels allow; 0: not a syllable.
 */
static unsigned cut(struct shape *shape)
{
	const char *s = shape->letters, *v;
	size_t end;

	shape->onset = end = onset_length(s);
	while (vowel(s[end]))
		end++;
	shape->vowels = end - shape->onset;
	shape->coda = shape->len - end;
	if (shape->vowels == 0 || shape->vowels > 3)
		return 0;
	if (shape->coda && !is_coda(s + end, shape->coda, s[end - 1]))
		return 0;
	v = s + shape->onset;
	unsigned flags = nuclei[VOWELS(vowel(v[0]), shape->vowels > 1 ? vowel(v[1]) : 0,
				       shape->vowels > 2 ? vowel(v[2]) : 0)];
	return flags & (shape->coda ? CLOSED : OPEN) ? flags : 0;
}

static bool needs_quality(const struct shape *shape, unsigned flags)
{
	const char *v = shape->letters + shape->onset;
	if (flags & (shape->coda ? CLOSED_NEEDS : OPEN_NEEDS))
		return true;
	return shape->vowels == 1 && v[0] == 'e' && shape->coda == 2 && v[2] == 'h';
}

static bool needs_tone(const struct shape *shape)
{
	char coda = shape->letters[shape->len - shape->coda];
	return coda == 'c' || coda == 'p' || coda == 't';
}

unsigned syllable_shape(const struct glyph *glyph, size_t count)
{
	struct shape shape = {.len = count};

	if (count == 0 || count > SYLLABLE_LETTERS)
		return 0;
	for (size_t i = 0; i < count; i++) {
		if (glyph[i].letter < 'a')
			return 0;
		shape.letters[i] = (char)glyph[i].letter;
	}
	unsigned flags = cut(&shape);
	if (!flags)
		return 0;
	return SYLLABLE_SHAPED | (needs_tone(&shape) ? SYLLABLE_NEEDS_TONE : 0) |
	       (needs_quality(&shape, flags) ? SYLLABLE_NEEDS_QUALITY : 0);
}

bool syllable_lacks(unsigned shape, uint16_t marks)
{
	return (shape & SYLLABLE_NEEDS_TONE && !(marks & MARK_TONE)) ||
	       (shape & SYLLABLE_NEEDS_QUALITY && !(marks & (MARK_QUALITY & ~MARK_STROKE)));
}

bool syllable_read(const struct glyph *glyph, size_t count, bool *lacks_marks)
{
	unsigned shape = syllable_shape(glyph, count);
	uint16_t marks = 0;

	for (size_t i = 0; i < count && shape && lacks_marks; i++)
		marks |= glyph[i].marks;
	if (shape && lacks_marks)
		*lacks_marks = syllable_lacks(shape, marks);
	return shape;
}

/* Usage. */

/*
 * Counted in some 8,500 comments and statutes that are written with their marks (188,000
 * syllables in small letters): how often the letters of a syllable stand without a mark, in
 * percent of all syllables with these letters. `la` is nearly always là or lạ; `em`, `xe` and
 * `cho` mostly have no mark. The lists have syllables that were seen 15 times or more, or five
 * times and never unmarked. Both are in the order of strcmp(), for bsearch().
 */

/* Unmarked in less than 6 % of their uses, although their shape does not ask for a mark. */
/* clang-format off */
static const char *const rarely_unmarked[] = {
	"am", "au", "ay", "bai", "bam", "ban", "bang", "banh", "bau", "be", "ben", "beo", "bi",
	"binh", "bo", "boi", "bon", "bong", "bu", "bua", "bui", "cai", "cam", "can", "cang",
	"canh", "cau", "cham", "chan", "chang", "chao", "chau", "chem", "chin", "chinh", "chiu",
	"choang", "choi", "chom", "chon", "chong", "chu", "chua", "chuan", "co", "cong", "cu",
	"cua", "cui", "cum", "cung", "cuu", "da", "dai", "dam", "dan", "dang", "dau", "day", "de",
	"dem", "den", "deo", "deu", "dia", "dinh", "diu", "doa", "doan", "doi", "don", "dong",
	"dua", "dum", "dun", "dung", "gan", "gang", "ganh", "gau", "gay", "ghe", "gi", "gianh",
	"giau", "giay", "gin", "gio", "gioi", "gion", "giong", "giu", "giua", "gium", "go", "goi",
	"gon", "gui", "han", "hang", "hanh", "hau", "he", "hinh", "ho", "hoai", "hoanh", "hoi",
	"hom", "hon", "hong", "hu", "hua", "huan", "hue", "huu", "ia", "ke", "keo", "keu", "kha",
	"kham", "khan", "khang", "khau", "kheo", "khia", "kho", "khoan", "khoang", "khoe", "khoi",
	"khon", "khong", "khuan", "ki", "kin", "ky", "la", "lam", "lan", "lanh", "lau", "lay",
	"le", "len", "loai", "loi", "lon", "long", "lua", "luan", "luu", "luy", "ma", "mam",
	"mao", "me", "mem", "mo", "moi", "mom", "mon", "mu", "mui", "mung", "muu", "nan", "nang",
	"nao", "nau", "ne", "nem", "nen", "neu", "ngai", "ngam", "ngan", "nganh", "ngau", "ngheo",
	"nghia", "nghin", "ngo", "ngoai", "ngoi", "ngom", "ngong", "ngua", "ngung", "nhai",
	"nham", "nhan", "nhay", "nhe", "nhi", "nhin", "nho", "nhoi", "nhom", "nhon", "nhu",
	"nhua", "nhuan", "nhung", "no", "noi", "nong", "nu", "nua", "nui", "oi", "om", "on",
	"ong", "phai", "pham", "phan", "phia", "pho", "phoi", "phu", "quai", "que", "rai", "ran",
	"rang", "re", "riu", "roi", "rua", "rui", "rung", "san", "se", "soan", "som", "song",
	"su", "sua", "sy", "tang", "tau", "te", "ten", "thang", "the", "them", "thi", "thinh",
	"tho", "thoa", "thoai", "thoang", "thoi", "thom", "thon", "thong", "thuan", "thue",
	"thung", "thuy", "ti", "toa", "toan", "toi", "tom", "ton", "tong", "tram", "tran", "tray",
	"tren", "trinh", "tro", "troi", "trom", "tron", "trua", "tu", "tuan", "tue", "ua", "ung",
	"uu", "va", "van", "vang", "vao", "ve", "via", "vo", "voi", "von", "vu", "vua", "vung",
	"xai", "xam", "xang", "xau", "xay", "xiu", "xo", "xoa", "xoan", "xoi", "xom", "xua",
	"xuan",
};

/* Unmarked in 6 % and more of their uses, although no Vietnamese syllable of their shape is:
 * words of other languages. */
static const char *const often_unmarked[] = {
	"cop", "cup", "hot", "lit", "net", "rap", "top",
};
/* clang-format on */

static int compare_syllable(const void *syllable, const void *row)
{
	return strcmp(syllable, *(const char *const *)row);
}

static bool is_in(const char *syllable, const char *const *list, size_t count)
{
	return bsearch(syllable, list, count, sizeof *list, compare_syllable);
}

bool usage_lacks(const struct glyph *glyph, size_t count, bool lacks_marks)
{
	char syllable[SYLLABLE_LETTERS + 1];

	if (count > SYLLABLE_LETTERS)
		return lacks_marks;
	for (size_t i = 0; i < count; i++)
		syllable[i] = (char)glyph[i].letter;
	syllable[count] = '\0';
	if (lacks_marks)
		return !is_in(syllable, often_unmarked,
			      sizeof often_unmarked / sizeof *often_unmarked);
	return is_in(syllable, rarely_unmarked, sizeof rarely_unmarked / sizeof *rarely_unmarked);
}
