#include "command/block.h"

void block_bad(struct block *block, size_t number, size_t column, const char *why)
{
	block->bad++;
	buf_printf(&block->err, "%s:%zu:%zu: %s\n", block->file, number, column, why);
}
