/* SPDX-License-Identifier: ISC */
/*
 * Link: one end of a message channel between two roles. A message is a type
 * and one struct of model/structs.def, at most 64 KiB, with at most one
 * descriptor. Links are SOCK_SEQPACKET sockets; a local pair (tests) is a
 * socketpair on one loop. Sending never blocks: what the kernel does not take
 * waits in the link.
 */
#ifndef PROC_LINK_H
#define PROC_LINK_H

#include <stddef.h>
#include <stdint.h>
#include "base/span.h"
#include "base/str.h"
#include "model/wire.h"

struct arena;
struct err;
struct ev;
struct link;

#define LINK_MAX 65536
/* Bytes that may wait in a link: a peer that reads nothing is broken. */
#define LINK_BACKLOG_MAX (32u << 20)

/* Type numbers: one for each message, never reused. */
enum msg_type {
	MSG_PEER = 1,		/* master -> core, fd */
	MSG_KILL,		/* core -> master */
	MSG_MAIL,		/* intake -> core, fd */
	MSG_VERDICT,		/* core -> intake */
	MSG_PARSE,		/* core -> parser, fd */
	MSG_PARSED,		/* parser -> core */
	MSG_COPIES,		/* core -> courier, fd: struct batch
				 * (<sys/socket.h> has a MSG_BATCH) */
	MSG_RESULTS,		/* courier -> core */
	MSG_EVENT,		/* core -> plughost */
	MSG_ACK,		/* plughost -> core */
	MSG_CTL,		/* jcadctl -> console -> core, fd possible */
	MSG_CTL_REPLY,		/* core -> console -> jcadctl */
};

struct link_ops {
	/* A message arrived. body is the encoded struct, valid during the
	 * call; fd (-1 = none, also when this process had no descriptor
	 * left) is closed after the call unless *fd is taken and set to
	 * -1. */
	void (*message)(void *arg, struct link *link, uint32_t type,
	    struct span body, int *fd);
	/* The other end is gone; the link may be freed here. */
	void (*closed)(void *arg, struct link *link);
};

/* Wrap the connected SEQPACKET socket fd (owned from now on). */
struct link *link_new(struct ev *ev, int fd, const struct link_ops *ops,
    void *arg);
/* Make two local ends on the same loop: out[0] has ops_a and arg_a. */
void link_new_pair(struct ev *ev, const struct link_ops *ops_a, void *arg_a,
    const struct link_ops *ops_b, void *arg_b, struct link *out[2]);
/* Close and free (NULL allowed). A local peer gets closed() at the next
 * turn. */
void link_free(struct link *link);
/* Send type + the encoded body with fd (-1 = none; duplicated by the kernel,
 * the caller keeps his). 0, or -1: too long, closed, or LINK_BACKLOG_MAX is
 * reached. closed() is never called from here. */
int link_send(struct link *link, uint32_t type, struct span body, int fd,
    struct err *err);
/* Bytes waiting to be sent: for back-pressure. */
size_t link_backlog(const struct link *link);
/* Blocking helpers for jcadctl: send and receive on a plain socket. The
 * received body lives in a. 1 = message, 0 = closed, -1 = err. */
int link_send_fd(int sock, uint32_t type, struct span body, int fd,
    struct err *err);
int link_recv_fd(struct arena *a, int sock, uint32_t *type, struct span *body,
    struct err *err);

/* Encode and send struct NAME in one go:
 * LINK_PUT(link, MSG_MAIL, mail, &m, fd, err). */
#define LINK_PUT(link, TYPE, name, ptr, fd, err) __extension__ ({ \
	struct str link_buf_ = STR_EMPTY; \
	int link_rc_; \
	wire_put_##name(&link_buf_, (ptr)); \
	link_rc_ = link_send((link), (TYPE), str_span(&link_buf_), (fd), \
	    (err)); \
	str_done(&link_buf_); \
	link_rc_; })

#endif
