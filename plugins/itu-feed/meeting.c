/* SPDX-License-Identifier: ISC */
/*
 * One meeting as it is kept. Owns its texts. Invariant: no text of a meeting
 * is NULL.
 */
#include "feed.h"

#include <stdlib.h>
#include <string.h>

void
meeting_set(struct meeting *mt, enum text_id id, const char *text)
{
	free(mt->text[id]);
	mt->text[id] = strdup(text);
	if (mt->text[id] == NULL)
		abort();
}

struct meeting *
meeting_new(void)
{
	struct meeting *mt = calloc(1, sizeof(*mt));
	int i;

	if (mt == NULL)
		abort();
	for (i = 0; i < N_TEXT; i++)
		meeting_set(mt, (enum text_id)i, "");
	mt->dirty = true;
	return mt;
}

void
meeting_free(struct meeting *mt)
{
	int i;

	if (mt == NULL)
		return;
	for (i = 0; i < N_TEXT; i++)
		free(mt->text[i]);
	free(mt);
}

static bool
place_says(const struct meeting *mt, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcasestr(mt->text[T_PLACE], words[i]) != NULL)
			return true;
	}
	return false;
}

/* A place that is named together with remote participation. */
bool
meeting_is_mixed(const struct meeting *mt)
{
	static const char *const words[] = {
		"remote participation", "remote possible", "hybrid",
		"and online", "and remote", "with remote", "or online",
	};

	return place_says(mt, words, sizeof(words) / sizeof(words[0]));
}

bool
meeting_is_online(const struct meeting *mt)
{
	static const char *const words[] = {
		"e-meeting", "e meeting", "emeeting", "online", "on-line",
		"virtual", "en ligne", "virtuelle",
	};

	return place_says(mt, words, sizeof(words) / sizeof(words[0])) &&
	    !meeting_is_mixed(mt);
}

bool
meeting_is_cancelled(const struct meeting *mt)
{
	return strcmp(mt->text[T_STATUS], "cancelled") == 0;
}

const char *
meeting_status(const struct meeting *mt)
{
	if (meeting_is_cancelled(mt))
		return "Cancelled";
	return strcmp(mt->text[T_STATUS], "planned") == 0 ? "Planned" :
	    "Confirmed";
}
