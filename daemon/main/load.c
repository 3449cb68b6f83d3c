/* SPDX-License-Identifier: ISC */
/*
 * Load: conf knows the table of settings, the courier knows its transports;
 * only main may ask both. A configuration passes here or nowhere.
 */
#include "main/load.h"

#include "base/err.h"
#include "base/str.h"
#include "conf/conf.h"
#include "courier/courier.h"
#include "model/settings.h"

int
load_settings(struct arena *a, const char *file,
    const char *const *overrides, struct settings **out, struct str *problems)
{
	struct err err = { 0 };
	struct settings *s;

	if (conf_load(a, file, overrides, &s, problems) < 0)
		return -1;
	if (courier_url_check(s->relay_url, &err) < 0) {
		str_addf(problems, "%s: relay.url: %s\n", file, err.text);
		return -1;
	}
	*out = s;
	return 0;
}
