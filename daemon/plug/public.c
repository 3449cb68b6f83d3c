/* SPDX-License-Identifier: ISC */
/*
 * Cleaning of texts for publication. Owns the list of what gives a line away.
 * Invariant: no line of a published text holds the address of a known
 * conference service or a word that introduces a PIN.
 */
#include "plug/public.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/utf8.h"

/* Parts of links to conferences of the services in use. */
static const char *const services[] = {
	"zoom.us/", "zoomgov.com/", "teams.microsoft.com/",
	"teams.live.com/", "meet.google.com/", "webex.com/", "gotomeet",
	"bluejeans.com/", "whereby.com/", "meet.jit.si/", "tel.meet/",
	"bigbluebutton", "interprefy.com/", "kudoway.", "voovmeeting.com/",
	"meeting.tencent.com/", "dingtalk.com/",
};

/* Words before a number that lets people in. */
static const char *const secrets[] = {
	"passcode", "pass code", "password", "access code", "pin:", "pin code",
	"pin :", "pin=", "meeting id", "conference id", "webinar id",
	"dial-in", "dial in", "one tap", "mot de passe", "code d'acc",
	"code secret", "contraseña", "código de acceso",
};

static bool
holds_one(struct span line, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (span_searchi(line, list[i]) < line.n)
			return true;
	}
	return false;
}

static bool
is_secret(struct span line)
{
	return holds_one(line, services,
	    sizeof(services) / sizeof(services[0])) ||
	    holds_one(line, secrets, sizeof(secrets) / sizeof(secrets[0]));
}

static const char *
clean_text(struct arena *a, const char *text)
{
	struct span rest = span_of(utf8_clean(a, span_of(text))), line;
	struct str out = STR_EMPTY;
	const char *copy;

	while (rest.p != NULL && rest.n > 0) {
		line = span_cut(&rest, '\n');
		if (is_secret(line))
			continue;
		if (out.len > 0)
			str_addc(&out, '\n');
		str_addspan(&out, line);
	}
	copy = arena_strndup(a, str_get(&out), out.len);
	str_done(&out);
	return copy;
}

static const char *
clean_line(struct arena *a, const char *text)
{
	const char *line = utf8_line(a, span_of(text));

	return is_secret(span_of(line)) ? "" : line;
}

struct meeting_rev
public_rev(struct arena *a, const struct meeting_rev *rev)
{
	struct meeting_rev r = *rev;
	size_t i;

	r.link = r.pin = r.announced_by = r.source_id = "";
	r.key = utf8_line(a, span_of(rev->key));
	r.uid = utf8_line(a, span_of(rev->uid));
	r.list = utf8_line(a, span_of(rev->list));
	r.status = utf8_line(a, span_of(rev->status));
	r.tzid = utf8_line(a, span_of(rev->tzid));
	r.rrule = utf8_line(a, span_of(rev->rrule));
	r.language = utf8_line(a, span_of(rev->language));
	r.title = utf8_line(a, span_of(rev->title));
	r.place = clean_line(a, rev->place);
	r.agenda = clean_text(a, rev->agenda);
	r.documents = clean_text(a, rev->documents);
	r.description = clean_text(a, rev->description);
	r.reason = clean_text(a, rev->reason);
	r.deadlines = arena_array(a, rev->n_deadlines, sizeof(*r.deadlines));
	for (i = 0; i < rev->n_deadlines; i++) {
		r.deadlines[i].label = utf8_line(a,
		    span_of(rev->deadlines[i].label));
		r.deadlines[i].at = rev->deadlines[i].at;
	}
	return r;
}
