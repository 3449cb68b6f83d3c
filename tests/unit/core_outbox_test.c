/* SPDX-License-Identifier: ISC */
/* Events for plugins: one at a time, again after a failure, and a plugin that
 * hangs is ended. */
#include "tests/unit/core_fixture.h"

static struct plugin_settings plugins[] = {
	{ .name = "feed", .file = "feed.so" },
};

/* What the plugin's host and the master saw. */
static struct {
	struct link *host, *master;
	int64_t event;		/* the last one */
	unsigned int events, kills;
	bool answer;		/* OK at once */
} seen;

static void
on_event(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct fix *f = arg;
	struct event e;
	struct dec d;
	struct ack ack = { .plugin = "feed", .answer = EVENT_OK,
		.reason = "" };

	(void)fd;
	assert_int_equal(type, MSG_EVENT);
	dec_init(&d, f->a, body);
	wire_get_event(&d, &e);
	assert_true(dec_end(&d));
	seen.event = ack.id = e.id;
	seen.events++;
	if (seen.answer)
		assert_int_equal(LINK_PUT(link, MSG_ACK, ack, &ack, -1,
		    &f->err), 0);
}

static void
on_kill(void *arg, struct link *link, uint32_t type, struct span body,
    int *fd)
{
	struct fix *f = arg;
	struct kill k;
	struct dec d;

	(void)link, (void)fd;
	assert_int_equal(type, MSG_KILL);
	dec_init(&d, f->a, body);
	wire_get_kill(&d, &k);
	assert_string_equal(k.role, "plughost");
	seen.kills++;
}

static const struct link_ops host_ops = { on_event, fix_closed };
static const struct link_ops master_ops = { on_kill, fix_closed };

static struct fix *
open_with_plugin(bool answer)
{
	struct fix *f = fix_open();

	fix_stop(f);
	f->settings->plugins = plugins;
	f->settings->n_plugins = 1;
	f->settings->plugin_timeout_s = 30;
	fix_start(f);
	memset(&seen, 0, sizeof(seen));
	seen.answer = answer;
	fix_join(f, "master", 0, &master_ops, &seen.master);
	fix_join(f, "plughost", 0, &host_ops, &seen.host);
	fix_settle(f);
	fix_offer(f, "jca-qkdn@lists.itu-t.example",
	    "From: Gul <gul@vendor-g.example>\r\nSubject: One\r\n"
	    "Message-ID: <1@vendor-g.example>\r\n"
	    "Date: Mon, 11 Jan 2027 08:00:00 +0000\r\n\r\ntext\r\n");
	fix_settle(f);
	return f;
}

static void
test_answered(void **state)
{
	struct fix *f = open_with_plugin(true);

	(void)state;
	assert_int_equal(seen.events, 1);
	ev_advance(f->ev, 3600 * 1000);
	assert_int_equal(seen.events, 1);
	assert_int_equal(seen.kills, 0);
	fix_ctl(f, "plugin list", "\"state\":\"idle\"");
	fix_close(f);
}

static void
test_hangs(void **state)
{
	struct fix *f = open_with_plugin(false);

	(void)state;
	assert_int_equal(seen.events, 1);
	ev_advance(f->ev, 29 * 1000);
	assert_int_equal(seen.kills, 0);
	ev_advance(f->ev, 3 * 1000);
	assert_int_equal(seen.kills, 1);
	/* The master ends it and starts it anew: the event comes again. */
	link_free(seen.host);
	fix_settle(f);
	fix_ctl(f, "plugin list", "\"failures\":1");
	seen.answer = true;
	fix_join(f, "plughost", 0, &host_ops, &seen.host);
	ev_advance(f->ev, 10 * 1000);
	assert_int_equal(seen.events, 2);
	fix_ctl(f, "plugin list", "\"state\":\"idle\"");
	fix_ctl(f, "plugin list", "\"failures\":0");
	fix_close(f);
}

static void
test_replay(void **state)
{
	struct fix *f = open_with_plugin(true);

	(void)state;
	fix_ctl(f, "plugin replay feed", "again");
	fix_settle(f);
	assert_int_equal(seen.events, 2);
	fix_close(f);
}

static const struct CMUnitTest tests[] = {
	{ "an event that is answered comes once", test_answered, NULL, NULL,
		NULL },
	{ "a plugin that hangs is ended and asked again", test_hangs, NULL,
		NULL, NULL },
	{ "a replay gives all events again", test_replay, NULL, NULL, NULL },
};

int
main(void)
{
	return test_exit(cmocka_run_group_tests_name("core outbox", tests,
	    NULL, NULL));
}
