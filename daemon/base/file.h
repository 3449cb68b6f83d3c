/* SPDX-License-Identifier: ISC */
/*
 * Durable files: write under a temporary name, fsync, rename, fsync the
 * directory. Every call is checked; failure leaves no new visible file.
 * Temporary names begin with ".tmp-". Blocking.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "base/span.h"

struct arena;
struct err;

/* Write data as dirfd/name atomically and durably, mode 0640. name holds no
 * '/'. 0, or -1 with err. */
int file_write(int dirfd, const char *name, struct span data, struct err *err);
/* As file_write without the two fsyncs: atomic, not durable. */
int file_replace(int dirfd, const char *name, struct span data,
    struct err *err);
/* rename within or between directories, then fsync the target directory. */
int file_move(int fromdir, const char *from, int todir, const char *to,
    struct err *err);
/* fsync the directory. */
int file_sync_dir(int dirfd, struct err *err);
/* Read a whole file of at most max bytes into a; NUL-terminated after n. */
int file_read(struct arena *a, int dirfd, const char *path, size_t max,
    struct span *out, struct err *err);
/* As file_read from an open descriptor, from offset 0 (pread). */
int file_read_fd(struct arena *a, int fd, size_t max, struct span *out,
    struct err *err);
/* Make path and its parents (mode for new ones); existing is fine. */
int file_mkdirs(const char *path, mode_t mode, struct err *err);
/* Open directory path below dirfd (AT_FDCWD allowed), O_CLOEXEC. fd or -1. */
int file_open_dir(int dirfd, const char *path, struct err *err);
/* Write all n bytes to fd, handling short writes and EINTR. */
int file_write_all(int fd, const void *p, size_t n, struct err *err);

#endif
