/* SPDX-License-Identifier: ISC */
/*
 * Seat: which category and body somebody asks for, whether that is by right,
 * and the text form in which a request travels inside a token.
 */
#ifndef LIST_SEAT_H
#define LIST_SEAT_H

#include <stdbool.h>
#include "model/action.h"

struct arena;
struct err;

/* Either is NULL if the list or the category has none. */
struct list_seat {
	const struct category *category;
	const struct body *body;
};

/* A request for membership as written or as unpacked from a token. */
struct list_request {
	const char *category;
	const char *body;
	const char *name;
	const char *addr;
};

/* Find the seat by name, title or alias ("" not named). 0, or -1 with a text
 * that says what is missing or unknown. */
int list_seat_find(const struct list_settings *l, const char *category,
    const char *body, struct list_seat *out, struct err *err);
/* The stricter admission of the category and of the body's own category, so
 * that nobody gets in by right as the wrong kind of body. */
enum admission list_seat_admission(const struct list_settings *l,
    const struct list_seat *seat);
/* True if the role is one that a seat may have. */
bool list_seat_is_role(const char *role);
/* "SG13, category itu-t-sg (ITU-T study groups)", in a. */
char *list_seat_text(struct arena *a, const struct list_seat *seat);
/* The same for a member's first seat. */
char *list_seat_of(struct arena *a, const struct list_settings *l,
    const struct member *m);
/* The categories with their bodies, a line each, bounded, in a. */
char *list_seat_choices(struct arena *a, const struct list_settings *l);
/* Token object of a request, and back; unpack leaves out what it does not
 * know and never fails. */
char *list_seat_pack(struct arena *a, const struct list_request *r);
void list_seat_unpack(struct arena *a, const char *object,
    struct list_request *out);
/* Hex SHA-256 of the seats that a pending member asks for. */
char *list_seat_content(struct arena *a, const struct member *m);

#endif
