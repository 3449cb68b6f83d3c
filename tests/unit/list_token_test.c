/* SPDX-License-Identifier: ISC */
/* Answers with tokens: confirmations, moderation, admission. */
#include "tests/unit/list_fixture.h"

#define CONF .verb = ROUTE_CONFIRM, .purpose = TOKEN_SUBSCRIBE
#define LEAVE .verb = ROUTE_CONFIRM, .purpose = TOKEN_UNSUBSCRIBE
#define NEW .from = "new@telco-y.example"
#define CLEO .from = "cleo@tsb.example", .actor = "cleo@tsb.example"
#define SG13 .object = "category=itu-t-sg;body=SG13;name=Finn Dummy;" \
	"addr=New@telco-y.example"
#define ETSI .object = "category=external;body=ETSI ISG QKD;name=;addr="
#define HELD_OK_ .verb = ROUTE_OK, .purpose = TOKEN_HELD_OK, CLEO
#define HELD_NO_ .verb = ROUTE_NO, .purpose = TOKEN_HELD_NO, CLEO
#define HELD_MOD_ .verb = ROUTE_MODERATE, .purpose = TOKEN_HELD_MODERATE, CLEO
#define DECIDED "held-decided>cleo, held-decided>dag"
#define ADMITTED "admit-decided>cleo, admit-decided>dag"

static const struct row rows[] = {
	/* joining */
	{ "a confirmed member by right is active", CONF, NEW, SG13,
	    .token = GOOD, .want = "used(subscribed), save(active itu-t-sg "
	    "SG13), welcome>New, joined>cleo, joined>dag",
	    .has = "member Finn Dummy <New@telco-y.example> id 0" },
	{ "an empty reply confirms", CONF, NEW, SG13, .text = "",
	    .subject = "Re: Please confirm", .token = GOOD,
	    .want = "used(subscribed), save(active itu-t-sg SG13), "
	    "welcome>New, joined>cleo, joined>dag" },
	{ "the daily limit does not stop a good token", CONF, NEW, SG13,
	    .token = GOOD, .confirms = 3, .want = "used(subscribed), "
	    "save(active itu-t-sg SG13), welcome>New, joined>cleo, "
	    "joined>dag" },
	{ "a reply from another mailbox subscribes the asked address", CONF,
	    .from = "finn@home.example", .actor = "new@telco-y.example", SG13,
	    .token = GOOD, .want = "used(subscribed), save(active itu-t-sg "
	    "SG13), welcome>New, joined>cleo, joined>dag",
	    .has_not = "home.example" },
	{ "an invited category waits for the secretariat", CONF, NEW, ETSI,
	    .token = GOOD, .want = "used(waiting for the secretariat), "
	    "save(pending external ETSI ISG QKD), waiting>new, "
	    "admit-moderator>cleo, admit-moderator>dag",
	    .has = "come by invitation" },
	{ "the secretariat can answer by reply", CONF, NEW, ETSI,
	    .token = GOOD, .want = "used(waiting for the secretariat), "
	    "save(pending external ETSI ISG QKD), waiting>new, "
	    "admit-moderator>cleo, admit-moderator>dag",
	    .has = "Reply-Var: moderate_address" },
	{ "the name of the confirming mail is taken if none was given", CONF,
	    NEW, ETSI, .token = GOOD, .from_name = "Finn\r\nDummy",
	    .want = "used(waiting for the secretariat), save(pending external"
	    " ETSI ISG QKD), waiting>new, admit-moderator>cleo, "
	    "admit-moderator>dag", .has = "member Finn Dummy <new@" },
	{ "over the quota the secretariat decides", CONF, NEW, SG13,
	    .token = GOOD, .seats = 2, .want = "used(waiting for the "
	    "secretariat), save(pending itu-t-sg SG13), waiting>New, "
	    "admit-moderator>cleo, admit-moderator>dag",
	    .has = "all 2 seats of SG13 are taken" },
	{ "the last seat is given", CONF, NEW, SG13, .token = GOOD,
	    .seats = 1, .want = "used(subscribed), save(active itu-t-sg "
	    "SG13), welcome>New, joined>cleo, joined>dag" },
	{ "an external body gets no seat by right of another category", CONF,
	    NEW, .object = "category=itu-t-sg;body=ETSI ISG QKD",
	    .token = GOOD, .want = "used(waiting for the secretariat), "
	    "save(pending itu-t-sg ETSI ISG QKD), waiting>new, "
	    "admit-moderator>cleo, admit-moderator>dag" },
	{ "who waits keeps the row when the seat changes", CONF,
	    .from = "pia@pending.example", SG13, .token = GOOD,
	    .want = "used(subscribed), save(active itu-t-sg SG13), "
	    "welcome>pia, joined>cleo, joined>dag",
	    .has = "<pia@pending.example> id 41" },
	{ "who has become a member meanwhile is told so", CONF,
	    .from = "eve@lab-e.example", SG13, .token = GOOD,
	    .want = "used(already a member), already-member>eve" },
	{ "a seat that is no more is answered with the choices", CONF, NEW,
	    .object = "category=itu-t-sg;body=SG2", .token = GOOD,
	    .want = "used(the seat does not exist), subscribe-choose>new" },
	{ "No as the first word confirms nothing", CONF, NEW, SG13,
	    .text = "No, I did not ask for this!", .token = GOOD,
	    .want = "used(declined), declined>new" },
	{ "a vacation notice confirms nothing", CONF, NEW, SG13,
	    .token = GOOD, .auto_submitted = "auto-replied",
	    .want = "ignore" },
	{ "a vacation notice known by its subject confirms nothing", CONF,
	    NEW, SG13, .subject = "Automatic reply: Please confirm",
	    .token = GOOD, .want = "ignore" },
	{ "a bounce confirms nothing", CONF, NEW, SG13, .token = GOOD,
	    .envelope = "", .want = "ignore" },
	{ "an unknown token is told", CONF, NEW, .want = "unknown-command>new" },
	{ "a used token tells what was decided and when", CONF, NEW, SG13,
	    .token = USED, .want = "token-used>new",
	    .has = "11 January 2027, 11:00 UTC" },
	{ "an expired token tells the way to ask again", CONF, NEW, SG13,
	    .token = EXPIRED, .want = "token-expired>new",
	    .has = "jca-qkdn-subscribe@lists.itu-t.example" },
	{ "a used token is told to the asked address only", CONF,
	    .from = "thief@evil.example", .actor = "new@telco-y.example",
	    SG13, .token = USED, .want = "token-used>new" },
	{ "a token of another list is unknown", CONF, NEW, SG13,
	    .token = OTHER_LIST, .want = "token-wrong>new" },
	{ "a token of another purpose is unknown", .verb = ROUTE_CONFIRM,
	    NEW, .purpose = TOKEN_HELD_OK, .token = GOOD,
	    .want = "token-wrong>new" },
	{ "an unknown token of a flooded address is ignored", CONF, NEW,
	    SG13, .token = OTHER_LIST, .confirms = 3, .want = "ignore" },
	{ "confirm as a command does the same", .verb = ROUTE_REQUEST,
	    .purpose = TOKEN_SUBSCRIBE, NEW, "confirm abc", "", SG13,
	    .token = GOOD, .want = "used(subscribed), save(active itu-t-sg "
	    "SG13), welcome>New, joined>cleo, joined>dag" },
	{ "two confirm commands in a mail do one", .verb = ROUTE_REQUEST,
	    .purpose = TOKEN_SUBSCRIBE, NEW, "", "confirm abc\nconfirm abd",
	    SG13, .token = GOOD, .want = "used(subscribed), save(active "
	    "itu-t-sg SG13), welcome>New, joined>cleo, joined>dag, "
	    "results>new", .has = "Only one confirmation" },
	{ "a wrong token in a command is told", .verb = ROUTE_REQUEST, NEW,
	    "confirm abc", "", "token-wrong>new" },

	/* leaving */
	{ "a confirmed member leaves", LEAVE,
	    .from = "eve@lab-e.example", .token = GOOD,
	    .want = "used(unsubscribed), end(6), goodbye>eve" },
	{ "No keeps the member", LEAVE,
	    .from = "eve@lab-e.example", .text = "NO!", .token = GOOD,
	    .want = "used(declined), declined>eve" },
	{ "who has left already is told so", LEAVE, .from = "eve@lab-e.example",
	    .token = GOOD, .no_member = true,
	    .want = "used(not a member any more), token-used>eve" },

	/* moderation */
	{ "an empty mail to the ok address approves", HELD_OK_, .token = GOOD,
	    .want = "used(approved), held(17 approved), distribute-held, "
	    DECIDED, .has = "By:        cleo@tsb.example" },
	{ "the author of an approved mail is not written to", HELD_OK_,
	    .token = GOOD, .want = "used(approved), held(17 approved), "
	    "distribute-held, " DECIDED, .has_not = "To: guest" },
	{ "a rejected author gets the moderator's reason", HELD_NO_,
	    .text = "Please send it to SG13.\n\n-- \nCleo", .token = GOOD,
	    .want = "used(rejected), held(17 rejected), "
	    "held-rejected>guest, " DECIDED, .has = "The moderator's reason:"
	    "\n\nPlease send it to SG13.\n" },
	{ "a rejection without words gives no reason", HELD_NO_,
	    .token = GOOD, .want = "used(rejected), held(17 rejected), "
	    "held-rejected>guest, " DECIDED,
	    .has_not = "The moderator's reason" },
	{ "a discarded author is not told", .verb = ROUTE_DROP,
	    .purpose = TOKEN_HELD_DROP, CLEO, .token = GOOD,
	    .want = "used(discarded), held(17 discarded), " DECIDED },
	{ "a reply OK approves", HELD_MOD_, .text = "OK, thanks\n\n> quoted",
	    .token = GOOD, .want = "used(approved), held(17 approved), "
	    "distribute-held, " DECIDED },
	{ "a reply approve in capitals approves", HELD_MOD_,
	    .text = "APPROVE", .token = GOOD, .want = "used(approved), "
	    "held(17 approved), distribute-held, " DECIDED },
	{ "a reply NO with a reason rejects", HELD_MOD_,
	    .text = "No: off topic", .token = GOOD, .want = "used(rejected), "
	    "held(17 rejected), held-rejected>guest, " DECIDED,
	    .has = "\n\noff topic\n" },
	{ "a reason on the next lines is taken too", HELD_MOD_,
	    .text = "reject\noff topic\nfor us", .token = GOOD,
	    .want = "used(rejected), held(17 rejected), "
	    "held-rejected>guest, " DECIDED, .has = "off topic\nfor us\n" },
	{ "a reply DROP discards", HELD_MOD_, .text = "drop", .token = GOOD,
	    .want = "used(discarded), held(17 discarded), " DECIDED },
	{ "a reply in French rejects", HELD_MOD_, .text = "Non", .token = GOOD,
	    .want = "used(rejected), held(17 rejected), "
	    "held-rejected>guest, " DECIDED },
	{ "an empty reply decides nothing", HELD_MOD_, .text = "",
	    .token = GOOD, .want = "not-understood>cleo" },
	{ "the subject of a reply decides nothing", HELD_MOD_,
	    .subject = "OK", .token = GOOD, .want = "not-understood>cleo" },
	{ "an unknown word decides nothing", HELD_MOD_,
	    .text = "Hmm, what is this?", .token = GOOD,
	    .want = "not-understood>cleo" },
	{ "No written to the ok address decides nothing", HELD_OK_,
	    .text = "No!", .token = GOOD, .want = "not-understood>cleo" },
	{ "OK written to the no address decides nothing", HELD_NO_,
	    .text = "OK", .token = GOOD, .want = "not-understood>cleo" },
	{ "a vacation notice to the ok address decides nothing", HELD_OK_,
	    .token = GOOD, .auto_submitted = "auto-replied",
	    .want = "ignore" },
	{ "another content than was shown is refused with an alarm",
	    HELD_OK_, .token = CHANGED, .want = "token-changed>cleo, audit",
	    .has = "ALARM" },
	{ "a token in foreign hands decides nothing", .verb = ROUTE_OK,
	    .purpose = TOKEN_HELD_OK, .from = "eve@lab-e.example",
	    .actor = "cleo@tsb.example", .token = GOOD,
	    .want = "token-other>cleo, audit", .has = "eve@lab-e.example" },
	{ "an ok token does not reject", .verb = ROUTE_NO,
	    .purpose = TOKEN_HELD_OK, CLEO, .token = GOOD,
	    .want = "token-wrong>cleo" },
	{ "a decision of another moderator is told", HELD_OK_, .token = USED,
	    .want = "token-used>cleo", .has = "dag@tsb.example" },
	{ "a decision at the console is told", HELD_OK_, .token = GOOD,
	    .held = HELD_REJECTED, .want = "token-used>cleo",
	    .has = "Decision:  rejected" },
	{ "a late decision is told", HELD_OK_, .token = EXPIRED,
	    .want = "token-expired>cleo",
	    .has = "the held mail \"Draft agenda\" from guest@" },
	{ "a held mail that is gone is told", HELD_OK_, .token = GOOD,
	    .held_gone = true, .want = "token-used>cleo" },
	{ "a mail in quarantine is not approved", HELD_OK_, .token = GOOD,
	    .held = HELD_QUARANTINED, .want = "not-understood>cleo",
	    .has = "in quarantine" },
	{ "a mail in quarantine is discarded", .verb = ROUTE_DROP,
	    .purpose = TOKEN_HELD_DROP, CLEO, .token = GOOD,
	    .held = HELD_QUARANTINED,
	    .want = "used(discarded), held(17 discarded), " DECIDED },
	{ "an ok address without a known token is told", .verb = ROUTE_OK,
	    CLEO, .want = "token-wrong>cleo" },
	{ "the author takes the mail back", .verb = ROUTE_DROP,
	    .purpose = TOKEN_HELD_CANCEL, .from = "guest@vendor-g.example",
	    .token = GOOD, .want = "used(withdrawn), held(17 withdrawn), "
	    "held-withdrawn>guest, " DECIDED },
	{ "the author takes it back from another mailbox",
	    .verb = ROUTE_DROP, .purpose = TOKEN_HELD_CANCEL,
	    .from = "guest@home.example", .actor = "guest@vendor-g.example",
	    .token = GOOD, .want = "used(withdrawn), held(17 withdrawn), "
	    "held-withdrawn>guest, " DECIDED },

	/* admission */
	{ "the secretariat admits", .verb = ROUTE_OK, .purpose = TOKEN_ADMIT,
	    CLEO, .token = GOOD, .want = "used(admitted), save(active "
	    "external ETSI ISG QKD), welcome>pia, " ADMITTED },
	{ "the secretariat refuses with a reason", .verb = ROUTE_NO,
	    .purpose = TOKEN_ADMIT, CLEO, .text = "Ask your chairman first",
	    .token = GOOD, .want = "used(refused), end(41), "
	    "admit-refused>pia, " ADMITTED, .has = "\n\nAsk your chairman" },
	{ "the secretariat admits by reply", .verb = ROUTE_MODERATE,
	    .purpose = TOKEN_ADMIT, CLEO, .text = "ok", .token = GOOD,
	    .want = "used(admitted), save(active external ETSI ISG QKD), "
	    "welcome>pia, " ADMITTED },
	{ "a discarded request is not answered", .verb = ROUTE_MODERATE,
	    .purpose = TOKEN_ADMIT, CLEO, .text = "drop", .token = GOOD,
	    .want = "used(discarded), end(41), " ADMITTED },
	{ "a request that has changed is not admitted", .verb = ROUTE_OK,
	    .purpose = TOKEN_ADMIT, CLEO, .token = CHANGED,
	    .want = "token-changed>cleo, audit" },
	{ "a request that was withdrawn is told", .verb = ROUTE_OK,
	    .purpose = TOKEN_ADMIT, CLEO, .token = GOOD, .no_member = true,
	    .want = "token-used>cleo", .has = "withdrawn or refused" },
	{ "only the asked moderator admits", .verb = ROUTE_OK,
	    .purpose = TOKEN_ADMIT, .from = "pia@pending.example",
	    .actor = "cleo@tsb.example", .token = GOOD,
	    .want = "token-other>cleo, audit" },
};

/* ---- at the console ---- */

struct ctl_row {
	const char *name;
	enum held_state held, decision;
	const char *want;	/* actions, or the error */
};

static const struct ctl_row ctl_rows[] = {
	{ "the console approves", HELD_WAITING, HELD_APPROVED,
	    "held(17 approved), distribute-held, " DECIDED },
	{ "the console rejects", HELD_WAITING, HELD_REJECTED,
	    "held(17 rejected), held-rejected>guest, " DECIDED },
	{ "the console discards", HELD_WAITING, HELD_DISCARDED,
	    "held(17 discarded), " DECIDED },
	{ "time decides", HELD_WAITING, HELD_EXPIRED,
	    "held(17 expired), held-expired>guest" },
	{ "the console discards from quarantine", HELD_QUARANTINED,
	    HELD_DISCARDED, "held(17 discarded), " DECIDED },
	{ "the console approves nothing from quarantine", HELD_QUARANTINED,
	    HELD_APPROVED, "This mail is in quarantine because it could not "
	    "be read safely. It can be rejected or discarded, but not sent "
	    "to the list." },
	{ "the console decides once", HELD_APPROVED, HELD_REJECTED,
	    "This mail was approved already by dag@tsb.example." },
	{ "waiting is no decision", HELD_WAITING, HELD_WAITING,
	    "\"waiting\" is no decision." },
};

static void
console(void **state)
{
	const struct ctl_row *r = *state;
	const struct row mail = { .verb = ROUTE_OK, .token = GOOD,
		.purpose = TOKEN_HELD_OK, .held = r->held };
	struct err err = { 0 };
	struct fixture f;

	fixture_begin(&f, &mail);
	if (list_held_decide(&f.snap, r->decision, "root", "not now",
	    &f.actions, &err) != 0)
		assert_string_equal(err.text, r->want);
	else
		assert_string_equal(summary(&f), r->want);
	(void)dump(&f);
	fixture_end(&f);
}

int
main(void)
{
	return test_exit(TEST_ROWS("list_token", rows, decide_row) +
	    TEST_ROWS("list_held_decide", ctl_rows, console));
}
