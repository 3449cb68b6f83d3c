#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The whole way with foreign software at both ends: swaks -> Postfix -> jcad
-> Postfix -> Dovecot -> IMAP. A signed post, a subscription, an invitation
and its answer."""
import email
import email.policy
import re
import shutil

from jcad_system import (CLOCK, LIST, Jcad, Tap, address, body, header, make,
                         token_address, wait_for)
from mta_system import Dovecot, Postfix, missing, place, run

ADA, DAG, EVE = ("ada@carrier-a.example", "dag@secretariat.example",
                 "eve@lab-e.example")
ROSTER = f"""\
address,name,category,body,role,zone
{ADA},Ada Placeholder,leadership,TSAG,chair,Asia/Shanghai
{DAG},Dag Fixture,leadership,TSB,moderator,Europe/Zurich
{EVE},Eve Mockup,itu-t-sg,SG11,representative,Europe/Zurich
gul@vendor-g.example,Gül Örnek,itu-t-sg,SG13,representative,Europe/Istanbul
zed@irtf-like.example,Zed Draft,external,IETF/IRTF QIRG,representative,America/New_York
cat@university-c.example,"Expert, Cat",expert,,observer,Asia/Kolkata
"""
MEMBERS = [line.split(",")[0] for line in ROSTER.splitlines()[1:]]

ANNOUNCEMENT = """\
Title: First meeting of JCA-QKDN
Number: 1
Date: Wednesday 10 February 2027
Time: 13:00-15:00
Zone: Geneva time
Place: e-meeting
Link: https://meet.itu-t.example/jca-qkdn-1
Agenda: 1. Opening
 2. Roadmap

Dear colleagues, this is our first meeting. Best regards, Åda
"""

tap = Tap()
why = missing()
try:
    import dkim
    import icalendar
except ImportError as e:
    why = why or str(e)
if why:
    tap.skip("mail through Postfix and Dovecot", why)
    tap.exit()


# --- a signed post ---

def key_pair(folder):
    """Private key (PEM) and the DNS record of its public half."""
    pem = run("openssl", "genrsa", "2048")
    path = f"{folder}/dkim.pem"
    with open(path, "w") as f:
        f.write(pem[pem.index("-----BEGIN"):] + "\n")
    public = run("openssl", "rsa", "-in", path, "-pubout")
    public = public[public.index("-----BEGIN"):]
    return path, "v=DKIM1; k=rsa; p=" + "".join(
        line for line in public.splitlines() if "-----" not in line
        and "writing" not in line)


def sign(mail, path):
    with open(path, "rb") as f:
        line = dkim.sign(mail, b"test", b"lab-e.example", f.read(),
                         canonicalize=(b"simple", b"simple"),
                         include_headers=[b"From", b"To", b"Subject", b"Date",
                                          b"Message-ID", b"X-Odd",
                                          b"MIME-Version", b"Content-Type"])
    return line + mail


def verifies(mail, record):
    return dkim.verify(mail, dnsfunc=lambda name, timeout=5: record.encode()
                       if name == b"test._domainkey.lab-e.example." else b"")


def test_post():
    path, record = key_pair(base)
    mail = make(f"Eve Mockup <{EVE}>", "Key layers and a very long subject "
                "that somebody might want to fold, but must not, because it "
                "is signed as it is", "which clause?  \n\n.dot\n..dots\n"
                "From here on\n" + "é" * 40 + "\n\n\n--\nEve\n\n\n",
                MIME_Version="1.0",
                Content_Type="text/plain; charset=utf-8",
                Content_Transfer_Encoding="8bit",
                X_Odd="  three   blanks\tand a tab ")
    mail = sign(mail, path)
    sent = postfix.swaks(EVE, LIST, mail)
    tap.ok(sent.returncode == 0, "swaks hands the post to Postfix",
           sent.stdout.decode())
    copies = {m: dovecot.wait(m, b"Subject: Key layers", 20)
              for m in MEMBERS}
    lost = [m for m, copy in copies.items() if copy is None]
    if not tap.ok(not lost, "the post is in every member's mailbox",
                  f"{lost}\n{postfix.log()}\n{jcad.log_tail()}"):
        return
    tap.ok(all(body(c) == body(mail) for c in copies.values()),
           "the body is the same byte for byte")
    head = mail.split(b"\r\n\r\n")[0] + b"\r\n"
    tap.ok(all(head in c for c in copies.values()),
           "all original header fields are there, unchanged and in order",
           copies[EVE])
    tap.ok(all(verifies(c, record) for c in copies.values()),
           "the author's DKIM signature still verifies")
    tap.ok(not verifies(copies[ADA].replace(b"which", b"Which"), record),
           "(a changed copy would not)")
    tap.is_in(f"<mailto:{LIST}>", header(copies[ADA], "List-Post"),
              "the copy has List-Post")
    senders = {header(c, "Return-Path") for c in copies.values()}
    tap.ok(len(senders) == len(MEMBERS) and all(
        re.fullmatch(r"<jca-qkdn-b-[a-z2-7]+@lists\.itu-t\.example>", s)
        for s in senders), "each copy has an envelope sender of its own",
        senders)


# --- a subscription ---

def test_subscription():
    who = "new@sec-j.example"
    postfix.swaks(who, address("request"), make(
        f"New Person <{who}>", "subscribe category=itu-t-sg body=SG17",
        to=address("request")))
    question = dovecot.wait(who, b"List-Id")
    if not tap.ok(question, "the newcomer is asked to confirm",
                  postfix.log() + jcad.log_tail()):
        return
    reply_to = email.utils.parseaddr(header(question, "Reply-To"))[1]
    tap.same(reply_to, token_address(question, "confirm"),
             "a reply goes to the address that confirms")
    tap.ok(who not in jcad.ctl("member", "list").stdout,
           "before the answer the newcomer is no member")
    postfix.swaks(who, reply_to, make(
        f"New Person <{who}>", "Re: " + header(question, "Subject"),
        "yes\n", to=reply_to, In_Reply_To=header(question, "Message-ID")))
    tap.ok(dovecot.wait(who, b"Welcome"), "the welcome comes",
           postfix.log() + jcad.log_tail())
    tap.is_in(who, jcad.ctl("member", "list", "state=active").stdout,
              "the newcomer is a member")
    leave = make(f"New Person <{who}>", "leave", to=address("leave"))
    postfix.swaks(who, address("leave"), leave)
    question = dovecot.wait(who, b"Please confirm: leave")
    if tap.ok(question, "who wants to leave is asked too"):
        to = token_address(question, "confirm")
        postfix.swaks(who, to, make(who, "Re: leave", "yes", to=to))
        tap.ok(wait_for(lambda: who not in jcad.ctl("member", "list").stdout),
               "after the answer the member has left", jcad.log_tail())


# --- an invitation ---

def calendars(mail):
    """Decoded calendar parts: [(content type line, icalendar object)]."""
    parsed = email.message_from_bytes(mail, policy=email.policy.default)
    return [(str(part["Content-Type"]), icalendar.Calendar.from_ical(
        part.get_payload(decode=True))) for part in parsed.walk()
        if part.get_content_type() in ("text/calendar", "application/ics")]


def mailto(value):
    return str(value).lower().removeprefix("mailto:")


def check_invitation(who, mail):
    """What is wrong with this invitation, as texts."""
    wrong = []
    parts = calendars(mail)
    kinds = [kind for kind, _ in parts]
    if not any(k.startswith("text/calendar") and "method" in k.lower()
               and "REQUEST" in k for k in kinds):
        wrong.append(f"no text/calendar with method=REQUEST: {kinds}")
    for kind, calendar in parts:
        events = calendar.walk("VEVENT")
        if str(calendar.get("METHOD")) != "REQUEST" or len(events) != 1:
            wrong.append(f"{kind}: METHOD {calendar.get('METHOD')}, "
                         f"{len(events)} events")
            continue
        event = events[0]
        if isinstance(event.get("ATTENDEE"), list) or \
                mailto(event.get("ATTENDEE")) != who:
            wrong.append(f"ATTENDEE is {event.get('ATTENDEE')}")
        organizer = mailto(event.get("ORGANIZER"))
        if organizer != email.utils.parseaddr(header(mail, "From"))[1] or \
                not organizer.startswith("jca-qkdn-m-"):
            wrong.append(f"ORGANIZER is {organizer}, From is "
                         + header(mail, "From"))
        zones = [str(z.get("TZID")) for z in calendar.walk("VTIMEZONE")]
        start = event.get("DTSTART")
        if zones != ["Europe/Zurich"] or \
                start.params.get("TZID") != "Europe/Zurich" or \
                start.dt.strftime("%Y-%m-%d %H:%M") != "2027-02-10 13:00":
            wrong.append(f"zones {zones}, start {start.params} {start.dt}")
    return wrong


def reply_to_invitation(who, invitation):
    _, calendar = calendars(invitation)[0]
    event = calendar.walk("VEVENT")[0]
    organizer = mailto(event.get("ORGANIZER"))
    lines = ["BEGIN:VCALENDAR", "PRODID:-//Client//EN", "VERSION:2.0",
             "METHOD:REPLY", "BEGIN:VEVENT", f"UID:{event.get('UID')}",
             "SEQUENCE:0", "DTSTAMP:20270111T090000Z",
             "DTSTART:20270210T120000Z",
             f"ORGANIZER:mailto:{organizer}",
             f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{who}",
             "END:VEVENT", "END:VCALENDAR", ""]
    return organizer, make(
        who, "Accepted: First meeting", "\n".join(lines), to=organizer,
        MIME_Version="1.0",
        Content_Type="text/calendar; charset=utf-8; method=REPLY")


def answers():
    rows = jcad.rows("meeting", "answers", "m1")
    return next((r for r in rows if r["kind"] == "all"), {})


def test_invitation():
    postfix.swaks(ADA, address("announce"), make(
        f"Ada Placeholder <{ADA}>", "Announcement", ANNOUNCEMENT,
        to=address("announce"), MIME_Version="1.0",
        Content_Type="text/plain; charset=utf-8",
        Content_Transfer_Encoding="8bit"))
    preview = dovecot.wait(ADA, b"jca-qkdn-confirm-")
    if not tap.ok(preview, "the chairman gets the preview",
                  postfix.log() + jcad.log_tail()):
        return
    tap.ok(not any(b"text/calendar" in m for m in dovecot.mailbox(EVE)),
           "before the OK nobody is invited")
    to = token_address(preview, "confirm")
    postfix.swaks(ADA, to, make(ADA, "Re: preview", "OK\n", to=to))
    mails = {m: dovecot.wait(m, b"text/calendar", 20) for m in MEMBERS}
    lost = [m for m, mail in mails.items() if mail is None]
    if not tap.ok(not lost, "every member is invited",
                  f"{lost}\n{postfix.log()}\n{jcad.log_tail()}"):
        return
    wrong = [f"{m}: {w}" for m, mail in mails.items()
             for w in check_invitation(m, mail)]
    tap.ok(not wrong, "each invitation, as icalendar reads it: one REQUEST, "
           "the mailbox as only ATTENDEE, ORGANIZER = From, VTIMEZONE",
           "\n".join(wrong))
    tap.same(len({mailto(calendars(m)[0][1].walk("VEVENT")[0]
                         .get("ORGANIZER")) for m in mails.values()}),
             len(MEMBERS), "each has an ORGANIZER of its own")
    to, mail = reply_to_invitation(EVE, mails[EVE])
    postfix.swaks(EVE, to, mail)
    tap.ok(wait_for(lambda: answers().get("accepted") == 1),
           "her program's ACCEPTED is counted",
           f"{answers()}\n{jcad.log_tail()}")
    to = mailto(calendars(mails[MEMBERS[3]])[0][1].walk("VEVENT")[0]
                .get("ORGANIZER"))
    postfix.swaks(MEMBERS[3], to, make(MEMBERS[3], "Re: invitation",
                                       "DECLINE\n", to=to))
    tap.ok(wait_for(lambda: answers().get("declined") == 1),
           "a plain DECLINE is counted",
           f"{answers()}\n{jcad.log_tail()}")


base = place("mta")
dovecot = Dovecot(base).start()
jcad_lmtp = f"{base}/lmtp"
postfix = Postfix(base, jcad_lmtp, dovecot.lmtp_port).start()
jcad = Jcad("mta-jcad", [f"instance.clock={CLOCK}",
                         f"intake[1].listen=unix:{jcad_lmtp}"],
            relay=f"esmtp://127.0.0.1:{postfix.relay}")
try:
    jcad.start()
    # What an operator does with "adduser postfix jcad": the socket is for
    # the daemon's group only.
    shutil.chown(jcad_lmtp, group="postfix")
    with open(f"{base}/roster.csv", "w") as f:
        f.write(ROSTER)
    jcad.roster(f"{base}/roster.csv")
    test_post()
    test_subscription()
    test_invitation()
finally:
    status = jcad.stop()
    postfix.stop()
    dovecot.stop()
tap.ok(status == 0, "SIGTERM ends the daemon cleanly", jcad.log_tail())
tap.exit()
