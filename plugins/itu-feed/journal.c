/* SPDX-License-Identifier: ISC */
/*
 * The journal: one line for each change of a meeting, "name=value" fields
 * between tabs; the last line of a meeting counts. Invariant: what
 * journal_add() took is on the disk; a line that was cut by a crash is
 * dropped at the next start.
 */
#include "feed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "journal"
#define NEW_NAME "journal.new"

static void
put_escaped(struct buf *b, const char *text)
{
	const char *p;

	for (p = text; *p != '\0'; p++) {
		if (*p == '\\')
			buf_adds(b, "\\\\");
		else if (*p == '\t')
			buf_adds(b, "\\t");
		else if (*p == '\n')
			buf_adds(b, "\\n");
		else if (*p == '\r')
			buf_adds(b, "\\r");
		else
			buf_add(b, p, 1);
	}
}

/* In place. */
static void
unescape(char *s)
{
	char *w = s;

	for (; *s != '\0'; s++) {
		if (*s == '\\' && s[1] != '\0') {
			s++;
			*w++ = *s == 't' ? '\t' : *s == 'n' ? '\n' :
			    *s == 'r' ? '\r' : *s;
		} else {
			*w++ = *s;
		}
	}
	*w = '\0';
}

static void
put_line(struct buf *b, const struct meeting *mt)
{
	int i;

	for (i = 0; i < N_NUM; i++)
		buf_addf(b, "%s=%lld\t", model_num_names[i],
		    (long long)mt->num[i]);
	for (i = 0; i < N_TEXT; i++) {
		buf_addf(b, "%s=", model_text_names[i]);
		put_escaped(b, mt->text[i]);
		buf_adds(b, i + 1 < N_TEXT ? "\t" : "\n");
	}
}

/* Fields of names that this version does not know are left out. */
static void
take_field(struct meeting *mt, char *field)
{
	char *value = strchr(field, '=');
	int i;

	if (value == NULL)
		return;
	*value++ = '\0';
	for (i = 0; i < N_NUM; i++) {
		if (strcmp(field, model_num_names[i]) == 0)
			mt->num[i] = strtoll(value, NULL, 10);
	}
	for (i = 0; i < N_TEXT; i++) {
		if (strcmp(field, model_text_names[i]) != 0)
			continue;
		unescape(value);
		free(mt->text[i]);
		mt->text[i] = strdup(value);
		if (mt->text[i] == NULL)
			abort();
	}
}

static void
take_line(struct model *m, char *line)
{
	struct meeting *mt = meeting_new();
	char *field;

	while ((field = strsep(&line, "\t")) != NULL)
		take_field(mt, field);
	if (mt->text[T_LIST][0] != '\0' && mt->text[T_KEY][0] != '\0')
		model_put(m, mt);
	else
		meeting_free(mt);
}

static int
load(struct journal *j, struct model *m)
{
	size_t n = 0;
	char *all = disk_read(j->dir, NAME, &n), *p, *end;

	j->size = 0;
	j->lines = 0;
	if (all == NULL)
		return errno == ENOENT ? 0 : -1;
	for (p = all; (end = memchr(p, '\n', n - (size_t)(p - all))) != NULL;
	    p = end + 1) {
		*end = '\0';
		take_line(m, p);
		j->lines++;
	}
	j->size = p - all;
	free(all);
	return 0;
}

/* Write the journal anew with one line a meeting. */
static int
compact(struct journal *j, const struct model *m)
{
	struct buf b = { NULL, 0, 0 };
	int fd, r;
	size_t i;

	for (i = 0; i < m->n; i++)
		put_line(&b, m->list[i]);
	fd = openat(j->dir, NEW_NAME, O_WRONLY | O_CREAT | O_TRUNC |
	    O_CLOEXEC | O_NOFOLLOW, 0644);
	r = fd < 0 ? -1 : disk_write_all(fd, buf_get(&b), b.n);
	if (fd >= 0 && (fsync(fd) != 0 || close(fd) != 0))
		r = -1;
	if (r == 0 && (renameat(j->dir, NEW_NAME, j->dir, NAME) != 0 ||
	    fsync(j->dir) != 0))
		r = -1;
	if (r == 0) {
		j->size = (int64_t)b.n;
		j->lines = m->n;
	}
	buf_free(&b);
	return r;
}

/* Open for appending, behind the last whole line. */
static int
reopen(struct journal *j)
{
	if (j->fd >= 0)
		(void)close(j->fd);	/* every line was synced */
	j->fd = openat(j->dir, NAME, O_WRONLY | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW, 0644);
	return j->fd < 0 || ftruncate(j->fd, j->size) != 0 ||
	    lseek(j->fd, 0, SEEK_END) < 0 ? -1 : 0;
}

int
journal_open(struct journal *j, int dir, struct model *m)
{
	j->dir = dir;
	j->fd = -1;
	return load(j, m) != 0 || reopen(j) != 0 || fsync(dir) != 0 ? -1 : 0;
}

int
journal_tidy(struct journal *j, const struct model *m)
{
	if (j->lines <= 2 * m->n + 64)
		return 0;
	return compact(j, m) != 0 || reopen(j) != 0 ? -1 : 0;
}

int
journal_add(struct journal *j, const struct meeting *mt)
{
	struct buf b = { NULL, 0, 0 };
	int r, saved;

	put_line(&b, mt);
	r = disk_write_all(j->fd, buf_get(&b), b.n);
	if (r == 0)
		r = fdatasync(j->fd);
	saved = errno;
	if (r == 0) {
		j->size += (int64_t)b.n;
		j->lines++;
	} else if (ftruncate(j->fd, j->size) == 0) {
		(void)lseek(j->fd, 0, SEEK_END);	/* a regular file */
	}
	buf_free(&b);
	errno = saved;
	return r;
}

void
journal_close(struct journal *j)
{
	if (j->fd >= 0)
		(void)close(j->fd);	/* every line was synced */
	j->fd = -1;
}
