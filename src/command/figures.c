#include "command/figures.h"

#include <inttypes.h>
#include <math.h>

const char *figures_grouped(uint64_t number, char text[FIGURES_SIZE])
{
	char digits[FIGURES_SIZE];
	int len = snprintf(digits, sizeof digits, "%" PRIu64, number), k = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			text[k++] = ',';
		text[k++] = digits[i];
	}
	text[k] = '\0';
	return text;
}

void figures_print_number(FILE *file, uint64_t number)
{
	char text[FIGURES_SIZE];

	fprintf(file, " %12s", figures_grouped(number, text));
}

struct share figures_share(uint64_t part, uint64_t count)
{
	const double z = 1.959964; /* the normal distribution's 97.5 % */
	double n = (double)count, p, middle, half;

	if (!count)
		return (struct share){0, 0, 1};
	p = (double)part / n;
	middle = (p + z * z / (2 * n)) / (1 + z * z / n);
	half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
	return (struct share){p, fmax(0, middle - half), fmin(1, middle + half)};
}

void figures_print_share(FILE *file, uint64_t part, uint64_t count)
{
	struct share share = figures_share(part, count);
	char text[FIGURES_SIZE];

	if (!count)
		fputs("-", file);
	else
		fprintf(file, "%.1f %% of %s (%.1f–%.1f)", share.share * 100,
			figures_grouped(count, text), share.low * 100, share.high * 100);
}

void figures_add_count(struct buf *out, const char *name, uint64_t count)
{
	buf_printf(out, ",\"%s\":", name);
	buf_add_number(out, (int64_t)count);
}

void figures_add_share(struct buf *out, const char *name, uint64_t part, uint64_t count)
{
	struct share share = figures_share(part, count);

	if (!count)
		return;
	buf_printf(out, ",\"%s\":{\"share\":%.4f,\"of\":", name, share.share);
	buf_add_number(out, (int64_t)count);
	buf_printf(out, ",\"low\":%.4f,\"high\":%.4f}", share.low, share.high);
}
