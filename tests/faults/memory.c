/*
 * Loaded before the C library (LD_PRELOAD). Counts allocations, and refuses those from number
 * `first` to number `last`. The environment variable ALLOCATIONS names a file that holds, in eight
 * bytes each, the count, `first`, `last`, and whether each realloc() of libevent's memory is
 * refused; then the name of the library that was refused last. The test may write the file at any
 * moment; the count begins again when it writes 0 there. If ALLOCATIONS_OF names a library, only
 * the allocations of that library are counted.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

struct plan {
	int64_t count, first, last, no_growth;
	char who[96];
};

static struct plan *plan;
static const char *only;

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("ALLOCATIONS");
	int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *memory = MAP_FAILED;

	only = getenv("ALLOCATIONS_OF");
	if (file >= 0)
		memory = mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (memory != MAP_FAILED)
		plan = memory;
	if (file >= 0)
		close(file);
}

static bool is_refused(const void *caller)
{
	int64_t number;
	Dl_info where;

	if (!plan || (only && !(dladdr(caller, &where) && strstr(where.dli_fname, only))))
		return false;
	number = __atomic_add_fetch(&plan->count, 1, __ATOMIC_RELAXED);
	if (number < __atomic_load_n(&plan->first, __ATOMIC_RELAXED) ||
	    number > __atomic_load_n(&plan->last, __ATOMIC_RELAXED))
		return false;
	if (dladdr(caller, &where))
		strncpy(plan->who, where.dli_fname, sizeof plan->who - 1);
	errno = ENOMEM; /* glibc's pthread_create() relies on it */
	return true;
}

static bool is_growth_refused(const void *caller)
{
	Dl_info where;

	if (!plan || !__atomic_load_n(&plan->no_growth, __ATOMIC_RELAXED) ||
	    !dladdr(caller, &where) || !strstr(where.dli_fname, "libevent"))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return is_refused(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return is_refused(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	if (memory && is_growth_refused(__builtin_return_address(0)))
		return NULL;
	return is_refused(__builtin_return_address(0)) ? NULL : __libc_realloc(memory, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
	*memory = is_refused(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
	return *memory ? 0 : ENOMEM;
}
