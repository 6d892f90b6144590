/* Counts the basic blocks that run in code compiled with -fsanitize-coverage=trace-pc. */
#include <stdint.h>

extern uint64_t steps;
uint64_t steps;

/* The compiler puts a call to it into every basic block. */
void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
	steps++;
}
