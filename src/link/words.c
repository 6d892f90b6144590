#include <stddef.h>
#include <string.h>

#include "link/words.h"

enum { WORD_MAX = 16 }; /* bytes */

/* Each list is sorted by bytes, for the binary search in words_have(). */

/* Loanwords, short forms and file endings that are frequent in Vietnamese comments. */
static const char common[][WORD_MAX] = {
	"account",    "add",	  "admin",    "airpods",    "album",	"app",	   "auto",
	"baby",	      "beauty",	  "best",     "bill",	    "black",	"blog",	   "bluetooth",
	"body",	      "book",	  "boss",     "brand",	    "cab",	"camera",  "care",
	"case",	      "cash",	  "chat",     "check",	    "clear",	"click",   "clip",
	"code",	      "collagen", "color",    "comment",    "computer", "cool",	   "corona",
	"cotton",     "covid",	  "crush",    "cute",	    "deal",	"design",  "desktop",
	"dior",	      "dress",	  "email",    "face",	    "fail",	"fake",	   "family",
	"fanpage",    "fans",	  "fashion",  "feedback",   "file",	"film",	   "fire",
	"fish",	      "fit",	  "flash",    "food",	    "form",	"free",	   "freeship",
	"full",	      "galaxy",	  "game",     "gift",	    "girl",	"gmail",   "good",
	"great",      "help",	  "hotline",  "house",	    "idol",	"inbox",   "info",
	"internet",   "ip",	  "ipad",     "iphone",	    "jean",	"kids",	   "laptop",
	"level",      "life",	  "like",     "line",	    "link",	"list",	   "live",
	"livestream", "logo",	  "love",     "macbook",    "mail",	"makeup",  "market",
	"marketing",  "mask",	  "massage",  "media",	    "menu",	"mini",	   "mix",
	"mobile",     "model",	  "money",    "motor",	    "mov",	"movie",   "music",
	"news",	      "nice",	  "night",    "note",	    "oke",	"okey",	   "okie",
	"order",      "page",	  "party",    "password",   "perfect",	"phone",   "photo",
	"plus",	      "post",	  "power",    "powerpoint", "pro",	"profile", "pull",
	"quick",      "rate",	  "real",     "realme",	    "redmi",	"reels",   "reno",
	"rep",	      "report",	  "review",   "sale",	    "sales",	"school",  "select",
	"seller",     "serum",	  "server",   "services",   "set",	"share",   "ship",
	"shipper",    "shoes",	  "shop",     "shopping",   "show",	"side",	   "size",
	"skin",	      "smart",	  "software", "sold",	    "spa",	"sport",   "ss",
	"star",	      "status",	  "sticker",  "stock",	    "store",	"story",   "stream",
	"stress",     "studio",	  "style",    "super",	    "support",	"sweet",   "team",
	"test",	      "text",	  "thank",    "thanks",	    "tivi",	"today",   "tools",
	"tour",	      "trend",	  "update",   "vaccine",    "vacxin",	"version", "video",
	"virus",      "vitamin",  "vivo",     "vote",	    "voucher",	"watch",   "wear",
	"web",	      "website",  "wifi",     "windows",    "word",	"wow",	   "yoga",
	"zip",
};

/* Brands that are also sites. */
static const char brands[][WORD_MAX] = {
	"facebook", "google",  "instagram", "lazada",  "messenger", "momo",
	"nike",	    "oppo",    "samsung",   "sendo",   "shopee",    "tiki",
	"tiktok",   "vinfast", "xiaomi",    "youtube", "zalo",
};

/* Top-level domains with which no sentence begins. */
static const char strong[][WORD_MAX] = {
	"biz",	"com", "edu", "gov", "info", "io", "jp",  "kr",	 "mil",
	"mobi", "net", "org", "tw",  "uk",   "ws", "xxx", "xyz",
};

/* Top-level domains that may begin a sentence, but that spam sites use. The common ones, not all
 * that exist. */
static const char familiar[][WORD_MAX] = {
	"academy", "accountant", "agency",   "app",	"asia",	    "autos",	 "bid",	   "blog",
	"boats",   "bond",	 "buzz",     "bz",	"cc",	    "center",	 "cfd",	   "city",
	"click",   "cloud",	 "cn",	     "co",	"codes",    "cricket",	 "cx",	   "cyou",
	"dev",	   "digital",	 "download", "email",	"eu",	    "express",	 "faith",  "fr",
	"fund",	   "fyi",	 "games",    "gdn",	"gg",	    "global",	 "group",  "guru",
	"host",	   "icu",	 "ink",	     "link",	"live",	    "loan",	 "ltd",	   "me",
	"media",   "monster",	 "mx",	     "network", "news",	    "ninja",	 "online", "page",
	"press",   "pro",	 "pw",	     "quest",	"racing",   "rocks",	 "ru",	   "sbs",
	"science", "shop",	 "shopping", "site",	"software", "solutions", "space",  "store",
	"stream",  "studio",	 "systems",  "tech",	"tips",	    "today",	 "tools",  "top",
	"trade",   "us",	 "vin",	     "webcam",	"website",  "wiki",	 "work",   "works",
	"world",   "wtf",	 "yachts",   "zone",
};

/* The same, used above all by sites for betting and for copied films and matches: under these a
 * bare number is a name, 88.bet. */
static const char betting[][WORD_MAX] = {
	"bet", "casino", "club", "fun", "poker", "tv", "vegas", "vip", "win",
};

/* Second levels of registries: com.vn, co.uk, ac.jp. */
static const char second[][WORD_MAX] = {
	"ac",  "biz", "co",   "com", "edu", "go",  "gov", "health", "info",
	"int", "mil", "name", "ne",  "net", "nom", "or",  "org",    "pro",
};

/* Hosts that are links although their last label is a word. */
static const char famous[][WORD_MAX] = {
	"adf.ly",    "amzn.to",	    "bit.do",	"bit.ly",	"bitly.com.vn", "bom.so",
	"cutt.ly",   "discord.gg",  "fb.gg",	"fb.me",	"fb.watch",	"forms.gle",
	"goo.gl",    "hoo.be",	    "is.gd",	"j.mp",		"lin.ee",	"line.me",
	"linktr.ee", "lnkd.in",	    "m.me",	"ouo.io",	"ow.ly",	"qr.ae",
	"rb.gy",     "s.id",	    "shope.ee", "shorten.asia", "shorturl.at",	"shp.ee",
	"t.co",	     "t.ly",	    "t.me",	"telegra.ph",	"telegram.me",	"ti.ki",
	"tiny.cc",   "tinyurl.com", "v.gd",	"wa.me",	"we.tl",	"youtu.be",
	"zalo.me",
};

/* Suffixes of a number that is an amount, a rank or a model, and not a name: 500k, 10kg, 2h, 3d,
 * 12pro. */
static const char units[][WORD_MAX] = {
	"ae",	 "at",	  "bai",   "ban",   "bang",  "bao",   "bat",   "bich",	"bo",	  "bong",
	"btn",	 "buoi",  "cai",   "cap",   "cau",   "cay",   "cc",    "chai",	"chi",	  "chiec",
	"chu",	 "chuc",  "cm",	   "combo", "con",   "cu",    "cuon",  "cup",	"d",	  "dem",
	"dia",	 "dich",  "dl",	   "dm",    "doi",   "don",   "dong",  "dot",	"ds",	  "em",
	"fe",	 "fps",	  "g",	   "gb",    "gen",   "giay",  "gig",   "gio",	"goi",	  "gr",
	"gram",	 "h",	  "ha",	   "hand",  "hang",  "hat",   "hinh",  "ho",	"hoc",	  "hop",
	"hp",	 "hz",	  "in",	   "inch",  "k",     "kbps",  "ke",    "kg",	"khach",  "khoi",
	"ki",	 "kilo",  "km",	   "kmh",   "kv",    "kw",    "kwh",   "l",	"lan",	  "lang",
	"lat",	 "lit",	  "lite",  "lo",    "loai",  "lon",   "luong", "lx",	"ly",	  "m",
	"mah",	 "mau",	  "max",   "mb",    "mbps",  "met",   "mg",    "mhz",	"mieng",  "min",
	"mini",	 "ml",	  "mm",	   "mon",   "mp",    "ms",    "mua",   "n",	"nam",	  "nd",
	"ngan",	 "ngay",  "nghin", "nguoi", "nha",   "nhip",  "nm",    "o",	"oz",	  "p",
	"pcs",	 "phan",  "phap",  "phong", "phut",  "plus",  "pn",    "pro",	"promax", "px",
	"qua",	 "quan",  "quyen", "rd",    "rpm",   "sao",   "sec",   "set",	"size",	  "so",
	"st",	 "star",  "suat",  "sv",    "ta",    "tan",   "tang",  "tap",	"tb",	  "tep",
	"th",	 "thang", "thanh", "tho",   "thu",   "thung", "ti",    "tieng", "tiet",	  "to",
	"toa",	 "tr",	  "tram",  "trang", "trieu", "tuan",  "tui",   "tuoi",	"ty",	  "u",
	"ultra", "usd",	  "v",	   "vai",   "van",   "ve",    "vien",  "vnd",	"vol",	  "vong",
	"w",	 "wc",	  "x",	   "xe",    "xu",
};

/* Programs and their parts, written with a dot. */
static const char technology[][WORD_MAX] = {
	"ado.net",	"asp.net",    "console.info", "device.info", "df.info",	  "e.info",
	"fs.io",	"java.io",    "java.net",     "json.net",    "log.info",  "logger.info",
	"logging.info", "lucene.net", "math.net",     "ml.net",	     "nlog.net",  "package.info",
	"paint.net",	"quartz.net", "rx.net",	      "self.info",   "socket.io", "sys.info",
	"system.io",	"system.net", "this.info",    "user.info",   "vb.net",
};

/* Names of source files ... */
static const char stems[][WORD_MAX] = {
	"app",	  "build", "client", "config", "index",	 "init",   "install",
	"lib",	  "main",  "mod",    "module", "parser", "readme", "run",
	"server", "setup", "test",   "tests",  "util",	 "utils",
};

/* ... and their endings that are top-level domains too. */
static const char endings[][WORD_MAX] = {
	"cc", "md", "pl", "ps", "py", "rs", "sh", "so",
};

/* Parameters of a query that say where a visitor came from. */
static const char campaign[][WORD_MAX] = {
	"ref",
	"source",
};

/* The top-level domains that people use most. Before these, as before the betting domains, a comma
 * is a dot too. */
static const char common_tlds[][WORD_MAX] = {
	"com",
	"net",
	"vn",
};

/* Schemes that a browser or a phone opens, and their disguised forms. */
static const char schemes[][WORD_MAX] = {
	"fb",	  "ftp", "ftps",   "fxp",	"http", "https", "hxxp", "hxxps",
	"intent", "irc", "market", "messenger", "mms",	"rtmp",	 "rtsp", "sftp",
	"ssh",	  "tg",	 "viber",  "whatsapp",	"ws",	"wss",	 "zalo",
};

#define COUNT(words) (sizeof(words) / sizeof *(words))

static const struct {
	const char (*word)[WORD_MAX];
	size_t count;
} tables[] = {
	[WORDS_COMMON] = {common, COUNT(common)},
	[WORDS_BRANDS] = {brands, COUNT(brands)},
	[WORDS_STRONG] = {strong, COUNT(strong)},
	[WORDS_FAMILIAR] = {familiar, COUNT(familiar)},
	[WORDS_SECOND] = {second, COUNT(second)},
	[WORDS_FAMOUS] = {famous, COUNT(famous)},
	[WORDS_SCHEMES] = {schemes, COUNT(schemes)},
	[WORDS_BETTING] = {betting, COUNT(betting)},
	[WORDS_UNITS] = {units, COUNT(units)},
	[WORDS_TECHNOLOGY] = {technology, COUNT(technology)},
	[WORDS_STEMS] = {stems, COUNT(stems)},
	[WORDS_ENDINGS] = {endings, COUNT(endings)},
	[WORDS_CAMPAIGN] = {campaign, COUNT(campaign)},
	[WORDS_COMMON_TLD] = {common_tlds, COUNT(common_tlds)},
};

bool words_have(enum words words, const char *word)
{
	char key[WORD_MAX] = "";
	const char(*low)[WORD_MAX] = tables[words].word;
	size_t len = strlen(word);
	if (len >= sizeof key)
		return false;
	memcpy(key, word, len);
	for (size_t count = tables[words].count, half; count > 1; count -= half) {
		half = count / 2;
		low += memcmp(low[half], key, sizeof key) <= 0 ? half : 0;
	}
	return !memcmp(low, key, sizeof key);
}

bool words_is_point(uint32_t ch)
{
	switch (ch) {
	case 0xB7:   /* · */
	case 0x2D9:  /* ˙ */
	case 0x589:  /* ։ */
	case 0x66B:  /* ٫ */
	case 0x6D4:  /* ۔ */
	case 0x701:  /* ܁ */
	case 0x702:  /* ܂ */
	case 0x1427: /* ᐧ */
	case 0x16EB: /* ᛫ */
	case 0x1803: /* ᠃ */
	case 0x2022: /* • */
	case 0x2027: /* ‧ */
	case 0x2219: /* ∙ */
	case 0x22C5: /* ⋅ */
	case 0x2981: /* ⦁ */
	case 0x2E31: /* ⸱ */
	case 0x2E33: /* ⸳ */
	case 0x30FB: /* ・ */
	case 0xA4F8: /* ꓸ */
	case 0xA78F: /* ꞏ */
		return true;
	}
	return false;
}

bool words_is_ball(uint32_t ch)
{
	switch (ch) {
	case 0xB0:    /* ° */
	case 0x2218:  /* ∘ */
	case 0x23FA:  /* ⏺ */
	case 0x25A0:  /* ■ */
	case 0x25A1:  /* □ */
	case 0x25AA:  /* ▪ */
	case 0x25AB:  /* ▫ */
	case 0x25CB:  /* ○ */
	case 0x25C9:  /* ◉ */
	case 0x25CF:  /* ● */
	case 0x25E6:  /* ◦ */
	case 0x25FC:  /* ◼ */
	case 0x25FE:  /* ◾ */
	case 0x26AA:  /* ⚪ */
	case 0x26AB:  /* ⚫ */
	case 0x26AC:  /* ⚬ */
	case 0x2B24:  /* ⬤ */
	case 0x2B55:  /* ⭕ */
	case 0x9EDE:  /* 點 */
	case 0x1F518: /* 🔘 */
	case 0x1F534: /* 🔴 */
	case 0x1F535: /* 🔵 */
		return true;
	}
	return words_is_disc(ch);
}

bool words_is_letter_point(uint32_t ch)
{
	return ch == 0x1427 || ch == 0x16EB || ch == 0xA4F8 || ch == 0xA78F || ch == 0x9EDE;
}
