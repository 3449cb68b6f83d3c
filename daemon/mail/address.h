/* SPDX-License-Identifier: ISC */
/*
 * Address: RFC 5322 section 3.4 mailbox lists and RFC 5321 section 4.1.2
 * addr-specs, with RFC 6531/6532 UTF-8. Non-recursive, never changes what it
 * accepts but for the case of the domain. Pure.
 */
#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include <stdbool.h>
#include "base/span.h"
#include "model/wire.h"

struct arena;
struct err;

/* Check one bare addr-spec (no name, no <>, no comments unless lenient
 * header forms are wanted). 0 and *out = normalised form in a (domain in
 * lower case, local part untouched), or -1 with the reason. */
int address_parse(struct arena *a, struct span text, const char **out,
    struct err *err);
/* Parse a header's address list (groups flattened). At most max; more is
 * ERR_LIMIT. 0, or -1: nothing usable or a syntax error (names the place). */
int address_list(struct arena *a, struct span value, size_t max,
    struct mailbox **out, size_t *n_out, struct err *err);
/* As address_list, but what is no address is passed over, as are those after
 * the first max. Returns how many there are; for fields that decide nothing. */
size_t address_some(struct arena *a, struct span value, size_t max,
    struct mailbox **out);
/* Lower-case copy for comparing (UTF-8 kept). */
char *address_key(struct arena *a, const char *addr);
/* '"Name" <addr>' fit for a header: quoted or RFC 2047 encoded. */
char *address_format(struct arena *a, const char *name, const char *addr);
/* True if it may go out in an SMTP envelope: no controls, length limits. */
bool address_is_safe(const char *addr);

#endif
