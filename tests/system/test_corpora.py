#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Test data that others collected: addresses, and MIME mails. The folder is
not part of the project: JCAD_CORPORA, or ../shared/corpora beside it."""
import collections
import json
import os
import re
import subprocess
import sys

from jcad_system import BIN, LIST, ROOT, Jcad, Tap, rcpt_of

CORPORA = os.environ.get("JCAD_CORPORA") or os.path.join(
    os.path.dirname(ROOT), "shared/corpora")
LEAVES_RIGHT = 0.95
MEMBERS = 6

if not os.path.isdir(CORPORA):
    print("1..1\nok 1 - skipped: no corpora # SKIP")
    sys.exit(0)

tap = Tap()


def debug(what, *args):
    """Rows of jcadctl debug, which needs no daemon."""
    done = subprocess.run([os.path.join(BIN, "jcadctl"), "debug", what,
                           *args], capture_output=True, timeout=120)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line]
    return done.returncode, rows


# --- addresses ---

ESCAPE = re.compile(r"\\(x[0-9a-f]{2}|[nrt\\])")


def unescape(m):
    word = m.group(1)
    if word[0] == "x":      # a byte: above 127 it is no UTF-8
        return bytes([int(word[1:], 16)]).decode("utf-8", "surrogateescape")
    return {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}[word]


def read_addresses():
    """(number, ok | bad | odd, address) of the isemail collection."""
    with open(os.path.join(CORPORA, "addresses/addresses.tsv"),
              encoding="utf-8", newline="\n") as f:
        for line in f:
            cells = line.rstrip("\n").split("\t")
            yield cells[0], cells[1], ESCAPE.sub(unescape, cells[4])


def test_addresses():
    rows = [r for r in read_addresses()]
    given = [r for r in rows if "\0" not in r[2]]
    status, found = debug("address", "--", *[r[2] for r in given])
    tap.same((status, len(found)), (0, len(given)),
             f"debug address answers for {len(given)} addresses "
             f"({len(rows) - len(given)} hold NUL)")
    wrong = []
    for (number, want, text), row in zip(given, found):
        taken = row.get("ok")
        if taken not in (True, False):
            wrong.append(f"{number} {text!r}: {row}")
        elif want == "ok" and not taken or want == "bad" and taken:
            wrong.append(f"{number} {want} {text!r}: {row}")
        elif not taken and not row.get("reason"):
            wrong.append(f"{number} {text!r}: refused without reason")
        elif taken and row["address"].lower() != text.lower():
            wrong.append(f"{number} {text!r}: changed: {row}")
    tap.ok(not wrong, "good ones are taken, bad ones refused with a reason, "
           "none is changed",
           "\n".join(wrong))


# --- MIME, offline ---

def leaves_of(row):
    """Leaves by their number in the mail: sha256, size."""
    return [(leaf["sha256"], leaf["size"]) for leaf in row["leaves"]]


def test_leaves():
    folder = os.path.join(CORPORA, "mime")
    with open(os.path.join(folder, "expected.jsonl")) as f:
        expected = [json.loads(line) for line in f]
    files = [os.path.join(folder, "eml", e["file"]) for e in expected]
    status, found = debug("mime", *files)
    tap.same((status, len(found)), (0, len(files)),
             f"debug mime answers for {len(files)} mails")
    right = total = 0
    missing = []
    for want, row in zip(expected, found):
        left = collections.Counter(leaves_of(row))
        for leaf in want["leaves"]:
            key = (leaf["sha256"], leaf["bytes"])
            total += 1
            if left[key] > 0:
                left[key] -= 1
                right += 1
            else:
                missing.append(f"{want['file']} {leaf['part']} "
                               f"{leaf['bytes']} bytes")
    share = right / max(total, 1)
    tap.ok(share >= LEAVES_RIGHT, f"{right} of {total} leaves are decoded "
           f"right (sha256 and size), {100 * share:.1f} %",
           "\n".join(missing))
    for line in missing:
        print(f"# not right: {line}")


# --- MIME, through the daemon ---

def canonical(data):
    """As it would come by SMTP: no mbox line, CRLF, no NUL."""
    data = re.sub(rb"\AFrom [^\n]*\n", b"", data)
    data = re.sub(rb"\r*\n", b"\r\n", data)
    return data if data.endswith(b"\r\n") else data + b"\r\n"


def head_end(mail):
    """Where the body begins: after the first empty line."""
    if mail.startswith(b"\r\n"):
        return 2
    at = mail.find(b"\r\n\r\n")
    return len(mail) if at < 0 else at + 4


def offer(talk, number, mail):
    talk.say(f"MAIL FROM:<sender{number}@elsewhere.example>")
    talk.say(f"RCPT TO:<{LIST}>")
    return talk.data(mail)


def approve_all(jcad):
    rows = jcad.rows("held", "list")
    failed = [r["id"] for r in rows
              if jcad.ctl("held", "approve", str(r["id"])).returncode != 0]
    return len(rows), failed


def test_through():
    folder = os.path.join(CORPORA, "mime/eml")
    names = sorted(os.listdir(folder))
    jcad = Jcad("corpora", ["lists[0].max_size=20M", "limits.errors=100",
                            "lists[0].confirm_per_day=100"])
    try:
        jcad.start()
        jcad.roster("tests/scenario/roster.csv")
        taken, unclear = {}, []
        with jcad.talk_lmtp() as talk:
            talk.start("LHLO")
            for number, name in enumerate(names):
                with open(os.path.join(folder, name), "rb") as f:
                    mail = canonical(f.read())
                code, text = offer(talk, number, mail)
                if code == 250:
                    taken[name] = mail
                elif code != 550 or len(text) < 20:
                    unclear.append(f"{name}: {code} {text}")
                else:
                    print(f"# refused: {name}: {text}")
        tap.ok(not unclear, f"each of {len(names)} mails is taken or refused "
               f"with a reason ({len(taken)} taken)", "\n".join(unclear))
        held, failed = approve_all(jcad)
        tap.ok(held > 0 and not failed, f"{held} held mails are approved",
               f"not: {failed}\n{jcad.log_tail()}")
        tap.ok(jcad.idle(), "the queue becomes empty", jcad.log_tail())
        compare(jcad, taken, held)
    finally:
        status = jcad.stop()
    tap.same(status, 0, "SIGTERM ends the daemon cleanly")


def compare(jcad, taken, held):
    """Each approved mail must be in the outbox with the body it came with."""
    copies = [m for m in jcad.mails().values()
              if b"List-Post:" in m and rcpt_of(m) == "eve@lab-e.example"]
    bodies = collections.Counter(m[head_end(m):] for m in copies)
    lost = []
    for name, mail in taken.items():
        text = mail[head_end(mail):]
        if bodies[text] > 0:
            bodies[text] -= 1
        else:
            lost.append(name)
    gone = len(taken) - held    # taken, but not held: loops, repeats, answers
    tap.same(len(copies), held, "each approved mail went out")
    tap.ok(len(lost) <= gone, f"{len(taken) - len(lost)} bodies went out as "
           "they came, byte for byte", f"other: {lost}")
    for name in lost:
        print(f"# taken, but not sent on: {name}")
    extra = sum(bodies.values())
    tap.same(extra, 0, "and no other body went out")


test_addresses()
test_leaves()
test_through()
tap.exit()
