/* SPDX-License-Identifier: ISC */
/* Commands by mail: who gets which answer, and what is never answered. */
#include "tests/unit/list_fixture.h"

#define SUB .verb = ROUTE_SUBSCRIBE
#define REQ .verb = ROUTE_REQUEST
#define UNSUB .verb = ROUTE_UNSUBSCRIBE
#define EVE .from = "eve@lab-e.example"
#define NEW .from = "new@telco-y.example"

static const struct row rows[] = {
	/* subscribe */
	{ "a request with a body is asked to confirm", SUB, NEW,
	    "subscribe body=SG13", "", "confirm-subscribe>new",
	    .has = "SG13, category itu-t-sg (ITU-T study groups)" },
	{ "the question can be answered by reply", SUB, NEW, "", "body=SG13",
	    "confirm-subscribe>new", .has = "Reply-Var: confirm_address" },
	{ "the token holds the request", SUB, NEW, "",
	    "category=itu-t-sg body=SG13 name=Finn Dummy",
	    "confirm-subscribe>new", .has = "(subscribe category=itu-t-sg;"
	    "body=SG13;name=Finn Dummy;addr=new@telco-y.example )" },
	{ "a request on several lines in form style is understood", SUB, NEW,
	    "", "Category: itu-t-sg\nBody: sg 13\nName: Finn Dummy",
	    "confirm-subscribe>new", .has = "body=SG13;name=Finn Dummy" },
	{ "an alias of a body is understood", SUB, NEW, "",
	    "body=\"Study Group 13\"", "confirm-subscribe>new",
	    .has = "body=SG13;" },
	{ "blanks around the equals sign do not matter", SUB, NEW,
	    "subscribe body = sg13", "", "confirm-subscribe>new" },
	{ "an empty mail is answered with the choices", SUB, NEW, "", "",
	    "subscribe-choose>new", .has = "  external (External bodies):\n"
	    "      ETSI ISG QKD" },
	{ "an unknown body is answered with the choices", SUB, NEW, "",
	    "body=SG99", "subscribe-choose>new",
	    .has = "There is no body \"SG99\"" },
	{ "an unknown category is answered with the choices", SUB, NEW, "",
	    "category=kings", "subscribe-choose>new",
	    .has = "There is no category \"kings\"" },
	{ "an unknown body cannot plant a link", SUB, NEW, "",
	    "body=http://evil.example/x", "subscribe-choose>new",
	    .has_not = "evil.example" },
	{ "a category with bodies needs one", SUB, NEW, "",
	    "category=external", "subscribe-choose>new",
	    .has = "names no body" },
	{ "a category without bodies needs none", SUB, NEW, "",
	    "category=expert", "confirm-subscribe>new" },
	{ "the display name is not echoed in the question", SUB, NEW, "",
	    "body=SG13 name=Buy pills now", "confirm-subscribe>new",
	    .has_not = "pills", .from_name = "Cheap pills" },
	{ "a member who asks again is told so", SUB, EVE, "", "body=SG13",
	    "already-member>eve", .has = "SG11, category itu-t-sg" },
	{ "who waits may ask again for another seat", SUB,
	    .from = "pia@pending.example", .subject = "", .text = "body=SG13",
	    .want = "confirm-subscribe>pia" },
	{ "the daily limit ends in silence", SUB, NEW, "", "body=SG13",
	    "ignore", .confirms = 3, .has = "today" },
	{ "one below the limit is served", SUB, NEW, "", "body=SG13",
	    "confirm-subscribe>new", .confirms = 2 },
	{ "even proof does not lift the limit", SUB, NEW, "", "body=SG13",
	    "ignore", .confirms = 3,
	    .auth = "mx; dkim=pass header.d=telco-y.example" },
	{ "nobody subscribes somebody else", SUB, NEW, "",
	    "body=SG13 address=victim@media-n.example", "results>new",
	    .has = "from the address that is to become a member" },
	{ "the own address as argument is fine", SUB, NEW, "",
	    "body=SG13 address=New@telco-y.example", "confirm-subscribe>new" },
	{ "an automatic request is ignored", SUB, NEW, "", "body=SG13",
	    "ignore", .auto_submitted = "auto-generated" },
	{ "a request with a null sender is ignored", SUB, NEW, "",
	    "body=SG13", "ignore", .envelope = "" },
	{ "a request through another list is ignored", SUB, NEW, "",
	    "body=SG13", "ignore", .list_id = "<x.y.example>" },
	{ "a request from our own address is ignored", SUB,
	    .from = LIST_ADDR, .subject = "", .text = "body=SG13",
	    .want = "ignore", .has = "one of our own" },
	{ "a request from a command address is ignored", SUB,
	    .from = "jca-qkdn-subscribe@lists.itu-t.example", .subject = "",
	    .text = "body=SG13", .want = "ignore" },
	{ "a request from a mailer daemon is ignored", SUB,
	    .from = "MAILER-DAEMON@x.example", .subject = "",
	    .text = "body=SG13", .want = "ignore" },
	{ "two From addresses are not answered", SUB, NEW, "", "body=SG13",
	    "ignore", .n_from = 2 },
	{ "a list without categories asks without a seat", SUB, NEW, "", "",
	    "confirm-subscribe>new", .no_categories = true },
	{ "the free words of other list managers are a name", REQ, NEW,
	    "SUBSCRIBE jca-qkdn Finn Dummy body=SG13", "",
	    "confirm-subscribe>new", .has = "name=Finn Dummy;" },

	/* unsubscribe */
	{ "a member who leaves is asked at the address on file", UNSUB, EVE,
	    "", "", "confirm-unsubscribe>eve", .has = "(unsubscribe 6 )" },
	{ "a proven member leaves at once", UNSUB, EVE, "", "",
	    "end(6), goodbye>eve", .auth = PROOF },
	{ "a pass for another domain is no proof", UNSUB, EVE, "", "",
	    "confirm-unsubscribe>eve",
	    .auth = "mx; dkim=pass header.d=evil.example" },
	{ "a pass inside a comment is no proof", UNSUB, EVE, "", "",
	    "confirm-unsubscribe>eve", .auth = "mx; dkim=fail (dkim=pass "
	    "header.d=lab-e.example; dmarc=pass)" },
	{ "a stranger who leaves gets an answer too", UNSUB, NEW, "", "",
	    "unsubscribe-unknown>new" },
	{ "who waits may withdraw", UNSUB, .from = "pia@pending.example",
	    .subject = "", .text = "", .want = "confirm-unsubscribe>pia" },
	{ "the daily limit holds for leaving", UNSUB, EVE, "", "", "ignore",
	    .confirms = 3 },
	{ "nobody unsubscribes somebody else", REQ, EVE, "",
	    "unsubscribe wim@isgqkd.example", "results>eve",
	    .has = "Only the address itself can leave" },
	{ "an automatic wish to leave is ignored", UNSUB, EVE, "", "",
	    "ignore", .auto_submitted = "auto-replied" },

	/* words */
	{ "join is subscribe", REQ, NEW, "join body=SG13", "",
	    "confirm-subscribe>new" },
	{ "sub is subscribe", REQ, NEW, "", "sub body=SG13",
	    "confirm-subscribe>new" },
	{ "three letters are enough", REQ, EVE, "", "uns",
	    "confirm-unsubscribe>eve" },
	{ "two letters are not", REQ, EVE, "", "un", "unknown-command>eve" },
	{ "leave, signoff and remove are the same", REQ, EVE, "signoff",
	    "leave\nremove", "confirm-unsubscribe>eve" },
	{ "a Chinese word is a command", REQ, EVE, "",
	    "\xE9\x80\x80\xE8\xAE\xA2", "confirm-unsubscribe>eve" },
	{ "capitals and a full stop do not matter", REQ, EVE, "", "HELP.",
	    "help>eve" },
	{ "Re: before a command does not matter", REQ, EVE, "Re: help", "",
	    "help>eve" },
	{ "AW: and SV: before a command do not matter", REQ, EVE,
	    "AW: SV: Re[2]: help", "", "help>eve" },
	{ "a Chinese reply mark does not matter", REQ, EVE,
	    "\xE5\x9B\x9E\xE5\xA4\x8D\xEF\xBC\x9Ahelp", "", "help>eve" },
	{ "a signature is no command", REQ, EVE, "", "help\n-- \nwho",
	    "help>eve" },
	{ "quoted lines are no commands", REQ, EVE, "", "> unsubscribe\nhelp",
	    "help>eve" },
	{ "a greeting below the commands is no error", REQ, EVE, "",
	    "help\n\nBest regards, Eve", "help>eve" },
	{ "the text below a subject command is no error", REQ, EVE, "help",
	    "Dear list master, how are you?", "help>eve" },
	{ "end stops the commands", REQ, EVE, "", "help\nend\nunsubscribe",
	    "help>eve" },
	{ "the same command twice is done once", REQ, EVE, "help", "help",
	    "help>eve" },

	/* several, and unknown ones */
	{ "two commands give one result mail", REQ, EVE, "", "help\nwho",
	    "results>eve", .has = "Wim Model <wim@isgqkd.example>" },
	{ "a line that is no command stops the rest", REQ, EVE, "",
	    "help\nset digest on\nunsubscribe", "results>eve",
	    .has = "> set digest on\nThis is no command." },
	{ "at most ten commands are done", REQ, EVE, "",
	    "help\nhelp 1\nhelp 2\nhelp 3\nhelp 4\nhelp 5\nhelp 6\nhelp 7\n"
	    "help 8\nhelp 9\nhelp 10\nhelp 11", "results>eve",
	    .has = "Only the first 10" },
	{ "only one confirmation leaves for a mail", REQ, NEW, "",
	    "subscribe body=SG13\nsubscribe body=SG11\nunsubscribe",
	    "confirm-subscribe>new, results>new",
	    .has = "Only one request" },
	{ "an unknown command is answered with the commands", REQ, NEW, "",
	    "Good morning", "unknown-command>new", .has = "  Good morning\n" },
	{ "an unknown line cannot plant a link", REQ, NEW, "",
	    "see https://evil.example/a?b now", "unknown-command>new",
	    .has = "see https___evil_example_a?b now" },
	{ "a long unknown line is cut", REQ, NEW, "",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "BBBB", "unknown-command>new", .has_not = "BBBB" },
	{ "an empty mail to -request is answered", REQ, NEW, "", "",
	    "unknown-command>new" },
	{ "an unknown command of a flooded address is ignored", REQ, NEW, "",
	    "Good morning", "ignore", .confirms = 3 },
	{ "a bounce to -request is ignored", REQ,
	    .from = "postmaster@x.example", .subject = "help", .text = "",
	    .want = "ignore", .envelope = "" },
	{ "a vacation notice to -request is ignored", REQ, EVE,
	    "Automatic reply: help", "help", "ignore" },
	{ "the answer names the mail that it answers", .verb = ROUTE_HELP,
	    EVE, "", "", "help>eve",
	    .has = "In-Reply-To: <1@lab-e.example>" },
	{ "a Message-ID that is a text is not repeated", .verb = ROUTE_HELP,
	    EVE, "", "", "help>eve", .message_id = "<Buy now@x.example>",
	    .has = "In-Reply-To: \n" },
	{ "a mail without Message-ID is answered", .verb = ROUTE_HELP, EVE,
	    "", "", "help>eve", .message_id = "" },

	/* help and who */
	{ "-help is answered with the own addresses", .verb = ROUTE_HELP, NEW,
	    "", "", "help>new", .has = "subscribe body=SG11 name=Your Name" },
	{ "-who is for members", .verb = ROUTE_WHO, EVE, "", "", "who>eve",
	    .has = "SG11, category itu-t-sg (ITU-T study groups)\n"
	    "  Eve Mockup <eve@lab-e.example>, representative" },
	{ "who does not show those who wait", .verb = ROUTE_WHO, EVE, "", "",
	    "who>eve", .has_not = "pia@" },
	{ "-who refuses strangers", .verb = ROUTE_WHO, NEW, "", "",
	    "who-refused>new", .has_not = "wim@" },
	{ "-who refuses those who wait", .verb = ROUTE_WHO,
	    .from = "pia@pending.example", .subject = "", .text = "",
	    .want = "who-refused>pia" },
	{ "who among other commands refuses strangers", REQ, NEW, "",
	    "help\nwho", "results>new", .has_not = "wim@" },

	/* the other addresses */
	{ "-owner goes to the moderators", .verb = ROUTE_OWNER, NEW, "Q", "?",
	    "forward" },
	{ "a machine's mail to -owner goes to the moderators",
	    .verb = ROUTE_OWNER, NEW, "Report", "x", "forward",
	    .auto_submitted = "auto-generated" },
	{ "a vacation notice to -owner is ignored", .verb = ROUTE_OWNER, EVE,
	    "Re: x", "x", "ignore", .auto_submitted = "auto-replied" },
	{ "a bounce to -owner is ignored", .verb = ROUTE_OWNER, EVE, "x", "x",
	    "ignore", .envelope = "" },
	{ "a loop to -owner is ignored", .verb = ROUTE_OWNER, EVE, "x", "x",
	    "ignore", .list_id = "<jca-qkdn.lists.itu-t.example>" },
	{ "a bounce of a member is recorded", .verb = ROUTE_BOUNCES,
	    .from = "mailer-daemon@x.example", .subject = "Failure",
	    .text = "", .envelope = "", .dsn = "failed", .verp = true,
	    .want = "bounce(6)", .has = "5.1.1 550 no such user" },
	{ "a delay of a member is no bounce", .verb = ROUTE_BOUNCES,
	    .from = "mailer-daemon@x.example", .subject = "Delayed",
	    .text = "", .envelope = "", .dsn = "delayed", .verp = true,
	    .want = "ignore" },
	{ "a bounce without status is recorded as unclear",
	    .verb = ROUTE_BOUNCES, .from = "mailer-daemon@x.example",
	    .subject = "Undeliverable: post", .text = "", .envelope = "",
	    .verp = true, .want = "bounce(6)", .has = "4.0.0 no status" },
	{ "a vacation notice to the bounce address is ignored",
	    .verb = ROUTE_BOUNCES, EVE, "I am away", "x", "ignore",
	    .verp = true, .auto_submitted = "auto-replied" },
	{ "a bounce that names nobody is ignored", .verb = ROUTE_BOUNCES,
	    .from = "mailer-daemon@x.example", .subject = "Failure",
	    .text = "", .envelope = "", .dsn = "failed", .want = "ignore" },
	{ "-report is not in use", .verb = ROUTE_REPORT, EVE, "x", "x",
	    "reject", .has = "5.1.1 The address jca-qkdn-report@" },
	{ "an author relay is not in use", .verb = ROUTE_AUTHOR, EVE, "x",
	    "x", "reject", .has = "not in use" },
};

/* ---- a request inside a token ---- */

static const struct { const char *name, *value; } packed[] = {
	{ "plain words", "Finn Dummy" },
	{ "marks of the form itself", "a;b=c%d%20e" },
	{ "foreign letters", "G\xC3\xBCl \xC3\x96rnek" },
	{ "control characters", "a\tb\nc\x7F" },
	{ "nothing", "" },
};

static void
packs(void **state)
{
	const char *value = ((const char *const *)*state)[1];
	struct list_request in = { "itu-t-sg", value, value, "a@b.example" };
	struct list_request got;
	struct arena *a = arena_new();

	list_seat_unpack(a, list_seat_pack(a, &in), &got);
	assert_string_equal(got.category, in.category);
	assert_string_equal(got.body, value);
	assert_string_equal(got.name, value);
	assert_string_equal(got.addr, in.addr);
	arena_free(a);
}

/* ---- what a mail needs loaded ---- */

struct needs_row {
	const char *name;
	enum route_verb verb;
	const char *subject, *text;
	const char *token, *body;
	bool members;
};

static const struct needs_row needs_rows[] = {
	{ "a post needs nothing", ROUTE_POST, "who", "who", "", "", false },
	{ "-who needs the members", ROUTE_WHO, "", "", "", "", true },
	{ "a who command needs the members", ROUTE_REQUEST, "", "help\nwho",
	    "", "", true },
	{ "a confirm command needs its token in lower case", ROUTE_REQUEST,
	    "confirm ABC234", "", "abc234", "", false },
	{ "a token may be given as the whole address", ROUTE_CONFIRM, "",
	    "confirm <jca-qkdn-confirm-abc234@lists.itu-t.example>",
	    "abc234", "", false },
	{ "the first of two tokens counts", ROUTE_REQUEST, "",
	    "confirm aaa\nconfirm bbb", "aaa", "", false },
	{ "a subscription needs its body by its own name", ROUTE_SUBSCRIBE,
	    "", "body=study group 13", "", "SG13", false },
	{ "an unknown body needs nothing", ROUTE_SUBSCRIBE, "", "body=SG99",
	    "", "", false },
	{ "an announcement is not read as commands", ROUTE_ANNOUNCE, "who",
	    "who", "", "", false },
};

static void
needs(void **state)
{
	const struct needs_row *r = *state;
	const struct row mail = { .verb = r->verb, .subject = r->subject,
		.text = r->text };
	struct list_needs got;
	struct fixture f;

	fixture_begin(&f, &mail);
	list_needs(f.arena, &f.digest, &f.snap.route, &got);
	assert_string_equal(got.token, r->token);
	assert_string_equal(got.body, r->body);
	assert_int_equal(got.members, r->members);
	fixture_end(&f);
}

int
main(void)
{
	return test_exit(TEST_ROWS("list_commands", rows, decide_row) +
	    TEST_ROWS("list_seat_pack", packed, packs) +
	    TEST_ROWS("list_needs", needs_rows, needs));
}
