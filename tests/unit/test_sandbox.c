/* What a process can no longer do after it has entered the sandbox, and what it still can. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/sandbox.h"

/* What `act` returns in a process that has entered the sandbox. */
static int in_sandbox(int (*act)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (!child) {
		sandbox_self();
		_exit(act());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status)); /* refused, not killed */
	return WEXITSTATUS(status);
}

/* The errno of the call; 0 when it was done. */
static int run_program(void)
{
	char name[] = "true", *const argv[] = {name, NULL}, *const none[] = {NULL};

	execve("/bin/true", argv, none);
	return errno;
}

static int run_descriptor(void)
{
	char name[] = "true", *const argv[] = {name, NULL}, *const none[] = {NULL};

	fexecve(open("/bin/true", O_RDONLY | O_CLOEXEC), argv, none);
	return errno;
}

static int change_user(void)
{
	return setuid(getuid()) ? errno : 0;
}

static int change_group(void)
{
	return setgid(getgid()) ? errno : 0;
}

static int new_names(void)
{
	return unshare(CLONE_FS) ? errno : 0;
}

/* Without the sandbox: ENOENT, or EPERM where it is not root. */
static int mount_nothing(void)
{
	return mount("none", "/nowhere/at/all", "tmpfs", 0, NULL) ? errno : 0;
}

static void forbidden_system_calls_are_refused(void **state)
{
	(void)state;
#if defined(__x86_64__) || defined(__aarch64__)
	assert_int_equal(in_sandbox(run_program), EPERM);
	assert_int_equal(in_sandbox(run_descriptor), EPERM);
	assert_int_equal(in_sandbox(change_user), EPERM);
	assert_int_equal(in_sandbox(change_group), EPERM);
	assert_int_equal(in_sandbox(new_names), EPERM);
	assert_int_equal(in_sandbox(mount_nothing), EPERM);
#else
	skip();
#endif
}

/* Whether no_new_privs is set, so that a set-user-ID program gives no rights, and the process is
 * not dumpable, so that no core file or debugger shows the password. */
static int is_marked(void)
{
	bool hidden = prctl(PR_GET_DUMPABLE) == 0;

#ifdef DUYETD_SANITIZED
	hidden = true;
#endif
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && hidden;
}

static void the_process_gets_no_privileges_and_leaves_no_core(void **state)
{
	(void)state;
	assert_int_equal(in_sandbox(is_marked), true);
}

/* What a reload and a new connection to Redis need: a file, a socket, memory. */
static int work(void)
{
	int file = open("/dev/null", O_RDONLY | O_CLOEXEC), pair[2];

	return file >= 0 && !socketpair(AF_UNIX, SOCK_STREAM, 0, pair) && malloc(1 << 24);
}

static void allowed_system_calls_work(void **state)
{
	(void)state;
	assert_int_equal(in_sandbox(work), true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forbidden_system_calls_are_refused),
		cmocka_unit_test(the_process_gets_no_privileges_and_leaves_no_core),
		cmocka_unit_test(allowed_system_calls_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
