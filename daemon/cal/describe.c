/* SPDX-License-Identifier: ISC */
/*
 * The DESCRIPTION of a meeting. Owns the labels in the languages of the
 * organization. Invariant: link and PIN are written for members only.
 */
#include "cal/describe.h"

#include <string.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/str.h"
#include "base/utf8.h"

enum label { REASON, AGENDA, DOCUMENTS, DEADLINES, JOIN, PIN, N_LABELS };

struct language {
	const char *tag;
	const char *labels[N_LABELS];
};

static const struct language languages[] = {
	{ "en", { "Reason", "Agenda", "Documents", "Deadlines", "Join",
	    "PIN" } },
	{ "fr", { "Motif", "Ordre du jour", "Documents", "Échéances",
	    "Rejoindre", "Code PIN" } },
	{ "es", { "Motivo", "Orden del día", "Documentos", "Plazos",
	    "Conectarse", "PIN" } },
	{ "ru", { "Причина", "Повестка дня", "Документы", "Сроки",
	    "Подключиться", "PIN" } },
	{ "zh", { "原因", "议程", "文件", "截止日期", "加入会议", "PIN" } },
	{ "ar", { "السبب", "جدول الأعمال", "الوثائق",
	    "المواعيد النهائية", "الانضمام", "PIN" } },
};

static const char *const *
get_labels(const char *tag)
{
	size_t i;

	for (i = 1; i < sizeof(languages) / sizeof(languages[0]); i++) {
		if (span_has_prefixi(span_of(tag), languages[i].tag))
			return languages[i].labels;
	}
	return languages[0].labels;
}

/* A paragraph: text alone, "Label: text", or the label on its own line if
 * the text has several. */
static void
put(struct str *out, struct arena *a, const char *label, const char *text)
{
	char *clean = utf8_clean(a, span_trim(span_of(text)));

	if (clean[0] == '\0')
		return;
	if (out->len > 0)
		str_adds(out, "\n\n");
	if (label != NULL)
		str_addf(out, "%s:%c", label,
		    strchr(clean, '\n') != NULL ? '\n' : ' ');
	str_adds(out, clean);
}

static void
put_deadlines(struct str *out, struct arena *a, const char *label,
    const struct meeting_rev *rev)
{
	struct str lines = STR_EMPTY;
	struct civil c;
	size_t i;

	for (i = 0; i < rev->n_deadlines; i++) {
		civil_from_unix(rev->deadlines[i].at, &c);
		str_addf(&lines, "%s%s: %04d-%02d-%02d %02d:%02d UTC",
		    i > 0 ? "\n" : "",
		    utf8_line(a, span_of(rev->deadlines[i].label)),
		    c.year, c.month, c.day, c.hour, c.min);
	}
	put(out, a, label, str_get(&lines));
	str_done(&lines);
}

char *
describe_text(struct arena *a, const struct meeting_rev *rev,
    bool members_only)
{
	const char *const *labels = get_labels(rev->language);
	struct str out = STR_EMPTY;
	char *text;

	put(&out, a, labels[REASON], rev->reason);
	put(&out, a, NULL, rev->description);
	put(&out, a, labels[AGENDA], rev->agenda);
	put(&out, a, labels[DOCUMENTS], rev->documents);
	put_deadlines(&out, a, labels[DEADLINES], rev);
	if (members_only) {
		put(&out, a, labels[JOIN], rev->link);
		put(&out, a, labels[PIN], rev->pin);
	}
	text = str_dup(a, &out);
	str_done(&out);
	return text;
}
