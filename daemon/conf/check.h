/* SPDX-License-Identifier: ISC */
/* Check: what the table cannot say of a setting by itself. */
#ifndef CONF_CHECK_H
#define CONF_CHECK_H

struct load;
struct settings;

/* Add a problem for whatever does not fit together; "" is skipped, it was
 * refused before or is not set. Looks at files that settings name. */
void check_settings(struct load *l, const struct settings *s);
/* The same for the lists. */
void check_lists(struct load *l, const struct settings *s);

#endif
