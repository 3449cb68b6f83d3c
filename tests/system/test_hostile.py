#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Mails that are known to crash or stall mail and calendar libraries, against
the running daemon: each gets a definite answer within a second, no parser
needs more than 64 MB, and a neighbour's posts go through meanwhile."""
import threading
import time

from jcad_system import EVE, LIST, Jcad, Tap, header, make, post, rcpt_of

SECOND = 1.0
MEMORY_KB = 64 * 1024
MEMBERS = 6


def mime(head, text):
    """A post of a member with that Content-Type."""
    return make(EVE, "hostile", text, MIME_Version="1.0", Content_Type=head)


def nested(depth, filler=b""):
    """Multiparts inside one another, as short as they can be."""
    parts = [b"From: " + EVE.encode() + b"\r\nMIME-Version: 1.0\r\n"]
    for n in range(depth):
        parts.append(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n"
                     b"--%d\r\n" % (n, n))
    return b"".join(parts) + b"\r\n" + filler


def calendar(text, method="REQUEST"):
    return mime(f"text/calendar; charset=utf-8; method={method}",
                "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n"
                f"METHOD:{method}\n{text}END:VCALENDAR\n")


def event(*more):
    return "\n".join(["BEGIN:VEVENT", "UID:u", "DTSTAMP:20270111T080000Z",
                      "DTSTART:20270210T120000Z", *more, "END:VEVENT", ""])


ME = EVE.encode()
LINE = b"x" * 70 + b"\r\n"

# Each: name, a function that makes the mail.
HOSTILE = [
    ("a boundary of one escaped quote", lambda:
     b"From: " + ME + b'\r\nContent-Type: multipart/mixed; boundary="\\""'
     b"\r\n\r\n--\"\r\n\r\nx\r\n"),
    ("the same in 66 bytes, without From", lambda:
     b'MIME-Version: 1.0\r\nContent-type: multipart/x; boundary="\\""\r\n\r\n'
     b'\r\n'),
    ("120,000 open parentheses in To", lambda:
     make(EVE, "x", to="(" * 120000)),
    ("the same folded", lambda:
     make(EVE, "x", to="\r\n ".join(["(" * 900] * 134))),
    ("120,000 open parentheses in From", lambda: make("(" * 120000, "x")),
    ("message/rfc822 nested 30,000 deep", lambda:
     b"From: " + ME + b"\r\n"
     + b"Content-Type: message/rfc822\r\n\r\n" * 30000 + b"x\r\n"),
    ("nested multiparts, 230 kB", lambda: nested(3700)),
    ("nested multiparts, 288 kB", lambda: nested(4600)),
    ("nested multiparts, 1.2 MB", lambda: nested(17500)),
    ("200 levels and 7 MB", lambda: nested(200, LINE * 100000)),
    ("19 levels and 7 MB", lambda: nested(19, LINE * 100000)),
    ("200,000 parts", lambda:
     mime("multipart/mixed; boundary=b", "--b\n\nx\n" * 200000)),
    ("200,000 header fields", lambda:
     b"X: y\r\n" * 200000 + make(EVE, "x")),
    ("100,000 addresses", lambda:
     make(EVE, "x", to=",\r\n ".join(["a@b.example"] * 100000))),
    ("200,000 parameters", lambda:
     mime("text/plain" + ";\r\n a=b" * 200000, "x")),
    ("5,000 parameters on one line", lambda:
     mime("text/plain" + "; a=b" * 5000, "x")),
    ("200,000 nested groups in To", lambda: make(EVE, "x", to="g:" * 200000)),
    ("200,000 nested groups in From", lambda: make("g:" * 120000, "x")),
    ("a header of 10 MB", lambda: make(EVE, "x", X_Long="y" * 10000000)),
    ("a folded header of 10 MB", lambda:
     make(EVE, "x", X_Long="\r\n ".join(["y" * 70] * 140000))),
    ("a line of 20 MB", lambda: make(EVE, "x", "y" * 20000000)),
    ("20 MB of base64 text", lambda:
     make(EVE, "x", ("QUJD" * 18 + "\n") * 280000, MIME_Version="1.0",
          Content_Type="text/plain", Content_Transfer_Encoding="base64")),
    ("5 MB of nested HTML", lambda: mime("text/html", "<div>" * 100
                                         + ("<p><b>" * 11 + "\n") * 75000)),
    ("1 MB of encoded words", lambda:
     make(EVE, "\r\n ".join(["=?utf-8?B?" + "Y" * 40 + "?="] * 4000))),
    ("a signature line in a multipart without end", lambda:
     mime("multipart/mixed; boundary=b", "--b\n\ntext\n-- \nEve\n-" * 1000)),
    ("a calendar nested 20,000 deep", lambda:
     calendar("BEGIN:VEVENT\n" * 20000)),
    ("100,000 calendar properties", lambda:
     calendar(event(*["X-A:b"] * 100000))),
    ("a calendar line of 5 MB", lambda:
     calendar(event("SUMMARY:" + "\n ".join(["x" * 70] * 70000)))),
    ("a rule by the second", lambda:
     calendar(event("RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"))),
    ("a rule that never fits", lambda:
     calendar(event("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31;"
                    "BYDAY=MO;BYSETPOS=-366"))),
    ("50,000 attendees", lambda:
     calendar(event(*["ATTENDEE:mailto:a@b.example"] * 50000))),
    ("a calendar of 20 MB", lambda:
     calendar(event(*["DESCRIPTION:" + "x" * 60] * 270000))),
]

tap = Tap()
neighbour = {"codes": [], "slowest": 0.0}
stop = threading.Event()


def send_posts():
    while not stop.is_set():
        begin = time.monotonic()
        number = f"beside-{len(neighbour['codes'])}"
        try:
            code, text = jcad.send(EVE, LIST, post(number))
        except OSError as e:
            code, text = 0, str(e)
        neighbour["codes"].append((code, text))
        neighbour["slowest"] = max(neighbour["slowest"],
                                   time.monotonic() - begin)
        time.sleep(0.1)


def answer(mail):
    """Reply to the final dot, and the seconds from the dot to it."""
    with jcad.talk() as t:
        t.start()
        t.envelope(EVE, LIST)
        t.say("DATA")
        t.put(mail)
        begin = time.monotonic()
        t.put(b".\r\n")
        code, text = t.reply()
        return code, text, time.monotonic() - begin


jcad = Jcad("hostile", ["parser.timeout=800ms", "lists[0].max_size=25M",
                        "limits.errors=100"])
try:
    jcad.start()
    jcad.roster("tests/scenario/roster.csv")
    beside = threading.Thread(target=send_posts, daemon=True)
    beside.start()
    peak = {}
    for name, build in HOSTILE:
        mail = build()
        code, text, seconds = answer(mail)
        for role, kb in jcad.memory().items():
            peak[role] = max(peak.get(role, 0), kb)
        tap.ok(code in (250, 550, 552) and seconds <= SECOND,
               f"{name} ({len(mail)} bytes): answered in {SECOND:.0f} s",
               f"{code} {text[:300]} after {seconds:.2f} s")
        print(f"# {code} {text[:90]} ({seconds * 1000:.0f} ms)")
    stop.set()
    beside.join(30)
    codes = neighbour["codes"]
    tap.ok(codes and all(c == 250 for c, _ in codes),
           f"meanwhile all {len(codes)} posts of a neighbour were taken",
           [c for c in codes if c[0] != 250][:5])
    tap.ok(neighbour["slowest"] < 3 * SECOND, "none of them waited 3 s",
           f"{neighbour['slowest']:.2f} s")
    tap.ok(jcad.idle(), "the queue becomes empty", jcad.log_tail())
    found = {(header(m, "Subject"), rcpt_of(m)) for m in jcad.mails().values()
             if header(m, "Subject").startswith("post beside-")}
    tap.same(len(found), len(codes) * MEMBERS,
             "each of them reached each member")
    tap.ok(0 < peak.get("parser", 0) <= MEMORY_KB,
           f"no parser needed more than 64 MB ({peak.get('parser')} kB)")
    tap.ok(max(peak.values()) <= MEMORY_KB, "nor did any other role",
           peak)
    print(f"# peaks: {peak}")
    tap.same(jcad.ctl("audit", "verify").returncode, 0,
             "the audit chain is whole")
finally:
    status = jcad.stop()
tap.same(status, 0, "SIGTERM ends the daemon cleanly")
tap.exit()
