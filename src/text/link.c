#include "text/link.h"

bool link_find(struct text *text)
{
	text->links = 0;
	return true;
}
