#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""kill -9 of each role in turn, and of the master, while posts go out:
nothing lost, nothing accepted twice, duplicates only within what was in
flight. SEED=n picks other moments."""
import collections
import os
import random
import re
import signal
import smtplib
import threading
import time

from jcad_system import LIST, PLUGINS, ROOT, Jcad, Tap, post, wait_for

POSTS = 200
KILLS = 20
MEMBERS = 36
BATCH = 20
ROLES = ["intake", "parser", "core", "courier", "plughost", "console"]

tap = Tap()
jcad = Jcad("kill", ["relay.batch=%d" % BATCH, "relay.connections=2"],
            extra=f"""plugins = ( {{ name = "example";
  file = "{PLUGINS}/example.so"; config = {{ file = "{ROOT}/build/system/kill/events.txt"; }}; }} );
""")
jcad.start()
accepted = []
attempts = collections.Counter()


def submit():
    """Like an MTA: the same bytes again until somebody says 250."""
    for number in range(POSTS):
        while True:
            attempts[number] += 1
            try:
                code, _ = jcad.send("eve@lab-e.example", LIST, post(number))
            except (OSError, smtplib.SMTPException):
                code = 0
            if code == 250:
                accepted.append(number)
                break
            time.sleep(0.02)


def alive(pid):
    """True unless it is gone or only waits to be reaped."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def copies():
    found = collections.Counter()
    for data in jcad.mails().values():
        subject = re.search(rb"^Subject: post (\d+)", data, re.M)
        rcpt = re.search(rb"^Delivered-To: <?([^>\s]+)", data, re.M)
        if subject and rcpt:
            found[int(subject.group(1)), rcpt.group(1)] += 1
    return found


try:
    jcad.roster("tests/system/roster.csv")
    random.seed(int(os.environ.get("SEED", "1")))
    sender = threading.Thread(target=submit, daemon=True)
    sender.start()
    killed = collections.Counter()
    for turn in range(KILLS):
        time.sleep(random.uniform(0.05, 0.4))
        role = ROLES[turn % len(ROLES)]
        victims = wait_for(lambda: [p for p, name in jcad.roles()
                                    if role in name], 10)
        if victims:
            pid = random.choice(victims)
            os.kill(pid, signal.SIGKILL)
            killed[role] += 1
    children = [pid for pid, _ in jcad.roles()]
    jcad.process.kill()
    jcad.process.wait()
    tap.ok(wait_for(lambda: not any(alive(p) for p in children), 5),
           "no role outlives a killed master")
    jcad.start()
    sender.join(180)
    tap.ok(not sender.is_alive() and len(accepted) == POSTS,
           f"all {POSTS} posts were accepted in the end", jcad.log_tail())
    tap.ok(len(killed) >= 5, f"roles were killed: {dict(killed)}")
    tap.ok(jcad.idle(120), "the queue becomes empty", jcad.log_tail())
    found = copies()
    lost = [n for n in accepted
            if len([1 for (m, r) in found if m == n]) != MEMBERS]
    tap.ok(not lost, f"each post reached all {MEMBERS} members",
           f"lost: {lost[:10]}")
    extra = sum(c - 1 for c in found.values())
    twice = [n for n in range(POSTS)
             if all(found[n, r] > 1 for (m, r) in found if m == n)]
    # Two couriers with two batches each; the master's death is all roles'.
    window = (killed["core"] + killed["courier"] + 1) * 2 * 2 * BATCH
    tap.ok(extra <= window, f"{extra} duplicates are within the window in "
           f"flight ({window})")
    tap.ok(len(twice) == 0, "no post was accepted twice", twice)
    verify = jcad.ctl("audit", "verify")
    tap.ok(verify.returncode == 0, "the audit chain is whole",
           verify.stdout + verify.stderr)
    jcad.stop()
    incoming = f"{jcad.dir}/spool/incoming"
    for name in os.listdir(incoming):       # as if it were tomorrow
        os.utime(f"{incoming}/{name}", (0, 0))
    jcad.start()
    tap.same(os.listdir(incoming), [], "half mails do not stay in the spool")
finally:
    status = jcad.stop()
tap.ok(status == 0, "SIGTERM ends the daemon cleanly", jcad.log_tail())
tap.exit()
