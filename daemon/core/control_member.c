/* SPDX-License-Identifier: ISC */
/*
 * jcadctl member: list, add, remove, import. Import takes CSV with a header
 * line (comma or semicolon), all or nothing, errors with their line.
 */
#include "core/control.h"

#include <string.h>
#include <strings.h>
#include "base/file.h"
#include "base/log.h"
#include "base/utf8.h"
#include "list/list.h"
#include "mail/address.h"

#define IMPORT_MAX ((size_t)64 * 1024 * 1024)
#define IMPORT_ERRORS 20

static int
send_member(struct control *ctl, const struct member *m, struct err *err)
{
	struct json *j = control_row(ctl);

	json_int(j, "id", m->id);
	json_str(j, "list", m->list);
	json_str(j, "address", m->addr);
	json_str(j, "name", m->name);
	json_str(j, "state", member_state_name(m->state));
	json_str(j, "category", m->n_seats > 0 ? m->seats[0].category : "");
	json_str(j, "body", m->n_seats > 0 ? m->seats[0].body : "");
	json_str(j, "role", m->n_seats > 0 ? m->seats[0].role : "");
	json_bool(j, "mail", m->mail_on);
	json_array(j, "seats");
	for (size_t i = 0; i < m->n_seats; i++) {
		json_object(j, NULL);
		json_str(j, "category", m->seats[i].category);
		json_str(j, "body", m->seats[i].body);
		json_str(j, "role", m->seats[i].role);
		json_int(j, "since", m->seats[i].since_at);
		json_end_object(j);
	}
	json_end_array(j);
	return control_send(ctl, err);
}

static int
list_state(struct control *ctl, const struct list_settings *l,
    enum member_state state, size_t *total, struct err *err)
{
	int64_t after = 0;
	struct member *m;
	size_t n;

	do {
		if (store_members(ctl->core->store, ctl->arena, l->name,
		    state, after, 500, &m, &n, err) < 0)
			return -1;
		for (size_t i = 0; i < n; i++)
			if (send_member(ctl, &m[i], err) < 0)
				return -1;
		*total += n;
		if (n > 0)
			after = m[n - 1].id;
	} while (n == 500);
	return 0;
}

int
control_member_list(struct control *ctl, struct err *err)
{
	const char *state = control_option(ctl, "state");
	const struct list_settings *l;
	size_t n = 0;
	bool used;

	if (control_list(ctl, 0, &l, &used, err) < 0)
		return -1;
	if (strcmp(state, "active") != 0 &&
	    list_state(ctl, l, MEMBER_PENDING, &n, err) < 0)
		return -1;
	if (strcmp(state, "pending") != 0 &&
	    list_state(ctl, l, MEMBER_ACTIVE, &n, err) < 0)
		return -1;
	ctl->done = arena_printf(ctl->arena, "%zu members", n);
	return 0;
}

static int
make_snapshot(struct control *ctl, const struct list_settings *l,
    const char *addr_key, struct snapshot *s, struct err *err)
{
	struct member *m = arena_alloc(ctl->arena, sizeof(*m));

	memset(s, 0, sizeof(*s));
	s->settings = ctl->core->settings;
	s->list = l;
	s->route.list = l;
	s->route.token = "";
	s->envelope_from = s->mail_file_sha256 = "";
	s->now = ev_now(ctl->core->ev);
	if (store_member_by_addr(ctl->core->store, ctl->arena, l->name,
	    addr_key, m, err) == 0)
		s->sender = m;
	else if (err->kind != ERR_NOTFOUND)
		return -1;
	return snapshot_moderators(ctl->core, ctl->arena, s, err);
}

int
control_member_add(struct control *ctl, struct err *err)
{
	const struct list_settings *l;
	struct actions actions = { .arena = ctl->arena };
	struct snapshot s;
	struct seat seat = { .evidence = "", .role = "representative" };
	struct member m = { .mail_on = true, .token = "", .seats = &seat,
		.n_seats = 1, .state = MEMBER_ACTIVE };
	bool used;

	if (control_list(ctl, 0, &l, &used, err) < 0)
		return -1;
	m.list = l->name;
	m.addr = control_arg(ctl, used);
	m.key = address_key(ctl->arena, m.addr);
	m.name = control_option(ctl, "name");
	m.lang = control_option(ctl, "lang");
	m.zone = control_option(ctl, "zone");
	seat.category = control_option(ctl, "category");
	seat.body = control_option(ctl, "body");
	if (control_option(ctl, "role")[0] != '\0')
		seat.role = control_option(ctl, "role");
	seat.since_at = ev_now(ctl->core->ev);
	if (make_snapshot(ctl, l, m.key, &s, err) < 0 ||
	    list_member_add(&s, &m, control_who(ctl), &actions, err) < 0)
		return -1;
	ctl->done = arena_printf(ctl->arena, "%s is a member of %s", m.addr,
	    l->name);
	return control_apply(ctl, &s, NULL, &actions, err);
}

int
control_member_remove(struct control *ctl, struct err *err)
{
	const struct list_settings *l;
	struct actions actions = { .arena = ctl->arena };
	struct snapshot s;
	const char *addr;
	bool used;

	if (control_list(ctl, 0, &l, &used, err) < 0)
		return -1;
	addr = control_arg(ctl, used);
	if (make_snapshot(ctl, l, address_key(ctl->arena, addr), &s,
	    err) < 0)
		return -1;
	if (s.sender == NULL)
		return err_set(err, ERR_NOTFOUND, "%s is no member of %s",
		    addr, l->name);
	if (list_member_remove(&s, s.sender, control_who(ctl), &actions,
	    err) < 0)
		return -1;
	ctl->done = arena_printf(ctl->arena, "%s is no longer a member of %s",
	    addr, l->name);
	return control_apply(ctl, &s, NULL, &actions, err);
}

/* --- import --- */

enum column { COL_ADDRESS, COL_NAME, COL_CATEGORY, COL_BODY, COL_ROLE,
	COL_ZONE, COL_LANG, N_COLUMNS };

static const char *const column_names[N_COLUMNS] = { "address", "name",
	"category", "body", "role", "zone", "lang" };

struct import {
	struct control *ctl;
	struct arena *arena;	/* of one line */
	const struct list_settings *list;
	struct span text;
	char separator;
	size_t line;
	int place[N_COLUMNS];	/* index of the field, or -1 */
	size_t n_fields;
	size_t added, seats, n_errors;
	struct str errors;
};

/* One CSV field (RFC 4180), quotes undone, in the arena. */
static const char *
next_field(struct import *im, struct span *line)
{
	struct str out = STR_EMPTY;
	const char *field;
	size_t i = 0;
	bool quoted = line->n > 0 && line->p[0] == '"';

	if (!quoted) {
		struct span f = span_trim(span_cut(line, im->separator));

		return arena_strndup(im->arena, f.p, f.n);
	}
	for (i = 1; i < line->n; i++) {
		if (line->p[i] == '"' && (i + 1 >= line->n ||
		    line->p[i + 1] != '"'))
			break;
		i += line->p[i] == '"';
		str_addc(&out, line->p[i]);
	}
	*line = span_sub(*line, i + 1, line->n);
	(void)span_cut(line, im->separator);
	field = str_dup(im->arena, &out);
	str_done(&out);
	return field;
}

static void
complain(struct import *im, const char *text)
{
	if (im->n_errors++ < IMPORT_ERRORS)
		str_addf(&im->errors, "line %zu: %s\n", im->line, text);
}

static int
read_header(struct import *im, struct span line, struct err *err)
{
	im->separator = span_find(line, ';') < line.n ? ';' : ',';
	for (int i = 0; i < N_COLUMNS; i++)
		im->place[i] = -1;
	for (int at = 0; line.p != NULL && line.n > 0; at++) {
		const char *name = next_field(im, &line);
		bool known = false;

		for (int i = 0; i < N_COLUMNS; i++)
			if (strcasecmp(name, column_names[i]) == 0) {
				im->place[i] = at;
				known = true;
			}
		if (!known)
			return err_set(err, ERR_BADINPUT, "line 1: unknown "
			    "column \"%s\"; known are address, name, "
			    "category, body, role, zone, lang", name);
	}
	if (im->place[COL_ADDRESS] < 0 || im->place[COL_CATEGORY] < 0)
		return err_set(err, ERR_BADINPUT, "line 1: the header must "
		    "name at least the columns address and category");
	return 0;
}

static void
read_row(struct import *im, struct span line, const char *out[N_COLUMNS])
{
	const char *fields[32];
	int n = 0;

	while (n < 32 && line.p != NULL)
		fields[n++] = next_field(im, &line);
	for (int i = 0; i < N_COLUMNS; i++)
		out[i] = im->place[i] >= 0 && im->place[i] < n ?
		    fields[im->place[i]] : "";
}

/* Check one row against the settings; NULL, or what is wrong. */
static const char *
check_row(struct import *im, const char *row[N_COLUMNS], const char **addr,
    struct seat *seat)
{
	struct arena *a = im->arena;
	const struct category *cat = settings_category(im->list,
	    row[COL_CATEGORY]);
	const struct body *body = settings_body(im->list, row[COL_BODY]);
	struct err err = { 0 };

	if (address_parse(a, span_of(row[COL_ADDRESS]), addr, &err) < 0)
		return arena_printf(a, "address \"%s\": %s",
		    row[COL_ADDRESS], err.text);
	if (cat == NULL)
		return arena_printf(a, "category \"%s\" is not in the "
		    "settings", row[COL_CATEGORY]);
	if (row[COL_BODY][0] != '\0' && body == NULL)
		return arena_printf(a, "body \"%s\" is not in the settings",
		    row[COL_BODY]);
	seat->category = cat->name;
	seat->body = body != NULL ? body->name : "";
	seat->role = row[COL_ROLE][0] != '\0' ? row[COL_ROLE] :
	    "representative";
	seat->evidence = "";
	seat->since_at = ev_now(im->ctl->core->ev);
	return NULL;
}

static bool
has_seat(const struct member *m, const struct seat *seat)
{
	for (size_t i = 0; i < m->n_seats; i++)
		if (strcasecmp(m->seats[i].category, seat->category) == 0 &&
		    strcasecmp(m->seats[i].body, seat->body) == 0 &&
		    strcasecmp(m->seats[i].role, seat->role) == 0)
			return true;
	return false;
}

/* The same address again is one more seat of the same person; the same line
 * again is nothing new. */
static int
add_seat(struct import *im, struct member *m, const struct seat *seat,
    int64_t *id, struct err *err)
{
	struct seat *seats = arena_array(im->arena, m->n_seats + 1,
	    sizeof(*seats));

	memcpy(seats, m->seats, m->n_seats * sizeof(*seats));
	seats[m->n_seats] = *seat;
	m->seats = seats;
	m->n_seats++;
	return store_member_save(im->ctl->core->store, m, id, err);
}

static int
import_row(struct import *im, const char *row[N_COLUMNS], struct err *err)
{
	struct control *ctl = im->ctl;
	struct seat seat = { 0 };
	struct member m = { .list = im->list->name, .mail_on = true,
		.state = MEMBER_ACTIVE, .seats = &seat, .n_seats = 1,
		.lang = row[COL_LANG], .zone = row[COL_ZONE] };
	struct member old;
	const char *wrong = check_row(im, row, &m.addr, &seat);
	int64_t id;

	if (wrong != NULL) {
		complain(im, wrong);
		return 0;
	}
	m.key = address_key(im->arena, m.addr);
	m.name = utf8_line(im->arena, span_of(row[COL_NAME]));
	m.since_at = seat.since_at;
	if (store_member_by_addr(ctl->core->store, im->arena, m.list, m.key,
	    &old, err) == 0) {
		if (has_seat(&old, &seat))
			return 0;
		im->seats++;
		return add_seat(im, &old, &seat, &id, err);
	}
	if (err->kind != ERR_NOTFOUND)
		return -1;
	m.token = ident_member_token(ctl->core, im->arena, m.list, m.key);
	im->added++;
	return store_member_save(ctl->core->store, &m, &id, err);
}

static int
import_rows(struct import *im, struct err *err)
{
	const char *row[N_COLUMNS];

	while (im->text.p != NULL && im->text.n > 0) {
		struct span line = span_line(&im->text);

		arena_reset(im->arena);
		im->line++;
		if (im->line == 1) {
			if (span_has_prefix(line, "\xef\xbb\xbf"))
				line = span_sub(line, 3, line.n);
			if (read_header(im, line, err) < 0)
				return -1;
			continue;
		}
		if (span_trim(line).n == 0)
			continue;
		if (!utf8_is_valid(line)) {
			complain(im, "is not UTF-8");
			continue;
		}
		read_row(im, line, row);
		if (import_row(im, row, err) < 0)
			return -1;
	}
	if (im->n_errors > 0)
		return err_set(err, ERR_BADINPUT, "Nothing was imported, "
		    "%zu lines are wrong:\n%s", im->n_errors,
		    str_get(&im->errors));
	return 0;
}

int
control_member_import(struct control *ctl, struct err *err)
{
	struct import im = { .ctl = ctl, .errors = STR_EMPTY };
	struct core *c = ctl->core;
	bool used;
	int rc;

	if (control_list(ctl, 0, &im.list, &used, err) < 0)
		return -1;
	if (ctl->fd < 0)
		return err_set(err, ERR_BADINPUT, "Name the CSV file");
	if (file_read_fd(ctl->arena, ctl->fd, IMPORT_MAX, &im.text, err) < 0 ||
	    core_savepoint(c, err) < 0)
		return -1;
	im.arena = arena_new();
	rc = import_rows(&im, err);
	arena_free(im.arena);
	if (rc == 0)
		rc = store_audit_add(c->store, ev_now(c->ev),
		    control_who(ctl), "member-import", im.list->name,
		    log_num((int64_t)im.added), err);
	str_done(&im.errors);
	if (rc < 0) {
		core_undo(c);
		return -1;
	}
	ctl->done = arena_printf(ctl->arena, "%zu members added, %zu more "
	    "seats for members", im.added, im.seats);
	return core_release(c, err);
}
