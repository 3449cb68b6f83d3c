/* SPDX-License-Identifier: ISC */
/* State: what the files of the master share. */
#ifndef MAIN_STATE_H
#define MAIN_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct arena;
struct err;
struct ev;
struct ev_timer;
struct link;
struct master;
struct master_args;
struct master_role;
struct settings;

enum phase { RUNNING, DOORS, CORE, REST };

struct child {
	struct master *master;
	const struct master_role *role;
	uint32_t index;
	pid_t pid;		/* 0 = not running */
	int64_t started_ms;
	unsigned failures;	/* in a row */
	struct ev_timer *respawn;
};

struct door {
	char *place;		/* "unix:PATH" or "HOST:PORT" */
	int type;
	int fd;
};

struct master {
	const struct master_args *args;
	struct ev *ev;
	struct arena *arena;	/* of the settings */
	struct settings *s;
	struct arena *next_arena;	/* of settings to come */
	struct settings *next;
	struct door *doors;	/* [0] is the control socket */
	size_t n_doors;
	struct child *children;	/* [0] is core */
	size_t n_children;
	struct link *core;	/* NULL = no core */
	int core_fd;		/* its descriptor, owned by the link */
	int lock;
	enum phase phase;
	bool again;		/* start again after draining */
	bool was_ready;
	struct ev_timer *deadline;
	struct ev_timer *ready;
	int status;
};

/* Open the sockets that s asks for; those that are open already stay so.
 * 0, or -1: then nothing has changed. */
int doors_open(struct master *m, const struct settings *s, struct err *err);
/* Close all and remove their files. */
void doors_close(struct master *m);
/* Descriptors for a child, in fds (room for m->n_doors); their number. */
size_t doors_of(const struct master *m, const struct child *c, int *fds);

/* Make the table of children that the settings ask for; none runs yet. */
void children_make(struct master *m);
/* Forget the table; none may run. */
void children_free(struct master *m);
/* Does the child hold listening sockets? */
bool children_is_door(const struct child *c);
/* Is any running (of those with listening sockets)? */
bool children_any(const struct master *m, bool doors_only);
/* Send a signal if it runs. */
void children_signal(const struct child *c, int signo);
/* Start core; *link_fd is our end of its link. 0 or -1. */
int children_start_core(struct master *m, int *link_fd, struct err *err);
/* Start another one and hand core the other end of its link. -1 with c->pid 0
 * if nothing runs, else its end will be told by SIGCHLD. */
int children_start(struct child *c, struct err *err);
/* Milliseconds to wait before the next start; counts the failure. */
int64_t children_backoff(struct child *c, int64_t now_ms);

#endif
