/* SPDX-License-Identifier: ISC */
/*
 * Event loop over epoll, with timers in a binary heap and signals by
 * signalfd. Owns the handles, not the descriptors watched. A freed io is kept
 * until no dispatch is under way, because its event may already be fetched.
 * After fork() a child may only ev_free() its copy: the epoll instance is
 * shared. Invariant: heap[i]->pos == i, and pos is IDLE outside the heap.
 */
#include "ev/ev.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/xmalloc.h"

#define BATCH 64
#define IDLE SIZE_MAX
/* Turns without progress of the virtual clock that prove a busy loop. */
#define SPIN_MAX 1000000
#define AFTER_MAX_MS (INT64_MAX / 4)

struct ev_io {
	struct ev *ev;
	struct ev_io *prev, *next;
	void (*fn)(void *, uint32_t);	/* NULL once freed */
	void *arg;
	int fd;
	uint32_t events;
};

struct ev_timer {
	struct ev *ev;
	struct ev_timer *prev, *next;
	void (*fn)(void *);
	void *arg;
	int64_t due_ms;
	uint64_t seq;		/* arming order, breaks ties */
	size_t pos;
};

struct ev {
	int epfd;
	bool is_virtual;
	bool stop;
	unsigned depth;			/* nested dispatches */
	int64_t wall_ms;
	int64_t shift_ms;		/* of the real clock, for demos */
	struct ev_io *ios;
	struct ev_io *dead;		/* freed, linked by next */
	struct ev_timer *timers;
	struct ev_timer **heap;
	size_t heap_n, heap_cap;
	uint64_t seq;
	void (*turn_fn)(void *);
	void *turn_arg;
	int sigfd;
	struct ev_io *sigio;
	sigset_t sigs;
	struct {
		void (*fn)(void *, int);
		void *arg;
	} on_signal[NSIG];
};

/* A failing system call here means a bug of ours or an exhausted kernel. */
static _Noreturn void
die(const char *what)
{
	perror(what);
	abort();
}

static int64_t
clock_ms(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) != 0)
		die("clock_gettime");
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* The clock that timers run on. */
static int64_t
timer_ms(const struct ev *ev)
{
	return ev->is_virtual ? ev->wall_ms : clock_ms(CLOCK_MONOTONIC);
}

static struct ev *
loop_new(void)
{
	struct ev *ev;

	ev = xcalloc(1, sizeof(*ev));
	ev->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (ev->epfd < 0)
		die("epoll_create1");
	ev->sigfd = -1;
	if (sigemptyset(&ev->sigs) != 0)
		die("sigemptyset");
	return ev;
}

struct ev *
ev_new(void)
{
	struct ev *ev;

	ev = loop_new();
	ev->wall_ms = clock_ms(CLOCK_REALTIME) + ev->shift_ms;
	return ev;
}

struct ev *
ev_new_virtual(int64_t start_ms)
{
	struct ev *ev;

	ev = loop_new();
	ev->is_virtual = true;
	ev->wall_ms = start_ms;
	return ev;
}

/* Release the ios that were freed during a dispatch. */
static void
bury(struct ev *ev)
{
	struct ev_io *io;

	while ((io = ev->dead) != NULL) {
		ev->dead = io->next;
		free(io);
	}
}

void
ev_free(struct ev *ev)
{
	struct ev_io *io;
	struct ev_timer *t;

	if (ev == NULL)
		return;
	bury(ev);
	/* No EPOLL_CTL_DEL: in a forked child it would act on the parent. */
	while ((io = ev->ios) != NULL) {
		ev->ios = io->next;
		free(io);
	}
	while ((t = ev->timers) != NULL) {
		ev->timers = t->next;
		free(t);
	}
	if (ev->sigfd >= 0 && close(ev->sigfd) != 0)
		die("close");
	if (close(ev->epfd) != 0)
		die("close");
	free(ev->heap);
	free(ev);
}

int64_t
ev_now_ms(struct ev *ev)
{
	return ev->wall_ms;
}

int64_t
ev_now(struct ev *ev)
{
	return ev->wall_ms / 1000;
}

void
ev_shift(struct ev *ev, int64_t ms)
{
	ev->shift_ms = ms;
	ev->wall_ms = clock_ms(CLOCK_REALTIME) + ms;
}

static void
watch(struct ev_io *io, int op, uint32_t events)
{
	struct epoll_event e = { 0, { .ptr = io } };

	if ((events & EV_READ) != 0)
		e.events |= EPOLLIN;
	if ((events & EV_WRITE) != 0)
		e.events |= EPOLLOUT;
	if (epoll_ctl(io->ev->epfd, op, io->fd, &e) == 0)
		return;
	/* A descriptor that was closed first is gone from epoll already. */
	if (op != EPOLL_CTL_DEL || (errno != EBADF && errno != ENOENT))
		die("epoll_ctl");
}

struct ev_io *
ev_io_new(struct ev *ev, int fd, uint32_t events,
    void (*fn)(void *arg, uint32_t events), void *arg)
{
	struct ev_io *io;

	io = xcalloc(1, sizeof(*io));
	io->ev = ev;
	io->fd = fd;
	io->fn = fn;
	io->arg = arg;
	io->next = ev->ios;
	if (io->next != NULL)
		io->next->prev = io;
	ev->ios = io;
	ev_io_set(io, events);
	return io;
}

void
ev_io_set(struct ev_io *io, uint32_t events)
{
	if (events == io->events)
		return;
	/* Out of epoll when nothing is wanted: hang-ups are always told. */
	if (events == 0)
		watch(io, EPOLL_CTL_DEL, 0);
	else if (io->events == 0)
		watch(io, EPOLL_CTL_ADD, events);
	else
		watch(io, EPOLL_CTL_MOD, events);
	io->events = events;
}

void
ev_io_free(struct ev_io *io)
{
	struct ev *ev;

	if (io == NULL)
		return;
	ev = io->ev;
	ev_io_set(io, 0);
	if (io->prev != NULL)
		io->prev->next = io->next;
	else
		ev->ios = io->next;
	if (io->next != NULL)
		io->next->prev = io->prev;
	io->fn = NULL;
	io->next = ev->dead;
	ev->dead = io;
	if (ev->depth == 0)
		bury(ev);
}

static bool
is_before(const struct ev_timer *a, const struct ev_timer *b)
{
	return a->due_ms < b->due_ms ||
	    (a->due_ms == b->due_ms && a->seq < b->seq);
}

static void
heap_put(struct ev *ev, size_t pos, struct ev_timer *t)
{
	ev->heap[pos] = t;
	t->pos = pos;
}

/* Move t up or down from the free place pos to where it belongs. */
static void
heap_settle(struct ev *ev, size_t pos, struct ev_timer *t)
{
	size_t child;

	while (pos > 0 && is_before(t, ev->heap[(pos - 1) / 2])) {
		heap_put(ev, pos, ev->heap[(pos - 1) / 2]);
		pos = (pos - 1) / 2;
	}
	while ((child = 2 * pos + 1) < ev->heap_n) {
		if (child + 1 < ev->heap_n &&
		    is_before(ev->heap[child + 1], ev->heap[child]))
			child++;
		if (!is_before(ev->heap[child], t))
			break;
		heap_put(ev, pos, ev->heap[child]);
		pos = child;
	}
	heap_put(ev, pos, t);
}

static void
heap_remove(struct ev *ev, struct ev_timer *t)
{
	struct ev_timer *last;
	size_t pos = t->pos;

	if (pos == IDLE)
		return;
	t->pos = IDLE;
	last = ev->heap[--ev->heap_n];
	if (last != t)
		heap_settle(ev, pos, last);
}

struct ev_timer *
ev_timer_new(struct ev *ev, int64_t after_ms, void (*fn)(void *arg),
    void *arg)
{
	struct ev_timer *t;

	t = xcalloc(1, sizeof(*t));
	t->ev = ev;
	t->fn = fn;
	t->arg = arg;
	t->pos = IDLE;
	t->next = ev->timers;
	if (t->next != NULL)
		t->next->prev = t;
	ev->timers = t;
	ev_timer_again(t, after_ms);
	return t;
}

void
ev_timer_free(struct ev_timer *t)
{
	struct ev *ev;

	if (t == NULL)
		return;
	ev = t->ev;
	heap_remove(ev, t);
	if (t->prev != NULL)
		t->prev->next = t->next;
	else
		ev->timers = t->next;
	if (t->next != NULL)
		t->next->prev = t->prev;
	free(t);
}

void
ev_timer_again(struct ev_timer *t, int64_t after_ms)
{
	struct ev *ev = t->ev;

	heap_remove(ev, t);
	if (after_ms < 0)
		after_ms = 0;
	if (after_ms > AFTER_MAX_MS)
		after_ms = AFTER_MAX_MS;
	t->due_ms = timer_ms(ev) + after_ms;
	t->seq = ev->seq++;
	if (ev->heap_n == ev->heap_cap) {
		ev->heap_cap = ev->heap_cap > 0 ? 2 * ev->heap_cap : 16;
		ev->heap = xrealloc(ev->heap,
		    ev->heap_cap * sizeof(struct ev_timer *));
	}
	ev->heap_n++;
	heap_settle(ev, ev->heap_n - 1, t);
}

void
ev_on_turn(struct ev *ev, void (*fn)(void *arg), void *arg)
{
	ev->turn_fn = fn;
	ev->turn_arg = arg;
}

static void
read_signals(void *arg, uint32_t events)
{
	struct signalfd_siginfo info;
	struct ev *ev = arg;
	ssize_t r;
	int signo;

	(void)events;
	for (;;) {
		r = read(ev->sigfd, &info, sizeof(info));
		if (r != (ssize_t)sizeof(info)) {
			if (r < 0 && errno == EINTR)
				continue;
			break;
		}
		signo = (int)info.ssi_signo;
		if (signo > 0 && signo < NSIG &&
		    ev->on_signal[signo].fn != NULL)
			ev->on_signal[signo].fn(ev->on_signal[signo].arg,
			    signo);
	}
}

void
ev_signal(struct ev *ev, int signo, void (*fn)(void *arg, int signo),
    void *arg)
{
	if (signo <= 0 || signo >= NSIG || sigaddset(&ev->sigs, signo) != 0)
		die("ev_signal");
	ev->on_signal[signo].fn = fn;
	ev->on_signal[signo].arg = arg;
	if (sigprocmask(SIG_BLOCK, &ev->sigs, NULL) != 0)
		die("sigprocmask");
	ev->sigfd = signalfd(ev->sigfd, &ev->sigs, SFD_CLOEXEC | SFD_NONBLOCK);
	if (ev->sigfd < 0)
		die("signalfd");
	if (ev->sigio == NULL)
		ev->sigio = ev_io_new(ev, ev->sigfd, EV_READ, read_signals,
		    ev);
}

/* How long to wait for descriptors: at most wait_ms, not past a timer. */
static int
wait_limit(const struct ev *ev, int wait_ms)
{
	int64_t left;

	if (ev->heap_n == 0)
		return wait_ms;
	left = ev->heap[0]->due_ms - timer_ms(ev);
	if (left <= 0)
		return 0;
	/* Time stands still in a virtual loop: its timers end no wait. */
	if (ev->is_virtual || (wait_ms >= 0 && left >= wait_ms))
		return wait_ms;
	return left > INT32_MAX ? INT32_MAX : (int)left;
}

static int
dispatch_ios(const struct epoll_event *events, int n)
{
	struct ev_io *io;
	uint32_t got;
	int i, ran = 0;

	for (i = 0; i < n; i++) {
		io = events[i].data.ptr;
		if (io->fn == NULL)
			continue;
		got = 0;
		if ((events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
			got |= EV_READ;
		if ((events[i].events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0)
			got |= EV_WRITE;
		got &= io->events;
		if (got == 0)
			continue;
		io->fn(io->arg, got);
		ran++;
	}
	return ran;
}

/* Fire what was due and armed when the turn began; what the callbacks arm
 * with no delay waits for the next turn, so that descriptors get theirs. */
static int
dispatch_timers(struct ev *ev)
{
	uint64_t bound = ev->seq;
	int64_t now = timer_ms(ev);
	struct ev_timer *t;
	int ran = 0;

	while (ev->heap_n > 0) {
		t = ev->heap[0];
		if (t->due_ms > now || t->seq >= bound)
			break;
		heap_remove(ev, t);
		t->fn(t->arg);
		ran++;
	}
	return ran;
}

int
ev_turn(struct ev *ev, int wait_ms)
{
	struct epoll_event events[BATCH];
	int n, ran;

	n = epoll_wait(ev->epfd, events, BATCH, wait_limit(ev, wait_ms));
	if (n < 0 && errno != EINTR)
		die("epoll_wait");
	if (!ev->is_virtual)
		ev->wall_ms = clock_ms(CLOCK_REALTIME) + ev->shift_ms;
	ev->depth++;
	ran = dispatch_ios(events, n);
	ran += dispatch_timers(ev);
	if (ran > 0 && ev->turn_fn != NULL)
		ev->turn_fn(ev->turn_arg);
	ev->depth--;
	if (ev->depth == 0)
		bury(ev);
	return ran;
}

void
ev_run(struct ev *ev)
{
	while (!ev->stop)
		(void)ev_turn(ev, -1);
	ev->stop = false;
}

void
ev_stop(struct ev *ev)
{
	ev->stop = true;
}

static void
run_until_quiet(struct ev *ev)
{
	int turns = 0;

	while (ev_turn(ev, 0) > 0) {
		if (++turns > SPIN_MAX) {
			(void)fputs("ev: a callback never gets quiet\n",
			    stderr);
			abort();
		}
	}
}

void
ev_advance(struct ev *ev, int64_t ms)
{
	int64_t end = ev->wall_ms + ms;

	if (!ev->is_virtual)
		abort();
	for (;;) {
		run_until_quiet(ev);
		if (ev->heap_n == 0 || ev->heap[0]->due_ms > end)
			break;
		ev->wall_ms = ev->heap[0]->due_ms;
	}
	ev->wall_ms = end;
}
