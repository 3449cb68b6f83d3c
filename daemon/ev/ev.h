/* SPDX-License-Identifier: ISC */
/*
 * Event loop: epoll, timers, signals, and a clock that is real or virtual.
 * Single-threaded. Callbacks run from ev_run(); a handle may be freed from
 * its own callback. With a virtual clock the loop never sleeps on timers:
 * ev_advance() moves time and fires what is due, in order.
 */
#ifndef EV_EV_H
#define EV_EV_H

#include <stdbool.h>
#include <stdint.h>

struct ev;
struct ev_io;
struct ev_timer;

#define EV_READ 1u
#define EV_WRITE 2u

/* Make a loop on the real clock. Never NULL (aborts). */
struct ev *ev_new(void);
/* Make a loop on a virtual clock that stands at start_ms (Unix ms). */
struct ev *ev_new_virtual(int64_t start_ms);
/* Free the loop and all its handles. NULL allowed. */
void ev_free(struct ev *ev);

/* Wall time of this loop: Unix milliseconds / seconds. With the real clock it
 * is read once per loop turn. */
int64_t ev_now_ms(struct ev *ev);
int64_t ev_now(struct ev *ev);
/* Real clock only: show a wall time that is ms ahead (demonstrations whose
 * dates must stay the same). Timers are not touched. */
void ev_shift(struct ev *ev, int64_t ms);

/* Watch fd (borrowed, non-blocking, one io for each) for the EV_* in events.
 * A hang-up or error is told as what is watched. Free the io before fd is
 * closed. After fork() the child may only call ev_free(). */
struct ev_io *ev_io_new(struct ev *ev, int fd, uint32_t events,
    void (*fn)(void *arg, uint32_t events), void *arg);
/* Change what is watched (0 = nothing). */
void ev_io_set(struct ev_io *io, uint32_t events);
/* Stop watching and free (NULL allowed). */
void ev_io_free(struct ev_io *io);

/* Call fn once, after_ms from now (monotonic on the real clock). */
struct ev_timer *ev_timer_new(struct ev *ev, int64_t after_ms,
    void (*fn)(void *arg), void *arg);
/* Cancel and free (NULL allowed). A timer that fired must also be freed or
 * re-armed by ev_timer_again(). */
void ev_timer_free(struct ev_timer *t);
void ev_timer_again(struct ev_timer *t, int64_t after_ms);

/* Call fn at the end of every loop turn in which anything ran, before the
 * loop sleeps: the place for a group commit. One hook a loop. */
void ev_on_turn(struct ev *ev, void (*fn)(void *arg), void *arg);

/* Call fn when signo arrives (signalfd; blocks the signal's default, also
 * after ev_free() and in children until they unblock it). */
void ev_signal(struct ev *ev, int signo, void (*fn)(void *arg, int signo),
    void *arg);

/* Run until ev_stop(). */
void ev_run(struct ev *ev);
/* Run one turn: wait at most wait_ms (-1 for ever) and dispatch. Returns the
 * number of callbacks run. */
int ev_turn(struct ev *ev, int wait_ms);
void ev_stop(struct ev *ev);
/* Virtual clock only: dispatch ready fds until quiet, move time on to each
 * timer due within ms and fire it, and end at now + ms. */
void ev_advance(struct ev *ev, int64_t ms);

#endif
