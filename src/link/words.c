#include <stddef.h>

#include "link/words.h"

/* Each in order, for the search. */

/* Loanwords, short forms and file endings that Vietnamese comments are full of. */
static const char *const common[] = {
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

/* Brands that are talked about, and sites as well. */
static const char *const brands[] = {
	"facebook", "google",  "instagram", "lazada",  "messenger", "momo",
	"nike",	    "oppo",    "samsung",   "sendo",   "shopee",    "tiki",
	"tiktok",   "vinfast", "xiaomi",    "youtube", "zalo",
};

/* No comment goes on so after a full stop. */
static const char *const strong[] = {
	"biz",	"com", "edu", "gov", "info", "io", "jp",  "kr",	 "mil",
	"mobi", "net", "org", "tw",  "uk",   "ws", "xxx", "xyz",
};

/* Words too, but spam lives under them: by use, not all that exist. */
static const char *const familiar[] = {
	"academy", "agency", "app",    "asia",	  "bet",      "blog",	"buzz",	    "casino",
	"cc",	   "center", "cfd",    "city",	  "cloud",    "club",	"cn",	    "co",
	"codes",   "cyou",   "dev",    "digital", "email",    "eu",	"express",  "fr",
	"fun",	   "fund",   "fyi",    "games",	  "gg",	      "global", "group",    "guru",
	"host",	   "icu",    "link",   "live",	  "ltd",      "me",	"media",    "monster",
	"network", "news",   "ninja",  "online",  "page",     "poker",	"press",    "pro",
	"quest",   "ru",     "sbs",    "shop",	  "shopping", "site",	"software", "solutions",
	"space",   "store",  "studio", "systems", "tech",     "tips",	"today",    "tools",
	"top",	   "trade",  "tv",     "us",	  "vegas",    "vin",	"vip",	    "website",
	"wiki",	   "win",    "work",   "works",	  "world",    "zone",
};

/* Second levels that registries keep: com.vn, co.uk, ac.jp. */
static const char *const second[] = {
	"ac",  "biz", "co",   "com", "edu", "go",  "gov", "health", "info",
	"int", "mil", "name", "ne",  "net", "nom", "or",  "org",    "pro",
};

/* Hosts whose last label is a word, and which stand for links all the same. */
static const char *const famous[] = {
	"adf.ly",    "amzn.to",	    "bit.do",	"bit.ly",	"bitly.com.vn", "bom.so",
	"cutt.ly",   "discord.gg",  "fb.gg",	"fb.me",	"fb.watch",	"forms.gle",
	"goo.gl",    "hoo.be",	    "is.gd",	"j.mp",		"lin.ee",	"line.me",
	"linktr.ee", "lnkd.in",	    "m.me",	"ouo.io",	"ow.ly",	"qr.ae",
	"rb.gy",     "s.id",	    "shope.ee", "shorten.asia", "shorturl.at",	"shp.ee",
	"t.co",	     "t.ly",	    "t.me",	"telegra.ph",	"telegram.me",	"ti.ki",
	"tiny.cc",   "tinyurl.com", "v.gd",	"wa.me",	"we.tl",	"youtu.be",
	"zalo.me",
};

/* What a browser or a phone opens, and the ways to write it so that a filter does not. */
static const char *const schemes[] = {
	"fb",	  "ftp", "ftps",   "fxp",	"http", "https", "hxxp", "hxxps",
	"intent", "irc", "market", "messenger", "mms",	"rtmp",	 "rtsp", "sftp",
	"ssh",	  "tg",	 "viber",  "whatsapp",	"ws",	"wss",	 "zalo",
};

#define COUNT(words) (sizeof(words) / sizeof *(words))

static const struct {
	const char *const *word;
	size_t count;
} tables[] = {
	[WORDS_COMMON] = {common, COUNT(common)},    [WORDS_BRANDS] = {brands, COUNT(brands)},
	[WORDS_STRONG] = {strong, COUNT(strong)},    [WORDS_FAMILIAR] = {familiar, COUNT(familiar)},
	[WORDS_SECOND] = {second, COUNT(second)},    [WORDS_FAMOUS] = {famous, COUNT(famous)},
	[WORDS_SCHEMES] = {schemes, COUNT(schemes)},
};

static int compare(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (unsigned char)*a - (unsigned char)*b;
}

bool words_have(enum words words, const char *word)
{
	size_t low = 0, high = tables[words].count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = compare(word, tables[words].word[middle]);
		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}
