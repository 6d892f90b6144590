#include <stdlib.h>
#include <string.h>

#include "text/syllable.h"
#include "text/usage.h"

/*
 * Counted in some 8,500 comments and statutes that are written with their marks (188,000
 * syllables in small letters): how often each syllable stands without a mark, of all words that
 * are spelled so without their marks. `la` is nearly always là or lạ; `em`, `xe` and `cho`
 * mostly bear none. Syllables that were seen 15 times or more, or five times and never
 * unmarked; both lists in the order of strcmp(), for bsearch().
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

static int compare(const void *syllable, const void *row)
{
	return strcmp(syllable, *(const char *const *)row);
}

static bool is_in(const char *syllable, const char *const *list, size_t count)
{
	return bsearch(syllable, list, count, sizeof *list, compare);
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
