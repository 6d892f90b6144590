#include "rules/verdict.h"

const char *decision_name(enum decision decision)
{
	static const char *const names[] = {"approve", "hold", "reject"};

	return names[decision];
}
