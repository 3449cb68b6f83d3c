/* SPDX-License-Identifier: ISC */
/*
 * Role start: everything between fork() and the role's main function. Owns
 * no state. Invariant: when main_fn runs, the process has only the
 * descriptors of its environment, the account and the limits it was given,
 * and dies with the master; if any of that cannot be had, it ends instead.
 */
#include "proc/role.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/xmalloc.h"
#include "model/settings.h"
#include "proc/sandbox.h"

/* Under ASan the shadow memory makes address space limits meaningless. */
#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif
#ifndef HAVE_ASAN
#define HAVE_ASAN 0
#endif

struct account {
	bool change;
	uid_t uid;
	gid_t gid;
	char name[64];
};

/* Whom to become: nobody else unless root was told a name. */
static int
find_account(const char *user, struct account *out, struct err *err)
{
	const struct passwd *pw;

	memset(out, 0, sizeof(*out));
	if (user == NULL || user[0] == '\0' || geteuid() != 0)
		return 0;
	errno = 0;
	pw = getpwnam(user);
	if (pw == NULL && errno != 0)
		return err_sys(err, "looking up account \"%s\"", user);
	if (pw == NULL)
		return err_set(err, ERR_NOTFOUND,
		    "there is no account \"%s\" (instance.user)", user);
	if (snprintf(out->name, sizeof(out->name), "%s", user) >=
	    (int)sizeof(out->name))
		return err_set(err, ERR_BADINPUT,
		    "instance.user is longer than 63 bytes");
	out->change = pw->pw_uid != 0;
	out->uid = pw->pw_uid;
	out->gid = pw->pw_gid;
	return 0;
}

int
role_own(const char *path, const char *user, struct err *err)
{
	struct account who;

	if (find_account(user, &who, err) != 0)
		return -1;
	if (who.change && lchown(path, who.uid, who.gid) != 0)
		return err_sys(err, "giving %s to account \"%s\"", path, user);
	return 0;
}

static int
become(const struct account *who, struct err *err)
{
	if (!who->change)
		return 0;
	if (initgroups(who->name, who->gid) != 0 ||
	    setresgid(who->gid, who->gid, who->gid) != 0 ||
	    setresuid(who->uid, who->uid, who->uid) != 0)
		return err_sys(err, "becoming account \"%s\"", who->name);
	if (setuid(0) == 0)
		return err_set(err, ERR_PERM, "root could be had back");
	return 0;
}

static int
set_limit(int resource, const char *name, rlim_t value, struct err *err)
{
	struct rlimit now, want;

	if (getrlimit(resource, &now) != 0)
		return err_sys(err, "reading the limit of %s", name);
	if (now.rlim_max != RLIM_INFINITY && value > now.rlim_max)
		value = now.rlim_max;
	want.rlim_cur = want.rlim_max = value;
	if (setrlimit(resource, &want) != 0)
		return err_sys(err, "limiting %s", name);
	return 0;
}

/* Bytes of address space in use, from /proc/self/statm. */
static int64_t
memory_in_use(void)
{
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f == NULL)
		return -1;
	if (fscanf(f, "%ld", &pages) != 1)
		pages = -1;
	(void)fclose(f);	/* only read */
	return pages < 0 ? -1 : (int64_t)pages * sysconf(_SC_PAGESIZE);
}

static bool
is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static int
limit_memory(int64_t memory, struct err *err)
{
	int64_t used;

	if (memory <= 0 || HAVE_ASAN)
		return 0;
	used = memory_in_use();
	if (used < 0)
		return err_set(err, ERR_TEMP, "/proc/self/statm is unreadable");
	return set_limit(RLIMIT_AS, "memory", (rlim_t)(used + memory), err);
}

static int
limit_writing(int64_t size, struct err *err)
{
	if (size == 0)
		return 0;
	if (size > 0)
		return set_limit(RLIMIT_FSIZE, "file size", (rlim_t)size, err);
	if (sandbox_read_only(err) != 0)
		return -1;
	/* A log that goes to a file would fall under this limit too. */
	if (is_regular(STDERR_FILENO) || is_regular(STDOUT_FILENO))
		return 0;
	return set_limit(RLIMIT_FSIZE, "file size", 0, err);
}

static int
set_limits(const struct role_limits *l, struct err *err)
{
	if (l->files > 0 &&
	    set_limit(RLIMIT_NOFILE, "open files", l->files, err) != 0)
		return -1;
	if (l->cpu_s > 0 &&
	    set_limit(RLIMIT_CPU, "processor time", (rlim_t)l->cpu_s, err) != 0)
		return -1;
	/* Mail of strangers and members has no place in a core file. */
	if (set_limit(RLIMIT_CORE, "core files", 0, err) != 0)
		return -1;
	if (limit_writing(l->file_size, err) != 0)
		return -1;
	if (limit_memory(l->memory, err) != 0)
		return -1;
	return l->confined ? sandbox_confine(err) : 0;
}

static int
compare_ints(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

/* Close all descriptors above stderr but for those of env. */
static int
close_others(const struct role_env *env, struct err *err)
{
	size_t i, n = env->n_listen + 1;
	int *keep = xcalloc(n, sizeof(*keep));
	int next = STDERR_FILENO + 1, rc = 0;

	for (i = 0; i < env->n_listen; i++)
		keep[i] = env->listen_fds[i];
	keep[env->n_listen] = env->core_fd;
	qsort(keep, n, sizeof(*keep), compare_ints);
	for (i = 0; i < n && rc == 0; i++) {
		if (keep[i] > next)
			rc = close_range((unsigned)next,
			    (unsigned)keep[i] - 1, 0);
		if (keep[i] >= next)
			next = keep[i] + 1;
	}
	if (rc == 0)
		rc = close_range((unsigned)next, ~0u, 0);
	free(keep);
	return rc != 0 ? err_sys(err, "closing descriptors") : 0;
}

static int
detach_stdin(struct err *err)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
		return err_sys(err, "opening /dev/null");
	if (fd != STDIN_FILENO && close(fd) != 0)
		return err_sys(err, "closing /dev/null");
	return 0;
}

/* A terminal's signals are for the master; everything else as in a new
 * process, so that a role may set what it wants. */
static int
reset_signals(struct err *err)
{
	static const int defaults[] = { SIGTERM, SIGCHLD, SIGUSR1, SIGUSR2 };
	static const int ignored[] = { SIGINT, SIGHUP, SIGPIPE, SIGXFSZ };
	sigset_t none;
	size_t i;
	bool bad = false;

	for (i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
		bad |= signal(defaults[i], SIG_DFL) == SIG_ERR;
	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		bad |= signal(ignored[i], SIG_IGN) == SIG_ERR;
	bad |= sigemptyset(&none) != 0;
	bad |= sigprocmask(SIG_SETMASK, &none, NULL) != 0;
	return bad ? err_sys(err, "resetting signals") : 0;
}

/* The order matters: a change of account clears the death signal. */
static int
confine(const struct role_env *env, const struct role_limits *limits,
    const struct account *who, pid_t master, struct err *err)
{
	char title[16];

	(void)snprintf(title, sizeof(title), "jcad:%s/%u", env->role,
	    (unsigned)env->index);
	(void)prctl(PR_SET_NAME, title);	/* only for ps */
	if (reset_signals(err) != 0 || detach_stdin(err) != 0 ||
	    close_others(env, err) != 0 || become(who, err) != 0)
		return -1;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		return err_sys(err, "asking for the death signal");
	if (getppid() != master)
		return err_set(err, ERR_TEMP, "the master is gone");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_sys(err, "giving up new privileges");
	return set_limits(limits, err);
}

void
role_log(const char *role, const struct settings *s)
{
	static const char *const names[] = { "debug", "info", "warn" };
	enum log_level level = LOG_DEBUG_;
	const char *want = s != NULL ? s->log_level : "info";
	size_t i;

	for (i = 0; i < 3 && strcmp(names[i], want) != 0; i++)
		level++;
	log_open(role, level);
}

pid_t
role_spawn(const struct role_env *env, const struct role_limits *limits,
    int (*main_fn)(const struct role_env *env), struct err *err)
{
	struct err why = { ERR_NONE, "" };
	struct account who;
	pid_t master = getpid(), pid;

	if (find_account(limits->user, &who, err) != 0)
		return -1;
	(void)fflush(NULL);	/* or the child would print it again */
	pid = fork();
	if (pid < 0)
		return err_sys(err, "starting role %s", env->role);
	if (pid > 0)
		return pid;
	role_log(env->role, env->settings);
	if (confine(env, limits, &who, master, &why) != 0) {
		log_event(LOG_ERROR_, "role-refused", "text", why.text, NULL);
		_exit(1);
	}
	exit(main_fn(env));
}
