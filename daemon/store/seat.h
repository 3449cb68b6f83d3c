/* SPDX-License-Identifier: ISC */
/* Seat rows, as store/member.c needs them: always with their member. */
#ifndef STORE_SEAT_H
#define STORE_SEAT_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct member;
struct store;

/* Fill the seats of the one member out (its id is set). */
int seat_load(struct store *s, struct arena *a, struct member *out,
    struct err *err);
/* Fill the seats of n members with rising ids, all of one list and state. */
int seat_load_all(struct store *s, struct arena *a, struct member *members,
    size_t n, struct err *err);
/* Make the rows of member id equal to m's seats (store_member_save). */
int seat_save(struct store *s, int64_t id, const struct member *m,
    struct err *err);
/* End the seats of member id that are open at now. */
int seat_end(struct store *s, int64_t id, int64_t now, struct err *err);

#endif
