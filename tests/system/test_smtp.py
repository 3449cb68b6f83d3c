#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The door: what a client of the SMTP and LMTP server sees, and what happens
to each kind of bad mail."""
import contextlib
import hashlib
import os
import re
import sqlite3
import threading
import time
import traceback

from jcad_system import (CLOCK, DOMAIN, EVE, LIST, NAME, Jcad, Tap, address,
                         body, header, make, post, rcpt_of, token_address,
                         wait_for)

MEMBERS = 6
MB = 1024 * 1024
LIMIT = 25 * MB
ADA, DAG, SAM = ("ada@carrier-a.example", "dag@lists.itu-t.example",
                 "sam@elsewhere.example")
ROSTER = "tests/scenario/roster.csv"

tap = Tap()


def lines(n):
    """n bytes of text in lines."""
    return (b"x" * 70 + b"\r\n") * (n // 72) + b"y" * (n % 72)


def big(size, subject):
    """A post of exactly that many bytes."""
    mail = make(f"Eve <{EVE}>", subject)
    return mail + lines(size - len(mail) - 2) + b"\r\n"


# --- the protocol ---

def test_hello():
    with jcad.talk() as t:
        code, text = t.reply()
        tap.ok(code == 220 and "ESMTP" in text, "the greeting", text)
        code, text = t.say("EHLO client.example")
        tap.same((code, set(text.split("\n")[1:])), (250, {
            "PIPELINING", f"SIZE {LIMIT}", "8BITMIME", "ENHANCEDSTATUSCODES",
            "CHUNKING", "SMTPUTF8"}), "the keywords of EHLO")
        tap.same(t.say("LHLO client.example")[0], 500, "SMTP knows no LHLO")
        tap.same(t.say("VRFY eve")[0], 252, "VRFY tells nothing")
        tap.is_in("502", t.say("EXPN " + LIST), "EXPN is not offered")
        tap.same(t.say("RCPT TO:<" + LIST + ">")[0], 503,
                 "RCPT before MAIL is out of order")
        tap.same(t.say("QUIT")[0], 221, "QUIT")
    with jcad.talk_lmtp() as t:
        code, text = t.reply()
        tap.ok(code == 220 and "LMTP" in text, "LMTP says so", text)
        tap.same(t.say("EHLO client.example")[0], 500, "LMTP knows no EHLO")
        tap.is_in("PIPELINING", t.say("LHLO client.example"), "LHLO")


def test_pipelining():
    mail = post("pipelined")
    with jcad.talk() as t:
        t.start()
        t.put(f"MAIL FROM:<{EVE}>\r\nRCPT TO:<{LIST}>\r\n"
              f"RCPT TO:<nobody@{DOMAIN}>\r\nDATA\r\n".encode())
        tap.same([t.reply()[0] for _ in range(4)], [250, 250, 550, 354],
                 "MAIL, RCPT, RCPT, DATA in one packet")
        t.put(mail + b".\r\nMAIL FROM:<>\r\n" + f"RCPT TO:<{LIST}>\r\n"
              .encode() + b"RSET\r\nNOOP\r\n")
        tap.same([t.reply()[0] for _ in range(5)], [250] * 5,
                 "the end of a mail and more commands in one packet")
    tap.same(len(jcad.take(None, b"Subject: post pipelined", MEMBERS)),
             MEMBERS, "the pipelined post goes out")
    with jcad.talk() as t:
        t.start()
        t.envelope(EVE, LIST)
        t.put(b"DATA\r\nSubject: too early\r\n\r\n.\r\n")
        tap.is_in("554", t.reply(), "text before the 354 is refused")
        tap.same(t.reply()[0], 0, "and the connection is closed")


def test_bdat():
    mail = post("bdat")
    with jcad.talk() as t:
        t.start()
        t.envelope(EVE, LIST)
        t.put(b"BDAT 10\r\n" + mail[:10])
        tap.same(t.reply()[0], 250, "a first chunk")
        t.put(f"BDAT {len(mail) - 10}\r\n".encode() + mail[10:]
              + b"BDAT 0 LAST\r\n")
        tap.same([t.reply()[0] for _ in range(2)], [250, 250],
                 "a second and an empty last chunk, pipelined")
        t.put(b"BDAT 6 LAST\r\nQUIT\r\n")
        tap.same(t.reply()[0], 503, "a chunk without a mail")
        tap.same(t.say("NOOP")[0], 250, "its bytes were not commands")
        t.envelope(EVE, LIST)
        t.put(b"BDAT 5\r\nab\r\nc")
        t.reply()
        tap.same(t.say("DATA")[0], 503, "DATA after BDAT")
        tap.same(t.say("RSET")[0], 250, "RSET forgets the chunks")
        tap.is_in("501", t.say("BDAT many"), "a chunk of unknown size")
    copies = jcad.take(None, b"Subject: post bdat", MEMBERS)
    tap.ok(all(c.endswith(mail) for c in copies),
           "the chunked post goes out unchanged")


def test_utf8():
    who = "zoë@bücher.example"
    with jcad.talk() as t:
        t.start()
        tap.is_in("553", t.say(f"MAIL FROM:<{who}>"),
                  "a UTF-8 address without SMTPUTF8")
        tap.same(t.say(f"MAIL FROM:<{who}> SMTPUTF8 BODY=8BITMIME")[0], 250,
                 "a UTF-8 address with SMTPUTF8")
        tap.same(t.say(f"RCPT TO:<{address('help')}>")[0], 250, "its RCPT")
        tap.same(t.data(make(f"Zoë <{who}>", "Hilfe", to=address("help"),
                             ))[0], 250, "its mail")
        tap.is_in("555", t.say("MAIL FROM:<a@b.example> RET=HDRS"),
                  "an unknown parameter")
    tap.is_in("commands", body(jcad.take(who)).decode(),
              "the answer goes to the UTF-8 address")


def test_sizes():
    with jcad.talk() as t:
        t.start()
        code, text = t.say(f"MAIL FROM:<{EVE}> SIZE={LIMIT + 1}")
        tap.ok(code == 552 and text.startswith("5.3.4"),
               "25 MB and a byte announced: 552", text)
        tap.same(t.say(f"MAIL FROM:<{EVE}> SIZE={LIMIT}")[0], 250,
                 "25 MB announced")
        t.say(f"RCPT TO:<{LIST}>")
        code, text = t.data(big(LIMIT + 1, "a byte too many"))
        tap.ok(code == 552 and text.startswith("5.3.4"),
               "25 MB and a byte sent: 552", f"{code} {text}")
        tap.same(t.say("NOOP")[0], 250, "the session goes on")
        t.envelope(EVE, LIST)
        code, text = t.data(big(LIMIT - 100, "too large for the list"))
        tap.ok(code == 550 and "5.3.4" in text and "25.6 MB" in text,
               "larger than the list takes: 550 that names the limit",
               f"{code} {text}")
        mail = big(24 * MB, "twenty-four")
        t.envelope(EVE, LIST)
        code, text = t.data(mail)
        tap.ok(code == 250, "a post of 24 MB is taken", f"{code} {text}")
    copies = jcad.take(None, b"Subject: twenty-four", MEMBERS, 60)
    want = hashlib.sha256(mail).digest()
    tap.ok(all(hashlib.sha256(c[-len(mail):]).digest() == want
               for c in copies), "and reaches all, unchanged")
    for name, copy in list(jcad.seen.items()):
        if len(copy) > MB:
            os.remove(os.path.join(jcad.outbox, name))
            jcad.seen[name] = copy[:1000]
    parser = jcad.memory().get("parser", 0)
    tap.ok(0 < parser < 64 * 1024,
           f"the parser read it within 64 MB ({parser} kB)")


def test_lmtp():
    with jcad.talk_lmtp() as t:
        t.start("LHLO")
        tap.same([c for c, _ in t.envelope(EVE, LIST, address("help"),
                                           f"nobody@{DOMAIN}")],
                 [250, 250, 250, 550], "LMTP: MAIL and three RCPT")
        first = t.data(make(EVE, "two recipients", "A question.\n"))
        tap.same((first[0], t.reply()[0]), (250, 250),
                 "LMTP: one reply for each recipient that was taken")
        t.envelope("cat@university-c.example", f"{NAME}-report@{DOMAIN}",
                   address("help"))
        first = t.data(make("cat@university-c.example", "no report"))
        second = t.reply()
        tap.ok(first[0] == 550 and second[0] == 250,
               "LMTP: refused for one recipient, taken for the other",
               f"{first} {second}")
        tap.same(t.say("NOOP")[0], 250, "LMTP: nothing is left over")
    jcad.take(EVE, b"Subject: two recipients")
    jcad.forget()


def test_addresses():
    with jcad.talk() as t:
        t.start()
        t.say(f"MAIL FROM:<{EVE}>")
        for name, rcpt in [("an unknown list", f"nobody@{DOMAIN}"),
                           ("an unknown verb", f"{NAME}-nonsense@{DOMAIN}"),
                           ("another domain", "eve@lab-e.example"),
                           ("a route to elsewhere",
                            f"eve%lab-e.example@{DOMAIN}")]:
            code, text = t.say(f"RCPT TO:<{rcpt}>")
            tap.ok(code == 550 and text.startswith("5.1.1"),
                   f"{name}: 550 5.1.1", f"{code} {text}")
        tap.same(t.say(f"RCPT TO:<{NAME.upper()}+HELP@{DOMAIN.upper()}>")[0],
                 250, "capitals and + are taken")
        tap.same(t.say("RCPT TO:<postmaster>")[0], 250,
                 "postmaster is taken")
        code, text = t.say("DATA")
        tap.same(code, 354, "DATA after refused recipients")


def test_many():
    """50 connections, open at the same time, each with a post."""
    talks, codes = [], {}

    def run(n):
        talks[n].start()
        gate.wait(30)
        talks[n].envelope(EVE, LIST)
        codes[n] = talks[n].data(post(f"of-{n}"))[0]

    gate = threading.Barrier(50)
    for _ in range(50):
        talks.append(jcad.talk())
    threads = [threading.Thread(target=run, args=(n,)) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    tap.same([codes.get(n) for n in range(50)], [250] * 50,
             "50 connections at once, each with a post")
    with jcad.talk() as t:
        tap.same(t.reply()[0], 421, "the 51st is told to come again")
    for t in talks:
        t.close()
    copies = jcad.take(None, b"Subject: post of-", 50 * MEMBERS)
    found = {(header(c, "Subject"), rcpt_of(c)) for c in copies}
    tap.same(len(found), 50 * MEMBERS, "each of them reaches each member")
    tap.ok(wait_for(lambda: jcad.send(EVE, LIST, post("later"))[0] == 250,
                    10), "then there is room again")
    jcad.forget()


SMUGGLING = [
    ("LF.LF", b"\n.\n", "LF"),
    ("LF.CRLF", b"\n.\r\n", "LF"),
    ("CRLF.LF", b"\r\n.\n", "LF"),
    ("CR.CR", b"\r.\r", "CR"),
    ("CR.CRLF", b"\r.\r\n", "CR"),
    ("CRLF.CR", b"\r\n.\r", "CR"),
    ("a NUL in the end", b"\r\n.\0\r\n", "NUL"),
]


def test_smuggling():
    inner = (f"MAIL FROM:<{ADA}>\r\nRCPT TO:<{LIST}>\r\nDATA\r\n"
             f"From: {ADA}\r\nSubject: smuggled\r\n\r\ntext\r\n").encode()
    for name, end, fault in SMUGGLING:
        with jcad.talk() as t:
            t.start()
            t.envelope(EVE, LIST)
            t.say("DATA")
            t.put(make(EVE, "outer", "text") + end + inner + b".\r\n")
            code, text = t.reply()
            tap.ok(code == 550 and fault in text,
                   f"smuggling by {name} is refused", f"{code} {text}")
            tap.same(t.say("NOOP")[0], 250, f"{name}: nothing follows it")
    with jcad.talk() as t:
        t.start()
        t.put(b"NOOP\n")
        tap.same((t.reply()[0], t.reply()[0]), (500, 0),
                 "a command that ends in LF ends the session")
    jcad.idle()
    tap.ok(not jcad.fresh(having=b"smuggled"), "nothing smuggled goes out")


# --- bad mails: answered or held with a specific text ---

RECEIVED = "Received: from a.example by b.example; " \
    "Mon, 11 Jan 2027 08:00:00 +0000\r\n"
HEAD = f"From: Eve <{EVE}>\r\nTo: {LIST}\r\n".encode()


def mixed(parts, end="--b--\n"):
    return make(EVE, "mime", parts + end, MIME_Version="1.0",
                Content_Type='multipart/mixed; boundary="b"')


REFUSED = [
    ("no From", make(EVE, "x", From=None), "no From field"),
    ("two From fields", b"From: x@y.example\r\n" + make(EVE, "x"),
     "2 From fields"),
    ("an empty mail", b"", "empty|no From"),
    ("only an empty line", b"\r\n", "no From"),
    ("NUL in the body", make(EVE, "x", "a\0b"), "NUL"),
    ("NUL in the header", make(EVE, "x\0y"), "NUL"),
    ("10,000 Received fields", RECEIVED.encode() * 10000 + make(EVE, "x"),
     "field|header"),
    ("a header of 300 kB", make(EVE, "x", X_Long="y" * 300000), "header|line"),
    ("a line without colon in the header",
     HEAD + b"Subject: x\r\nthis is no field\r\n\r\ntext\r\n", "colon|field"),
    ("a mbox line at the start",
     b"From eve@lab-e.example Mon Jan 11 08:00:00 2027\r\n" + HEAD
     + b"\r\ntext\r\n", "colon|field|From"),
    ("MIME nested 100 deep", make(
        EVE, "x", "".join(f"--b{n}\nContent-Type: multipart/mixed; "
                          f'boundary="b{n + 1}"\n\n' for n in range(100)),
        MIME_Version="1.0", Content_Type='multipart/mixed; boundary="b0"'),
     "deep|nest|level"),
    ("2,000 parts", mixed("--b\n\nx\n" * 2000), "parts"),
    ("a line of 200,000 bytes", make(EVE, "x", "y" * 200000), "line"),
    ("comments 40 deep in From", make("(" * 40 + "x" + ")" * 40 + EVE, "x"),
     "comment"),
]

SENT_ON = [
    ("a multipart without end", mixed("--b\n\nx\n", "")),
    ("a multipart without boundary", make(
        EVE, "x", "--b\n\nx\n--b--\n", MIME_Version="1.0",
        Content_Type="multipart/mixed")),
    ("broken base64", mixed("--b\nContent-Transfer-Encoding: base64\n\n"
                            "=====a!!\n")),
    ("an unknown charset and encoding", make(
        EVE, "x", "abc", MIME_Version="1.0", Content_Type="text/plain; "
        "charset=x-nowhere", Content_Transfer_Encoding="x-other")),
    ("two Content-Type fields", b"Content-Type: text/html\r\n"
     + make(EVE, "x", "abc", Content_Type="text/plain")),
    ("an 8-bit header in Latin-1", make(EVE, "caf\udce9 cr\udce8me", "x")),
    ("a raw UTF-8 header", make(f"Ève <{EVE}>", "日程", "x")),
    ("an encoded word that is none", make(EVE, "=?utf-8?B?////?= =?x?q?=",
                                          "x")),
    ("a calendar part that is no calendar", make(
        EVE, "agenda", "this is no calendar\n", MIME_Version="1.0",
        Content_Type="text/calendar; charset=utf-8")),
    ("a calendar part that only begins", make(
        EVE, "agenda", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:never\n",
        MIME_Version="1.0", Content_Type="text/calendar; charset=utf-8")),
    ("an impossible date", make(EVE, "x", "y",
                                Date="Fri, 32 Foo 20270 99:99 +9999")),
    ("no body at all", make(EVE, "only a subject")[:-2]),
]

HELD = [
    ("two authors", make(f"{EVE}, {ADA}", "joint"), "more than one From"),
    ("a From that is no address", make("Eve", "who am I"), "no From address"),
    ("a stranger", make(SAM, "workshop"), "not a member"),
    ("a calendar invitation", make(
        EVE, "my meeting", "BEGIN:VCALENDAR\nMETHOD:REQUEST\nVERSION:2.0\n"
        "PRODID:x\nBEGIN:VEVENT\nUID:u1\nDTSTAMP:20270111T080000Z\n"
        "DTSTART:20270210T120000Z\nDTEND:20270210T130000Z\n"
        f"ORGANIZER:mailto:{EVE}\nATTENDEE:mailto:{LIST}\n"
        "END:VEVENT\nEND:VCALENDAR\n", MIME_Version="1.0",
        Content_Type="text/calendar; charset=utf-8; method=REQUEST"),
     "calendar"),
    ("a mail of another list", make(EVE, "x", List_Id="<a.b.example>"),
     "another list"),
    ("automatic mail of a member", make(
        EVE, "nightly report", "x", Auto_Submitted="auto-generated"),
     "automatic"),
]


def test_refused():
    for name, mail, pattern in REFUSED:
        with jcad.talk() as t:
            t.start()
            t.envelope(EVE, LIST)
            code, text = t.data(mail)
            tap.ok(code == 550 and re.search(pattern, text),
                   f"{name}: refused, and told why", f"{code} {text[:300]}")
            tap.same(t.say("NOOP")[0], 250, f"{name}: the session goes on")


def test_sent_on():
    for number, (name, mail) in enumerate(SENT_ON):
        mark = f"X-Row: {number}.\r\n".encode()
        mail = mark + mail
        code, text = jcad.send(EVE, LIST, mail)
        if not tap.ok(code == 250, f"{name}: taken", f"{code} {text}"):
            continue
        try:
            copies = jcad.take(None, mark, MEMBERS)
        except AssertionError as e:
            tap.ok(False, f"{name}: goes to all", e)
            continue
        tap.ok(all(c.endswith(mail) for c in copies),
               f"{name}: goes to all, unchanged", copies[0])


def test_no_id():
    for name in ["Message-ID", "Date"]:
        mail = make(EVE, f"no {name}", "text",
                    **{name.replace("-", "_"): None})
        jcad.send(EVE, LIST, mail)
        copies = jcad.take(None, f"Subject: no {name}".encode(), MEMBERS)
        given = {header(c, name) for c in copies}
        tap.ok(len(given) == 1 and given != {""},
               f"a post without {name} gets one, the same for all", given)
        tap.ok(all(c.endswith(mail) for c in copies),
               f"a post without {name} is unchanged otherwise")


def test_held():
    for name, mail, pattern in HELD:
        before = {r["id"] for r in jcad.rows("held", "list")}
        code, text = jcad.send(SAM if name == "a stranger" else EVE, LIST,
                               mail)
        rows = [r for r in jcad.rows("held", "list")
                if r["id"] not in before]
        tap.ok(code == 250 and len(rows) == 1 and
               re.search(pattern, rows[0]["reason"]),
               f"{name}: held, with the reason", f"{code} {text} {rows}")
    jcad.forget()


# --- tokens ---

def ask_to_join(who):
    jcad.send(who, address("request"), make(
        who, "subscribe category=itu-t-sg body=SG17", to=address("request")))
    return token_address(jcad.take(who), "confirm")


def answer(who, to, text="yes\n"):
    return jcad.send(who, to, make(who, "Re: confirm", text, to=to))


def test_tokens():
    wrong = address("confirm-" + "a" * 26)
    tap.same(answer(SAM, wrong)[0], 250, "a wrong token is taken")
    tap.is_in("do not know", body(jcad.take(SAM)).decode(),
              "a wrong token is answered")
    who = "new@sec-j.example"
    good = ask_to_join(who)
    answer(who, good)
    jcad.take(who, b"Welcome")
    answer(who, good, "yes, again\n")
    tap.is_in("decided already", body(jcad.take(who)).decode(),
              "a used token is answered")
    late = "late@sec-j.example"
    old = ask_to_join(late)
    jcad.forget()
    jcad.stop()
    # The virtual clock is kept in the store as a shift: four days on.
    with sqlite3.connect(f"{jcad.dir}/spool/jcad.db") as db:
        shift = db.execute("SELECT data FROM value WHERE name = "
                           "'clock-shift'").fetchone()[0]
        db.execute("UPDATE value SET data = ? WHERE name = 'clock-shift'",
                   (str(int(shift) + 4 * 86400).encode(),))
    jcad.start()
    answer(late, old)
    tap.is_in("was open until", body(jcad.take(late)).decode(),
              "an expired token is answered")
    tap.ok(late not in jcad.ctl("member", "list").stdout,
           "and makes nobody a member")
    jcad.forget()


# --- bad calendar answers ---

FORM = """\
Title: First meeting of JCA-QKDN
Date: Wednesday 10 February 2027
Time: 13:00-15:00
Zone: Geneva time
Place: e-meeting
"""


def ics(uid, *more, method="REPLY"):
    return "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x",
                      f"METHOD:{method}", "BEGIN:VEVENT", f"UID:{uid}",
                      "SEQUENCE:0", "DTSTAMP:20270111T090000Z", *more,
                      "END:VEVENT", "END:VCALENDAR", ""])


def test_answers():
    with open(f"{jcad.dir}/form.txt", "w") as f:
        f.write(FORM)
    jcad.ctl("meeting", "announce", f"{jcad.dir}/form.txt", check=True)
    to = header(jcad.take(EVE, b"text/calendar"), "Reply-To")
    jcad.forget()
    uid = jcad.rows("meeting", "show", "m1")[0]["uid"]
    me = f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{EVE}"
    for name, text in [
            ("that is no calendar", "this is no calendar\n"),
            ("that is empty", ""),
            ("that only begins", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n"),
            ("to an unknown meeting", ics("nowhere@x.example", me)),
            ("of a stranger", ics(uid, "ATTENDEE;PARTSTAT=ACCEPTED:"
                                  f"mailto:{SAM}")),
            ("of nobody", ics(uid)),
            ("with 300 attendees", ics(uid, *[me] * 300)),
            ("with an unknown method", ics(uid, me, method="EXPLODE"))]:
        who = SAM if "stranger" in name else EVE
        mail = make(who, "Accepted: meeting", text, to=to, MIME_Version="1.0",
                    Content_Type="text/calendar; charset=utf-8; "
                    "method=REPLY")
        code, reply = jcad.send(who, to, mail)
        jcad.idle()
        texts = [body(jcad.seen[n]).decode() for n in jcad.fresh()]
        tap.ok(code == 250 and texts or code == 550,
               f"an answer {name}: says what to do", f"{code} {reply}")
        print(f"# {code} {reply} {texts[0][:200] if texts else ''!r}")
        jcad.forget()
    rows = [r for r in jcad.rows("meeting", "answers", "m1")
            if r["kind"] == "all"]
    tap.same((rows[0]["accepted"], rows[0]["invited"]), (0, MEMBERS),
             "none of them is counted")


# --- silence ---

def test_silence():
    confirm = ask_to_join("quiet@sec-j.example")
    quiet = "quiet@sec-j.example"
    rows = [("mail from <>", "", {}),
            ("an automatic reply", quiet, {"Auto_Submitted": "auto-replied"}),
            ("bulk mail", quiet, {"Precedence": "bulk"}),
            ("a vacation note", quiet, {"Subject": "Out of office: help"})]
    jcad.forget()
    for name, sender, fields in rows:
        for verb in ["", "help", "request", "confirm"]:
            to = confirm if verb == "confirm" else address(verb)
            code, text = jcad.send(sender, to, make(
                quiet, "help", "help\n", to=to, **fields))
            tap.same(code, 250, f"{name} to -{verb}: taken")
        jcad.idle()
        tap.ok(not jcad.fresh(quiet), f"{name} is never answered",
               [header(jcad.seen[n], "Subject") for n in jcad.fresh(quiet)])
        jcad.forget()
    tap.ok(quiet not in jcad.ctl("member", "list", "state=active").stdout,
           "nor does it confirm anything")
    looped = make(EVE, "round and round", "x")
    jcad.send(EVE, LIST, RECEIVED.encode() * 31 + looped)
    jcad.send(EVE, LIST, make(EVE, "our own", "x",
                              List_Id=f"<{NAME}.{DOMAIN}>"))
    jcad.idle()
    tap.ok(not jcad.fresh(), "what has been here before ends here",
           [header(jcad.seen[n], "Subject") for n in jcad.fresh()])
    tap.is_in("loop", jcad.log_tail(), "and the log says why")


# --- limits ---

def test_limits():
    small = Jcad("smtp-limits", [
        "limits.command_timeout=1s", "limits.session_time=10s",
        "limits.errors=3", "limits.recipients=5", "limits.connections=3"])
    small.start()
    try:
        with small.talk() as t:
            t.start()
            begin = time.monotonic()
            code, text = t.reply()
            waited = time.monotonic() - begin
            tap.ok(code == 421 and 0.5 < waited < 5, "who is silent hears 421",
                   f"{code} {text} after {waited:.1f} s")
            tap.same(t.reply()[0], 0, "and is hung up on")
        with small.talk() as t:
            t.start()
            codes = [t.say("NONSENSE")[0] for _ in range(3)]
            tap.same(codes + [t.reply()[0], t.reply()[0]],
                     [500, 500, 500, 421, 0],
                     "too many errors end the session")
        with small.talk() as t:
            t.start()
            codes = [c for c, _ in t.envelope(EVE, *[LIST] * 7)]
            tap.same(codes, [250] * 6 + [452, 452],
                     "too many recipients: 452")
            tap.is_in("500", t.say("NOOP " + "x" * 600), "a line too long")
        begin = time.monotonic()
        with small.talk() as t:
            t.start()
            while time.monotonic() - begin < 20 and t.say("NOOP")[0] == 250:
                time.sleep(0.3)
        waited = time.monotonic() - begin
        tap.ok(8 < waited < 15, f"a session lasts 10 s ({waited:.1f} s)")
        begin = time.monotonic()
        with small.talk() as t:
            t.start()
            t.envelope(EVE, LIST)
            t.say("DATA")
            t.sock.settimeout(0.2)
            heard = b""
            while not heard and time.monotonic() - begin < 20:
                t.put(b"x")
                with contextlib.suppress(TimeoutError):
                    heard = t.sock.recv(1000) or b"(nothing)"
        waited = time.monotonic() - begin
        tap.ok(heard.startswith(b"421") and waited < 15,
               "a mail that drips in byte by byte is cut off",
               f"{heard} after {waited:.1f} s")
    finally:
        tap.same(small.stop(), 0, "the daemon with small limits ends cleanly")


jcad = Jcad("smtp", [f"lists[0].max_size={49 * MB // 2}",
                     f"instance.clock={CLOCK}", "limits.errors=100"])
try:
    jcad.start()
    jcad.roster(ROSTER)
    for test in [test_hello, test_pipelining, test_bdat, test_utf8,
                 test_sizes, test_lmtp, test_addresses, test_many,
                 test_smuggling, test_refused, test_sent_on, test_no_id,
                 test_held, test_answers, test_tokens, test_silence]:
        try:
            test()
        except (AssertionError, OSError, RuntimeError):
            tap.ok(False, f"{test.__name__} goes through",
                   traceback.format_exc())
finally:
    status = jcad.stop()
tap.same(status, 0, "SIGTERM ends the daemon cleanly")
test_limits()
tap.exit()
