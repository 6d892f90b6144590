#include "base/sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* Numbers of system calls depend on the architecture. */
#if defined(__x86_64__) && !defined(__ILP32__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define MACHINE AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define MACHINE AUDIT_ARCH_PPC64LE
#endif

#ifdef MACHINE

#define LOAD(member)	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (skip))
#define ANSWER(action)	    BPF_STMT(BPF_RET | BPF_K, (action))
#define REFUSE		    ANSWER(SECCOMP_RET_ERRNO | EPERM)
#define FORBID(call)	    UNLESS(SYS_##call, 1), REFUSE

static void forbid_calls(void)
{
	struct sock_filter steps[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0),
		REFUSE, /* calls of another architecture have other numbers */
		LOAD(nr),
#ifdef __x86_64__
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
		REFUSE, /* calls of the x32 ABI */
#endif
		FORBID(execve),
		FORBID(execveat),
#ifndef DUYETD_SANITIZED /* the leak sanitizer uses ptrace on its own process */
		FORBID(ptrace),
#endif
		FORBID(process_vm_readv),
		FORBID(process_vm_writev),
		FORBID(pidfd_getfd),
		FORBID(setuid),
		FORBID(setgid),
		FORBID(mount),
		FORBID(bpf),
		FORBID(unshare),
		FORBID(setns),
		ANSWER(SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {sizeof steps / sizeof steps[0], steps};

	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

#else

static void forbid_calls(void)
{
}

#endif

void sandbox_self(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	forbid_calls();
#ifndef DUYETD_SANITIZED
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
