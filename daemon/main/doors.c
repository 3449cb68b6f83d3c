/* SPDX-License-Identifier: ISC */
/*
 * Doors: the listening sockets, which outlive the roles that serve them.
 * Invariant: a socket that old and new settings both name is never closed
 * between, so that nobody is turned away by a reload.
 */
#include "main/state.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"
#include "base/xmalloc.h"
#include "main/master.h"
#include "model/settings.h"
#include "proc/listen.h"
#include "proc/role.h"

static const struct door *
find(const struct door *doors, size_t n, const char *place, int type)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (doors[i].fd >= 0 && doors[i].type == type &&
		    strcmp(doors[i].place, place) == 0)
			return &doors[i];
	return NULL;
}

/* Close and free; files stay if kept has them, too. */
static void
close_set(struct door *doors, size_t n, const struct door *kept,
    size_t n_kept)
{
	const char *path;
	size_t i;

	for (i = 0; i < n; i++) {
		if (doors[i].fd < 0)
			continue;
		path = listen_path(doors[i].place);
		if (path != NULL && find(kept, n_kept, doors[i].place,
			doors[i].type) == NULL)
			(void)unlink(path);	/* may be gone already */
		(void)close(doors[i].fd);	/* nothing was written */
		free(doors[i].place);
	}
	free(doors);
}

/* One of the new set: taken from the old one, or opened. */
static int
open_one(struct master *m, const struct settings *s, const char *place,
    struct door *out, struct err *err)
{
	const struct door *old = find(m->doors, m->n_doors, place, out->type);

	if (old != NULL)
		out->fd = fcntl(old->fd, F_DUPFD_CLOEXEC, 0);
	else
		out->fd = listen_open(place, out->type, err);
	if (out->fd < 0)
		return old != NULL ? err_sys(err, "keeping %s", place) : -1;
	out->place = xstrdup(place);
	if (old == NULL && listen_path(place) != NULL)
		return role_own(listen_path(place), s->user, err);
	return 0;
}

int
doors_open(struct master *m, const struct settings *s, struct err *err)
{
	size_t n = s->n_intake + 1, i;
	struct door *set = xcalloc(n, sizeof(*set));
	struct str control = STR_EMPTY;
	int rc = 0;

	str_addf(&control, "unix:%s", s->control);
	for (i = 0; i < n; i++) {
		set[i].fd = -1;
		set[i].type = i == 0 ? SOCK_SEQPACKET : SOCK_STREAM;
	}
	for (i = 0; i < n && rc == 0; i++)
		rc = open_one(m, s, i == 0 ? str_get(&control) :
		    s->intake[i - 1].listen, &set[i], err);
	str_done(&control);
	if (rc != 0) {
		close_set(set, n, m->doors, m->n_doors);
		return -1;
	}
	close_set(m->doors, m->n_doors, set, n);
	m->doors = set;
	m->n_doors = n;
	return 0;
}

void
doors_close(struct master *m)
{
	close_set(m->doors, m->n_doors, NULL, 0);
	m->doors = NULL;
	m->n_doors = 0;
}

size_t
doors_of(const struct master *m, const struct child *c, int *fds)
{
	size_t i, n = 0;

	if (!children_is_door(c))
		return 0;
	for (i = 0; i < m->n_doors; i++)
		if ((m->doors[i].type == SOCK_SEQPACKET) ==
		    (strcmp(c->role->name, "console") == 0))
			fds[n++] = m->doors[i].fd;
	return n;
}
