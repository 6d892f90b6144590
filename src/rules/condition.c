#include "rules/condition.h"

#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include "base/escape.h"
#include "base/utf8.h"

/* LOOKED: bytes of a field that are compared. In UTF-8, NFD is at most three times as long as NFC,
 * so a longer field equals no value; it may still begin with one. */
enum { LOOKED = 4 * CONDITION_VALUE, SHOWN = 60 };

/* Decimal numbers of any length: 3, -0.5, 1700000000000. */

struct decimal {
	bool negative;
	const char *whole, *fraction; /* without zeros that change nothing */
	size_t whole_len, fraction_len;
};

static size_t count_digits(const char *bytes, size_t len)
{
	size_t count = 0;

	while (count < len && bytes[count] >= '0' && bytes[count] <= '9')
		count++;
	return count;
}

static bool decimal_read(const char *bytes, size_t len, struct decimal *decimal)
{
	size_t sign = len && (*bytes == '-' || *bytes == '+');
	const char *end = bytes + len, *at = bytes + sign;
	size_t whole = count_digits(at, len - sign), fraction = 0;

	*decimal = (struct decimal){.negative = sign && *bytes == '-', .whole = at};
	at += whole;
	if (whole && end - at > 1 && *at == '.') {
		decimal->fraction = at + 1;
		fraction = count_digits(at + 1, (size_t)(end - at - 1));
		at += 1 + fraction;
	}
	if (!whole || at != end)
		return false;
	for (; whole && *decimal->whole == '0'; whole--)
		decimal->whole++;
	while (fraction && decimal->fraction[fraction - 1] == '0')
		fraction--;
	decimal->whole_len = whole;
	decimal->fraction_len = fraction;
	decimal->negative &= whole || fraction;
	return true;
}

static int compare_len(size_t one, size_t other)
{
	return (one > other) - (one < other);
}

/* Compares the numbers without their signs: -1, 0 or 1. */
static int compare_size(const struct decimal *one, const struct decimal *other)
{
	size_t shared =
		one->fraction_len < other->fraction_len ? one->fraction_len : other->fraction_len;
	int order = compare_len(one->whole_len, other->whole_len);

	if (!order)
		order = memcmp(one->whole, other->whole, one->whole_len);
	if (!order && shared)
		order = memcmp(one->fraction, other->fraction, shared);
	if (!order)
		order = compare_len(one->fraction_len, other->fraction_len);
	return (order > 0) - (order < 0);
}

static int decimal_compare(const struct decimal *one, const struct decimal *other)
{
	if (one->negative != other->negative)
		return one->negative ? -1 : 1;
	return one->negative ? compare_size(other, one) : compare_size(one, other);
}

static bool is_number_test(enum condition_test test)
{
	return test >= CONDITION_LESS;
}

static bool has_upper_bound(enum condition_test test)
{
	return test == CONDITION_LESS || test == CONDITION_AT_MOST;
}

/* `order` is negative when the field's number is below the value's, 0 when they are equal. */
static bool order_holds(enum condition_test test, int order)
{
	if (!order)
		return test == CONDITION_AT_MOST || test == CONDITION_AT_LEAST;
	return (order < 0) == has_upper_bound(test);
}

/* NFC. */

static bool is_ascii(const char *bytes, size_t len)
{
	unsigned char all = 0;

	for (size_t i = 0; i < len; i++)
		all |= (unsigned char)bytes[i];
	return all < 0x80;
}

/* Writes at most `size` bytes of NFC. Returns false when it is not UTF-8, or does not fit. */
static bool to_nfc(const char *bytes, size_t len, char *nfc, size_t size, size_t *nfc_len)
{
	UErrorCode err = U_ZERO_ERROR;
	UChar typed[LOOKED], composed[LOOKED];
	int32_t typed_len, composed_len, written = 0;
	const UNormalizer2 *normalizer = unorm2_getNFCInstance(&err);

	u_strFromUTF8(typed, LOOKED, &typed_len, bytes, (int32_t)len, &err);
	composed_len = unorm2_normalize(normalizer, typed, typed_len, composed, LOOKED, &err);
	u_strToUTF8(nfc, (int32_t)size, &written, composed, composed_len, &err);
	*nfc_len = (size_t)written;
	return U_SUCCESS(err);
}

/* Values of rules files. */

static const char *read_number(const char *string, enum condition_test less,
			       enum condition_test or_equal, struct condition_value *value)
{
	struct decimal decimal;

	value->test = *string == '=' ? or_equal : less;
	string += *string == '=';
	string += strspn(string, " ");
	value->bytes = string;
	value->len = strlen(string);
	if (decimal_read(string, value->len, &decimal))
		return NULL;
	if (strpbrk(string, "<>"))
		return "expected one bound; for a range put one under only: and the opposite of "
		       "the other under unless:";
	return "expected a number such as 3 or 0.5 after < and >; write \\< or \\> for the sign "
	       "itself";
}

/* Takes backslashes out, and a star at the end. Returns NULL, or why the value is invalid. */
static const char *read_signs(const char *string, char *bytes, struct condition_value *value)
{
	size_t len = 0;

	value->test = CONDITION_EQUAL;
	for (; *string; string++) {
		if (*string == '*' && !string[1]) {
			value->test = CONDITION_PREFIX;
			break;
		}
		if (*string == '*')
			return "a * stands for the rest of a value, at its end only; write \\* for "
			       "the sign itself";
		if (*string == '\\' && (!string[1] || !strchr("*<>\\", string[1])))
			return "expected \\*, \\<, \\> or \\\\: a backslash makes the sign after it literal";
		string += *string == '\\';
		bytes[len++] = *string;
	}
	value->len = len;
	return NULL;
}

const char *condition_read(const char *string, char *bytes, struct condition_value *value)
{
	char plain[CONDITION_VALUE];
	const char *why;

	*value = (struct condition_value){.written = string};
	if (strlen(string) >= CONDITION_VALUE)
		return "this value is too long: expected at most 255 bytes";
	if (*string == '<')
		why = read_number(string + 1, CONDITION_LESS, CONDITION_AT_MOST, value);
	else if (*string == '>')
		why = read_number(string + 1, CONDITION_MORE, CONDITION_AT_LEAST, value);
	else
		why = read_signs(string, plain, value);
	if (why)
		return why;
	if (is_number_test(value->test))
		memcpy(bytes, value->bytes, value->len);
	else if (!to_nfc(plain, value->len, bytes, CONDITION_VALUE, &value->len))
		return "expected UTF-8 of at most 255 bytes";
	value->bytes = bytes;
	return NULL;
}

/* Matching. */

static bool equals(const struct condition_value *value, const char *bytes, size_t len, bool whole)
{
	if (value->test == CONDITION_EQUAL)
		return whole && len == value->len && !memcmp(bytes, value->bytes, len);
	return len && len >= value->len && !memcmp(bytes, value->bytes, value->len);
}

static bool number_holds(const struct condition_value *value, const struct field *field)
{
	struct decimal seen, wanted;

	return decimal_read(field->value, field->value_len, &seen) &&
	       decimal_read(value->bytes, value->len, &wanted) &&
	       order_holds(value->test, decimal_compare(&seen, &wanted));
}

static bool any_holds(const struct condition *condition, const struct field *field)
{
	char nfc[3 * LOOKED];
	const char *bytes = field->value;
	size_t len = field->value_len;
	bool whole = len <= LOOKED - UTF8_MOST;

	if (!whole)
		len = utf8_left(bytes, LOOKED - UTF8_MOST, len);
	if (!is_ascii(bytes, len)) {
		if (!to_nfc(bytes, len, nfc, sizeof nfc, &len))
			return false;
		bytes = nfc;
	}
	for (size_t i = 0; i < condition->count; i++) {
		const struct condition_value *value = &condition->values[i];

		if (is_number_test(value->test) ? number_holds(value, field)
						: equals(value, bytes, len, whole))
			return true;
	}
	return false;
}

static bool holds(const struct condition *condition, const struct comment *comment)
{
	const struct field *field = comment_only_field(comment, condition->field);

	return field && any_holds(condition, field);
}

/* The first that does not hold, or NULL. */
static const struct condition *first_failing(const struct condition_list *list,
					     const struct comment *comment)
{
	for (size_t i = 0; i < list->count; i++)
		if (!holds(&list->condition[i], comment))
			return &list->condition[i];
	return NULL;
}

bool conditions_only(const struct conditions *conditions, const struct comment *comment)
{
	return !first_failing(&conditions->only, comment);
}

bool conditions_apply(const struct conditions *conditions, const struct comment *comment)
{
	return conditions_only(conditions, comment) &&
	       (!conditions->unless.count || first_failing(&conditions->unless, comment));
}

/* For people. */

static void add_value(struct buf *why, const struct field *field)
{
	size_t end = utf8_left(field->value, field->value_len < SHOWN ? field->value_len : SHOWN,
			       field->value_len);

	buf_add_char(why, '"');
	escape_add(why, field->value, end, "\"\\");
	buf_add_string(why, end < field->value_len ? "…\"" : "\"");
}

static void add_expected(struct buf *why, const struct condition *condition)
{
	for (size_t i = 0; i < condition->count; i++)
		buf_printf(why, "%s\"%s\"",
			   i == 0		       ? ""
			   : i + 1 == condition->count ? " or "
						       : ", ",
			   condition->values[i].written);
}

/* `section is "/kinh-te/1"` */
static void add_seen(struct buf *why, const struct condition *condition,
		     const struct comment *comment)
{
	buf_printf(why, "%s is ", condition->field);
	add_value(why, comment_only_field(comment, condition->field));
}

static void explain_failing(struct buf *why, const struct condition *failing,
			    const struct comment *comment)
{
	if (comment_only_field(comment, failing->field)) {
		add_seen(why, failing, comment);
		buf_add_string(why, ", expected ");
		add_expected(why, failing);
	} else {
		buf_printf(why, "%s field \"%s\"",
			   comment_field(comment, failing->field) ? "more than one" : "no",
			   failing->field);
	}
}

/* `unless holds: role is "staff"`; nothing of a list that is not given. */
static void explain_list(struct buf *why, const char *key, const struct condition_list *list,
			 const struct comment *comment)
{
	const struct condition *failing = first_failing(list, comment);

	if (!list->count)
		return;
	buf_printf(why, "%s%s %s: ", why->len ? "; " : "", key,
		   failing ? "does not hold" : "holds");
	for (size_t i = 0; !failing && i < list->count; i++) {
		buf_add_string(why, i ? ", " : "");
		add_seen(why, &list->condition[i], comment);
	}
	if (failing)
		explain_failing(why, failing, comment);
}

void conditions_explain(const struct conditions *conditions, const struct comment *comment,
			struct buf *why)
{
	bool applies = conditions_apply(conditions, comment);

	if (applies || !conditions_only(conditions, comment))
		explain_list(why, "only", &conditions->only, comment);
	if (applies || !why->len)
		explain_list(why, "unless", &conditions->unless, comment);
}

/* For lint. */

static int compare_values(const struct condition_value *one, const struct condition_value *other)
{
	struct decimal a, b;

	decimal_read(one->bytes, one->len, &a);
	decimal_read(other->bytes, other->len, &b);
	return decimal_compare(&a, &b);
}

/* <3 covers <3, <=2 and <2. */
static bool covers_bound(const struct condition_value *value, const struct condition_value *other)
{
	int order = compare_values(other, value);

	if (has_upper_bound(value->test) != has_upper_bound(other->test))
		return false;
	if (order)
		return (order < 0) == has_upper_bound(value->test);
	return value->test == other->test || order_holds(value->test, 0);
}

bool condition_covers(const struct condition_value *value, const struct condition_value *other)
{
	struct decimal number;

	if (value->test == CONDITION_EQUAL)
		return other->test == CONDITION_EQUAL && value->len == other->len &&
		       !memcmp(value->bytes, other->bytes, value->len);
	if (value->test == CONDITION_PREFIX)
		return !is_number_test(other->test) && other->len >= value->len &&
		       !memcmp(value->bytes, other->bytes, value->len);
	if (is_number_test(other->test))
		return covers_bound(value, other);
	return other->test == CONDITION_EQUAL && decimal_read(other->bytes, other->len, &number) &&
	       order_holds(value->test, compare_values(other, value));
}

bool condition_all_numbers(const struct condition_value *a, const struct condition_value *b)
{
	int order;

	if (!is_number_test(a->test) || !is_number_test(b->test) ||
	    has_upper_bound(a->test) == has_upper_bound(b->test))
		return false;
	order = has_upper_bound(a->test) ? compare_values(a, b) : compare_values(b, a);
	return order > 0 || (!order && (order_holds(a->test, 0) || order_holds(b->test, 0)));
}
