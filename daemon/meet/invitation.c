/* SPDX-License-Identifier: ISC */
/*
 * The two texts of an invitation, plain and HTML, made of the same rows.
 * Invariant: the only \001 in them are the marks that core cuts at; values
 * are cleaned of control characters first.
 */
#include "meet/invitation.h"

#include <string.h>
#include "base/arena.h"
#include "base/str.h"
#include "base/utf8.h"
#include "meet/when.h"
#include "model/settings.h"

#define MARK_ADDRESS "\001A\001"
#define MARK_NAME "\001N\001"
#define ROWS_MAX 40
#define LABEL_WIDTH 15

struct row {
	const char *label, *value;
	bool link;
};

struct rows {
	struct arena *arena;
	struct row items[ROWS_MAX];
	size_t n;
};

/* What kind of mail it is, and its sentences. */
struct tone {
	const char *prefix;	/* of the subject */
	const char *opening;
	const char *changes;	/* "" or the lines of meet_diff() */
	const char *asking;	/* "" or what is said about answers */
};

static const struct {
	const char *word, *label;
} answers[] = {
	{ "ACCEPT", "I will take part" },
	{ "MAYBE", "Maybe" },
	{ "DECLINE", "I will not take part" },
};

static void
add(struct rows *rows, const char *label, const char *value)
{
	struct span s = span_trim(span_of(utf8_clean(rows->arena,
	    span_of(value))));
	struct row *r = &rows->items[rows->n];

	if (s.n == 0 || rows->n == ROWS_MAX)
		return;
	r->label = label;
	r->value = arena_strndup(rows->arena, s.p, s.n);
	r->link = strcmp(label, "Link") == 0;
	rows->n++;
}

static void
collect(struct rows *rows, const struct meeting_rev *rev,
    const struct list_settings *l)
{
	struct arena *a = rows->arena;

	add(rows, "Meeting", rev->title);
	if (rev->number != 0)
		add(rows, "Number", arena_printf(a, "%u", rev->number));
	if (strcmp(rev->status, "planned") == 0)
		add(rows, "Status", "planned: date and time may still change");
	add(rows, "When", meet_when(a, rev, l, NULL));
	add(rows, "Where", rev->place);
	if (strcmp(rev->status, "cancelled") == 0) {
		/* Nobody shall join, prepare or register any more. */
		add(rows, "Reason", rev->reason);
		return;
	}
	add(rows, "Link", rev->link);
	add(rows, "PIN", rev->pin);
	for (size_t i = 0; i < rev->n_deadlines; i++)
		add(rows, arena_printf(a, "%s by", utf8_line(a,
		    span_of(rev->deadlines[i].label))),
		    when_deadline(a, rev->deadlines[i].at, rev->tzid));
	add(rows, "Agenda", rev->agenda);
	add(rows, "Documents", rev->documents);
	add(rows, "Text", rev->description);
	add(rows, "Reason", rev->reason);
}

/* "When:          value", further lines below the first. */
static void
put_row(struct str *out, const struct row *r)
{
	struct span rest = span_of(r->value);
	const char *label = r->label;

	while (rest.n > 0) {
		struct span line = span_line(&rest);

		if (label[0] != '\0')
			str_addf(out, "%s:%*s", label, strlen(label) + 2 <
			    LABEL_WIDTH ? (int)(LABEL_WIDTH - strlen(label) -
			    1) : 1, "");
		else if (line.n > 0)
			str_addf(out, "%*s", LABEL_WIDTH, "");
		label = "";
		str_addspan(out, line);
		str_addc(out, '\n');
	}
}

char *
invitation_details(struct arena *a, const struct meeting_rev *rev,
    const struct list_settings *l)
{
	struct rows rows = { .arena = a };
	struct str out = STR_EMPTY;
	char *text;

	collect(&rows, rev, l);
	for (size_t i = 0; i < rows.n; i++)
		put_row(&out, &rows.items[i]);
	text = str_dup(a, &out);
	str_done(&out);
	return text;
}

char *
invitation_list(struct arena *a, const struct snapshot *s)
{
	struct str out = STR_EMPTY;
	char *text;

	for (size_t i = 0; i < s->n_meetings; i++) {
		const struct meeting_rev *r = s->meetings[i].current;

		if (r == NULL || strcmp(r->status, "cancelled") == 0 ||
		    r->end_at <= s->now)
			continue;
		str_addf(&out, "  %-6s %s: %s\n", s->meetings[i].key,
		    meet_when_short(a, r), r->title);
	}
	text = str_dup(a, &out);
	str_done(&out);
	return text;
}

static const char *
mailto(struct arena *a, const struct meeting_rev *rev, const char *word)
{
	return arena_printf(a, "mailto:" MARK_ADDRESS "?subject=%s%s%s", word,
	    rev->key[0] != '\0' ? "%20" : "", rev->key);
}

static char *
plain(struct arena *a, const struct tone *t, const struct rows *rows,
    const struct meeting_rev *rev)
{
	struct str out = STR_EMPTY;
	char *text;

	str_addf(&out, "Dear " MARK_NAME ",\n\n%s\n\n", t->opening);
	if (t->changes[0] != '\0')
		str_addf(&out, "WHAT CHANGED\n%s\n", t->changes);
	for (size_t i = 0; i < rows->n; i++)
		put_row(&out, &rows->items[i]);
	if (t->asking[0] != '\0') {
		str_addf(&out, "\n%s\nAnswer in your calendar, or open one of "
		    "these links and send the mail as it is:\n\n", t->asking);
		for (size_t i = 0; i < 3; i++)
			str_addf(&out, "%s:\n  %s\n", answers[i].label,
			    mailto(a, rev, answers[i].word));
		str_adds(&out, "\nOr reply to this mail with one word: ACCEPT,"
		    " MAYBE or DECLINE.\n");
	}
	text = str_dup(a, &out);
	str_done(&out);
	return text;
}

static void
put_html(struct str *out, const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		switch (*p) {
		case '&':
			str_adds(out, "&amp;");
			break;
		case '<':
			str_adds(out, "&lt;");
			break;
		case '>':
			str_adds(out, "&gt;");
			break;
		case '"':
			str_adds(out, "&quot;");
			break;
		case '\n':
			str_adds(out, "<br>\n");
			break;
		default:
			str_addc(out, *p);
		}
	}
}

static void
put_cell(struct str *out, const struct row *r)
{
	str_adds(out, "<tr><th style=\"text-align:left;vertical-align:top;"
	    "padding:4px 16px 4px 0;font-weight:600\">");
	put_html(out, r->label);
	str_adds(out, "</th>\n<td style=\"padding:4px 0\">");
	if (r->link) {
		str_adds(out, "<a href=\"");
		put_html(out, r->value);
		str_adds(out, "\">");
	}
	put_html(out, r->value);
	str_adds(out, r->link ? "</a></td></tr>\n" : "</td></tr>\n");
}

/* No colours but those of the reader's mail program, so that dark mode works;
 * no images, nothing that is fetched. */
static char *
html(struct arena *a, const struct tone *t, const struct rows *rows,
    const struct meeting_rev *rev)
{
	struct str out = STR_EMPTY;
	char *text;

	str_adds(&out, "<!DOCTYPE html>\n<html lang=\"en\"><head>"
	    "<meta charset=\"utf-8\">"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	put_html(&out, t->prefix);
	str_adds(&out, "</title></head>\n<body style=\"font-family:sans-serif;"
	    "line-height:1.4\">\n<p>");
	put_html(&out, t->opening);
	str_adds(&out, "</p>\n");
	if (t->changes[0] != '\0') {
		str_adds(&out, "<p><strong>What changed</strong><br>\n");
		put_html(&out, t->changes);
		str_adds(&out, "</p>\n");
	}
	str_adds(&out, "<table role=\"presentation\" style=\"border-collapse:"
	    "collapse\">\n");
	for (size_t i = 0; i < rows->n; i++)
		put_cell(&out, &rows->items[i]);
	str_adds(&out, "</table>\n");
	if (t->asking[0] != '\0') {
		str_adds(&out, "<p>");
		put_html(&out, t->asking);
		str_adds(&out, "</p>\n<p>");
		for (size_t i = 0; i < 3; i++)
			str_addf(&out, "<a href=\"%s\" style=\"display:"
			    "inline-block;padding:8px 14px;margin:0 8px 8px 0;"
			    "border:1px solid;border-radius:4px\">%s</a>\n",
			    mailto(a, rev, answers[i].word),
			    answers[i].label);
		str_adds(&out, "</p>\n<p>You can also answer in your calendar,"
		    " or reply with one word: ACCEPT, MAYBE or DECLINE.</p>\n");
	}
	str_adds(&out, "</body></html>\n");
	text = str_dup(a, &out);
	str_done(&out);
	return text;
}

static void
set_tone(struct arena *a, const struct meeting_rev *rev,
    const struct meeting_rev *old, const struct list_settings *l,
    struct tone *t)
{
	t->changes = t->asking = "";
	if (strcmp(rev->status, "cancelled") == 0) {
		t->prefix = "Cancelled";
		t->opening = arena_printf(a, "This meeting of %s is cancelled."
		    " Please remove it from your calendar if that does not "
		    "happen by itself.", l->title);
	} else if (old == NULL) {
		t->prefix = "Invitation";
		t->opening = arena_printf(a, "%s invites you to this meeting.",
		    l->title);
		t->asking = "Will you take part?";
	} else {
		t->prefix = "Changed";
		t->opening = arena_printf(a, "A meeting of %s has changed.",
		    l->title);
		t->changes = meet_diff(a, old, rev);
		t->asking = meet_is_major(old, rev) ? "Please answer again, "
		    "even if you have answered before: will you take part?" :
		    "Your answer stays valid. You can change it:";
	}
}

void
meet_invitation(struct arena *a, const struct meeting_rev *rev,
    const struct meeting_rev *old, const struct list_settings *l,
    struct meet_text *out)
{
	struct rows rows = { .arena = a };
	struct tone t;

	set_tone(a, rev, old, l, &t);
	t.changes = utf8_clean(a, span_of(t.changes));
	collect(&rows, rev, l);
	out->subject = utf8_line(a, span_of(arena_printf(a, "%s: %s, %s%s%s%s",
	    t.prefix, rev->title, meet_when_short(a, rev),
	    rev->key[0] != '\0' ? " (" : "", rev->key,
	    rev->key[0] != '\0' ? ")" : "")));
	out->plain = plain(a, &t, &rows, rev);
	out->html = html(a, &t, &rows, rev);
}
