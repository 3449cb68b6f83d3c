/* SPDX-License-Identifier: ISC */
/*
 * Sandbox: Landlock and seccomp by their raw system calls. Owns the list of
 * what a confined role may not call. Invariant: a refusal is an error code,
 * never a signal, so that a library that merely tries goes on.
 */
#include "proc/sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

/* x86-64 knows a second set of numbers (x32) above this bit. */
#define FOREIGN_BIT 0x40000000u

/* The leak checker of ASan starts a thread and traces its own process. */
#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif

static const uint32_t refused[] = {
	SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen,
	SYS_accept, SYS_accept4, SYS_execve, SYS_execveat,
	SYS_process_vm_readv, SYS_process_vm_writev, SYS_pidfd_open,
	SYS_pidfd_send_signal, SYS_io_uring_setup, SYS_bpf,
	SYS_perf_event_open, SYS_userfaultfd, SYS_keyctl, SYS_add_key,
	SYS_mount, SYS_unshare, SYS_setns, SYS_memfd_create, SYS_kill,
#ifndef HAVE_ASAN
	SYS_ptrace, SYS_clone, SYS_clone3,
#if defined(SYS_fork)
	SYS_fork, SYS_vfork,
#endif
#endif
};

#define N_REFUSED (sizeof(refused) / sizeof(refused[0]))

int
sandbox_read_only(struct err *err)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_WRITE_FILE |
		    LANDLOCK_ACCESS_FS_REMOVE_DIR |
		    LANDLOCK_ACCESS_FS_REMOVE_FILE |
		    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
		    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
		    LANDLOCK_ACCESS_FS_MAKE_FIFO |
		    LANDLOCK_ACCESS_FS_MAKE_BLOCK |
		    LANDLOCK_ACCESS_FS_MAKE_SYM,
	};
	int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr),
	    0);
	int rc = 0;

	/* Not built in, or switched off at boot. */
	if (fd < 0 && (errno == ENOSYS || errno == EOPNOTSUPP))
		return 0;
	if (fd < 0)
		return err_sys(err, "making a Landlock rule set");
	/* A set without rules grants nothing of what it handles. */
	if (syscall(SYS_landlock_restrict_self, fd, 0) != 0)
		rc = err_sys(err, "entering the Landlock rule set");
	if (close(fd) != 0 && rc == 0)
		rc = err_sys(err, "closing the Landlock rule set");
	return rc;
}

#if defined(ARCH)

static struct sock_filter
jump(uint16_t test, uint32_t value, uint8_t yes, uint8_t no)
{
	return (struct sock_filter){ (uint16_t)(BPF_JMP | BPF_K | test), yes,
		no, value };
}

static struct sock_filter
load(size_t offset)
{
	return (struct sock_filter){ BPF_LD | BPF_W | BPF_ABS, 0, 0,
		(uint32_t)offset };
}

static struct sock_filter
verdict(uint32_t value)
{
	return (struct sock_filter){ BPF_RET | BPF_K, 0, 0, value };
}

int
sandbox_confine(struct err *err)
{
	struct sock_filter code[N_REFUSED + 7];
	struct sock_fprog prog = { 0, code };
	size_t i, n = 0;
	uint8_t left;

	code[n++] = load(offsetof(struct seccomp_data, arch));
	code[n++] = jump(BPF_JEQ, ARCH, 0, (uint8_t)(N_REFUSED + 3));
	code[n++] = load(offsetof(struct seccomp_data, nr));
	code[n++] = jump(BPF_JGE, FOREIGN_BIT, (uint8_t)(N_REFUSED + 1), 0);
	for (i = 0; i < N_REFUSED; i++) {
		left = (uint8_t)(N_REFUSED - i);
		code[n++] = jump(BPF_JEQ, refused[i], left, 0);
	}
	code[n++] = verdict(SECCOMP_RET_ALLOW);
	code[n++] = verdict(SECCOMP_RET_ERRNO | EPERM);
	prog.len = (unsigned short)n;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0)
		return 0;
	if (errno == EINVAL)	/* not built in */
		return 0;
	return err_sys(err, "entering the system call filter");
}

#else

int
sandbox_confine(struct err *err)
{
	(void)err;
	return 0;
}

#endif
