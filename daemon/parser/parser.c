/* SPDX-License-Identifier: ISC */
/*
 * The parser role: one mail at a time, one arena a mail. Owns the mapping of
 * the mail while it is read; keeps nothing between two mails. What cannot be
 * mapped closes the link, and core gives the mail to another parser.
 */
#include "parser/parser.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "base/xmalloc.h"
#include "cal/read.h"
#include "ev/ev.h"
#include "mail/parse.h"
#include "model/settings.h"
#include "parser/fit.h"
#include "proc/link.h"

/* Room for the frame around the struct. */
#define DIGEST_MAX (LINK_MAX - 256)

struct parser {
	const struct settings *settings;
	struct arena *arena;
	struct ev *ev;		/* of the role, NULL in tests */
	bool failed;
};

struct parser *
parser_new(const struct settings *settings)
{
	struct parser *p = xcalloc(1, sizeof(*p));

	p->settings = settings;
	p->arena = arena_new();
	return p;
}

void
parser_free(struct parser *p)
{
	if (p == NULL)
		return;
	arena_free(p->arena);
	free(p);
}

/* Map the mail on fd; unmapped by the caller unless it is empty. */
static int
map_mail(const struct parser *p, int fd, struct span *out, struct err *err)
{
	struct stat st;
	void *at;

	if (fd < 0)
		return err_set(err, ERR_TEMP, "no descriptor came along");
	if (fstat(fd, &st) != 0)
		return err_sys(err, "fstat");
	if (!S_ISREG(st.st_mode) || st.st_size > p->settings->max_message)
		return err_set(err, ERR_LIMIT,
		    "not a mail file, or over max_message");
	*out = span_make("", 0);
	if (st.st_size == 0)
		return 0;
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return err_sys(err, "mmap");
	*out = span_make(at, (size_t)st.st_size);
	return 0;
}

static void
unmap_mail(struct span mail)
{
	if (mail.n > 0)	/* cannot fail for a mapping of ours */
		(void)munmap((void *)(uintptr_t)mail.p, mail.n);
}

static int
answer(struct parser *p, struct link *link, struct span body, int fd,
    struct err *err)
{
	struct parsed reply = { 0 };
	struct digest digest;
	struct parse job;
	struct span mail;
	struct dec dec;

	dec_init(&dec, p->arena, body);
	wire_get_parse(&dec, &job);
	if (!dec_end(&dec))
		return err_set(err, ERR_PERM, "core sent a broken message");
	if (map_mail(p, fd, &mail, err) != 0)
		return err_wrap(err, "job %u", job.job);
	parse_mail(p->arena, mail, job.authserv_id, parse_defaults(),
	    cal_read, &digest);
	reply.job = job.job;
	reply.digest = &digest;
	reply.n_digest = 1;
	fit_digest(p->arena, &reply, DIGEST_MAX);
	unmap_mail(mail);
	return LINK_PUT(link, MSG_PARSED, parsed, &reply, -1, err);
}

static void
on_message(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct parser *p = arg;
	struct err err;

	if (type != MSG_PARSE)
		(void)err_set(&err, ERR_PERM, "message type %u", type);
	else if (answer(p, link, body, *fd, &err) == 0) {
		arena_reset(p->arena);
		return;
	}
	arena_reset(p->arena);
	log_event(LOG_ERROR_, "parser-failed", "text", err.text, NULL);
	p->failed = true;
	if (p->ev != NULL)
		ev_stop(p->ev);
}

static void
on_closed(void *arg, struct link *link)
{
	struct parser *p = arg;

	(void)link;
	if (p->ev != NULL)
		ev_stop(p->ev);
}

const struct link_ops *
parser_ops(void)
{
	static const struct link_ops ops = { on_message, on_closed };

	return &ops;
}

static void
on_term(void *arg, int signo)
{
	(void)signo;
	ev_stop(arg);
}

int
parser_run(const struct role_env *env)
{
	struct parser *p = parser_new(env->settings);
	struct link *core;
	int rc;

	p->ev = ev_new();
	core = link_new(p->ev, env->core_fd, parser_ops(), p);
	ev_signal(p->ev, SIGTERM, on_term, p->ev);
	log_event(LOG_INFO_, "started", NULL);
	ev_run(p->ev);
	link_free(core);
	ev_free(p->ev);
	rc = p->failed ? 1 : 0;
	parser_free(p);
	return rc;
}
