#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The other door: what becomes of a post when the relay refuses some, hangs
up in the middle, or is not there."""
import os
import re
import shutil
import subprocess

from jcad_system import (EVE, LIST, ROOT, Jcad, Tap, free_port, header, post,
                         wait_for)

with open(os.path.join(ROOT, "tests/system/roster.csv")) as roster:
    MEMBERS = len(roster.readlines()) - 1
tap = Tap()


class Peer:
    """tests/tools/smtp_peer.py with rules, saving below dir."""
    def __init__(self, where, *rules, port=0):
        self.dir = where
        shutil.rmtree(where, ignore_errors=True)
        os.makedirs(where)
        self.process = subprocess.Popen(
            [os.path.join(ROOT, "tests/tools/smtp_peer.py"), "--save", where,
             "--port", str(port), *rules], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def mails(self):
        """Accepted mails."""
        found = []
        for name in os.listdir(self.dir):
            if name.isdigit():
                with open(os.path.join(self.dir, name), "rb") as f:
                    found.append(f.read())
        return found

    def said(self):
        with open(os.path.join(self.dir, "log")) as f:
            return f.read()


def run(name, *rules):
    """One post to all members through a relay with those rules, one courier:
    the peer and the daemon, which is idle."""
    peer = Peer(os.path.join(ROOT, "build/system", name + "-peer"), *rules)
    jcad = Jcad(name, ["relay.connections=1", "relay.tls=none"],
                relay=f"esmtp://127.0.0.1:{peer.port}").start()
    jcad.roster()
    tap.same(jcad.send(EVE, LIST, post(name))[0], 250, f"{name}: 250")
    return peer, jcad


def stop(peer, jcad):
    tap.same(jcad.stop(), 0, "the daemon ends cleanly")
    peer.stop()


def test_refused():
    peer, jcad = run("relay-550", "RCPT#2=550 5.1.1 nobody", "MAIL#4=554 no")
    tap.ok(jcad.idle(), "a job with refused recipients ends")
    tap.same(len(peer.mails()), MEMBERS - 2, "all others get the post once")
    status = jcad.status()
    tap.same((status["delivered"], status["failed"]), (MEMBERS - 2, 2),
             "delivered and failed are counted")
    tap.is_in("550 5.1.1 nobody", jcad.log_text(), "the log says why")
    stop(peer, jcad)


def test_dropped():
    peer, jcad = run("relay-drop", "DOT#3=drop")
    wait_for(lambda: len(peer.mails()) >= MEMBERS - 1, 30)
    tap.same(len(peer.mails()), MEMBERS - 1,
             "all but the one in flight get the post at once")
    jobs = wait_for(lambda: [j for j in jcad.rows("queue", "list")
                             if j["done"] == MEMBERS - 1], 10)
    tap.same([j["retrying"] for j in jobs or []], [1],
             "and that one waits for its next try")
    tap.same({header(m, "Subject") for m in peer.mails()},
             {"post relay-drop"}, "nothing else was sent")
    rcpts = re.findall(r"RCPT TO:<([^>]*)>", peer.said())
    tap.same((len(set(rcpts)), len(rcpts)), (MEMBERS, MEMBERS),
             "and nothing twice")
    stop(peer, jcad)


def test_silent_end():
    peer, jcad = run("relay-busy", "CONNECT#1=421 4.3.2 busy",
                     "CONNECT#2=drop", "EHLO#1=451 4.3.0 not now")
    tap.ok(jcad.idle(), "a job waits until the relay is well")
    tap.same(len(peer.mails()), MEMBERS, "each member gets the post once")
    tap.is_in("421 4.3.2 busy", jcad.log_text(), "the log says what it said")
    stop(peer, jcad)


def test_away():
    port = free_port()
    jcad = Jcad("relay-away", ["relay.connections=2", "relay.tls=none"],
                relay=f"esmtp://127.0.0.1:{port}").start()
    jcad.roster()
    tap.same(jcad.send(EVE, LIST, post("away"))[0], 250,
             "a post is taken while the relay is away")
    wait_for(lambda: "relay-unreachable" in jcad.log_text(), 10)
    tap.is_in("refused", jcad.log_text(), "the log says that nobody listens")
    tap.ok(jcad.log_text().count("relay-unreachable") < 10,
           "it is not tried without end")
    peer = Peer(os.path.join(ROOT, "build/system/relay-away-peer"), port=port)
    tap.ok(jcad.idle(), "the job ends when it is back")
    tap.same(len(peer.mails()), MEMBERS, "each member gets the post once")
    stop(peer, jcad)


def test_settings():
    for url, text in (("lmtp+unix:/run/lmtp", "own sending engine"),
                      ("esmtp://[::1]:25", "IPv6")):
        jcad = Jcad("relay-url", relay=url)
        done = subprocess.run([os.path.join(jcad.bin, "jcad"), "-t", "-c",
                               jcad.conf, *jcad.options],
                              capture_output=True, text=True)
        tap.ok(done.returncode != 0, f"jcad -t refuses {url}")
        tap.is_in(text, done.stdout + done.stderr, "and says why")


for test in (test_refused, test_dropped, test_silent_end, test_away,
             test_settings):
    try:
        test()
    except Exception as e:
        tap.ok(False, f"{test.__name__} goes through", repr(e))
tap.exit()
