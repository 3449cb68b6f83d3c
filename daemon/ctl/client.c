/* SPDX-License-Identifier: ISC */
/*
 * Client: jcadctl's side of the control socket. Owns nothing after it
 * returned. Invariant: an answer that does not end with its last message is
 * an error, however many rows came.
 */
#include "ctl/client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "ctl/show.h"
#include "model/wire.h"
#include "proc/link.h"

#define ARGS_MAX 64
#define COPY_MAX (INT64_C(256) << 20)
#define TICK_MS 1000

int
client_connect(const char *path, struct err *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path))
		return err_set(err, ERR_BADINPUT, "the path of the control "
		    "socket is too long: %s", path);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(err, "making a socket");
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0)
		return fd;
	if (errno == ENOENT || errno == ECONNREFUSED)
		(void)err_set(err, ERR_TEMP, "jcad is not running with this "
		    "configuration (nobody answers at %s)", path);
	else if (errno == EACCES || errno == EPERM)
		(void)err_set(err, ERR_DENIED, "%s: not allowed; ask as root "
		    "or as the account that jcad runs as", path);
	else
		(void)err_sys(err, "%s", path);
	(void)close(fd);	/* nothing was written */
	return -1;
}

/* Copy a pipe or terminal into memory. */
static int
copy(int from, struct err *err)
{
	char buf[16384];
	int64_t total = 0;
	ssize_t n;
	int to = memfd_create("jcadctl", MFD_CLOEXEC);

	if (to < 0)
		return err_sys(err, "making a file in memory");
	while ((n = read(from, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		total += n;
		if (n < 0)
			(void)err_sys(err, "reading");
		else if (total > COPY_MAX)
			(void)err_set(err, ERR_LIMIT, "more than 256M");
		else if (file_write_all(to, buf, (size_t)n, err) == 0)
			continue;
		(void)close(to);	/* of no use */
		return -1;
	}
	return to;
}

int
client_open(const char *file, struct err *err)
{
	struct stat st;
	int fd, copied;

	if (strcmp(file, "-") == 0)
		fd = dup(STDIN_FILENO);
	else
		fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_sys(err, "%s", file);
	if (S_ISREG(st.st_mode) && lseek(fd, 0, SEEK_CUR) == 0)
		return fd;
	if (S_ISDIR(st.st_mode)) {
		copied = err_set(err, ERR_BADINPUT, "%s is a folder", file);
	} else {
		copied = copy(fd, err);
		if (copied < 0)
			(void)err_wrap(err, "%s", file);
	}
	(void)close(fd);	/* only read */
	return copied;
}

/* Wait for the next message; say on a terminal that it takes time. */
static void
wait_for(int sock, const char *progress, unsigned *seconds)
{
	struct pollfd p = { .fd = sock, .events = POLLIN };

	if (progress == NULL || !isatty(STDERR_FILENO))
		return;
	while (poll(&p, 1, TICK_MS) == 0)
		(void)fprintf(stderr, "\r%s ... %u s", progress, ++*seconds);
}

/* One message of the answer; 1 = more to come, 0 = that was the last. */
static int
take(int sock, struct show *show, struct ctl_reply *reply, struct str *text,
    struct err *err)
{
	struct arena *a = arena_new();
	struct span body;
	struct dec d;
	uint32_t type;
	int rc = link_recv_fd(a, sock, &type, &body, err);

	if (rc == 0)
		rc = err_set(err, ERR_TEMP, "jcad ended before its answer "
		    "did; what was asked may or may not have been done");
	if (rc == 1) {
		dec_init(&d, a, body);
		wire_get_ctl_reply(&d, reply);
		if (type != MSG_CTL_REPLY || !dec_end(&d))
			rc = err_set(err, ERR_PERM, "the answer is not "
			    "understood: is jcad of another version?");
	}
	if (rc == 1) {
		if (reply->json[0] != '\0')
			show_row(show, span_of(reply->json));
		if (reply->last)
			str_adds(text, reply->text);
		rc = reply->last ? 0 : 1;
	}
	arena_free(a);
	return rc;
}

int
client_ask(int sock, const struct client_question *q, struct show *show,
    struct str *text, struct err *err)
{
	struct arg args[ARGS_MAX];
	struct ctl ctl = { 0, 0, args, q->n_args };
	struct ctl_reply reply;
	struct str body = STR_EMPTY;
	unsigned seconds = 0;
	size_t i;
	int rc;

	if (q->n_args > ARGS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d words", ARGS_MAX);
	for (i = 0; i < q->n_args; i++)
		args[i].value = q->args[i];
	wire_put_ctl(&body, &ctl);
	rc = link_send_fd(sock, MSG_CTL, str_span(&body), q->fd, err);
	str_done(&body);
	/* A refusal may have been sent to us before our question. */
	if (rc != 0 && errno != EPIPE && errno != ECONNRESET)
		return -1;
	do {
		wait_for(sock, q->progress, &seconds);
		rc = take(sock, show, &reply, text, err);
	} while (rc == 1);
	if (seconds > 0)
		(void)fputc('\n', stderr);
	return rc < 0 ? -1 : (int)reply.status;
}
