#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""What the operator sees: jcad's options, the check of the configuration,
jcadctl's verbs and exit codes, reload, stop."""
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
import traceback

from jcad_system import (BIN, CLOCK, EVE, LIST, PLUGINS, ROOT, Jcad, Tap,
                         header, make, post, wait_for)

MEMBERS = 6
ROSTER = "tests/scenario/roster.csv"
SCRATCH = os.path.join(ROOT, "build/system/ctl-scratch")
SAM = "sam@elsewhere.example"

tap = Tap()
os.makedirs(SCRATCH, exist_ok=True)


def run(program, *args, **more):
    return subprocess.run([os.path.join(BIN, program), *args], text=True,
                          capture_output=True, timeout=60, **more)


def put(name, text):
    path = os.path.join(SCRATCH, name)
    with open(path, "w") as f:
        f.write(text)
    return path


# --- jcad's own options ---

def test_options():
    for args, status, text in [
            (["-h"], 0, "usage: jcad"), (["-V"], 0, "jcad "),
            (["--no-such-option"], 2, "usage: jcad"),
            (["-c"], 2, "usage: jcad"), (["-t", "more"], 2, "usage: jcad")]:
        done = run("jcad", *args)
        tap.ok(done.returncode == status and
               text in done.stdout + done.stderr,
               f"jcad {' '.join(args)}: {status}",
               f"{done.returncode}\n{done.stdout}{done.stderr}")
    sample = run("jcad", "--sample").stdout
    done = run("jcad", "-t", "-c", put("sample.conf", sample))
    tap.same((done.returncode, done.stderr), (0, ""),
             "jcad -t likes jcad --sample")
    done = run("jcad", "-t", "-c", os.path.join(SCRATCH, "none.conf"))
    tap.ok(done.returncode == 1 and "none.conf" in done.stderr,
           "a file that is not there", done.stderr)


# --- broken configurations ---

# Each: name, what is put in, what the problem must say (line, setting, what
# is allowed). The text is put before line 1, so that its line is known.
BROKEN = [
    ("an unknown group", "instanze = { };", ["1", "instanze", "instance"]),
    ("an unknown setting", 'parser = { timeot = "1s"; };',
     ["1", "parser.timeot", "timeout"]),
    ("a number for a time", "parser = { timeout = 5; };",
     ["1", "parser.timeout", "100ms to 1m"]),
    ("a time without unit", 'parser = { timeout = "5"; };',
     ["1", "parser.timeout", "allowed"]),
    ("a count out of range", "parser = { workers = 0; };",
     ["1", "parser.workers", "1 to 16"]),
    ("a negative count", "parser = { workers = -1; };",
     ["1", "parser.workers", "1 to 16"]),
    ("a count of 2^32 + 1", "parser = { workers = 4294967297; };",
     ["1", "parser.workers", "1 to 16"]),
    ("a text for a count", 'limits = { connections = "many"; };',
     ["1", "limits.connections", "1 to 1000"]),
    ("a size out of range", 'limits = { message_size = "1G"; };',
     ["1", "limits.message_size", "100M"]),
    ("an unknown protocol",
     'intake = ( { protocol = "uucp"; listen = "unix:x"; } );',
     ["1", "intake[0].protocol", "lmtp or smtp"]),
    ("a listener for the world",
     'intake = ( { protocol = "smtp"; listen = "0.0.0.0:25"; } );',
     ["1", "intake[0].listen", "127.0.0.1"]),
    ("a group where a list belongs", "lists = { };", ["1", "lists"]),
    ("a plugin that is no file",
     'plugins = ( { name = "x"; file = "/nonexistent.so"; } );',
     ["1", "plugins[0].file", "nonexistent"]),
    ("a broken line", "parser = = 3;", ["1"]),
    ("a text without end", 'console = { listen = "', []),
    ("the same group twice", "parser = { };\nparser = { };", ["2"]),
    ("an account that does not exist",
     'console = { };\ninstance = { user = "no-such-account"; };',
     ["2", "instance.user", "no-such-account"]),
]


def base_conf():
    """The scenarios' configuration without its first two groups."""
    with open(os.path.join(ROOT, "tests/scenario/scenario.conf")) as f:
        text = f.read()
    return text[text.index("lists = ("):]


def test_broken():
    good = base_conf()
    for name, text, wanted in BROKEN:
        rest = "" if text.startswith("lists") else good
        done = run("jcad", "-t", "-c", put("broken.conf", f"{text}\n{rest}"))
        out = done.stderr
        line = wanted[0] if wanted else r"\d+"
        tap.ok(done.returncode == 1 and
               re.search(rf"broken\.conf:{line}: ", out) and
               all(w in out for w in wanted[1:]),
               f"{name}: file, line, setting and what is allowed",
               f"status {done.returncode}\n{out}")
    done = run("jcad", "-t", "-c", put("broken.conf", "".join(
        b[1] + "\n" for b in BROKEN[2:3] + BROKEN[7:8]) + good))
    tap.ok(len(re.findall(r"broken\.conf:\d+: ", done.stderr)) == 2,
           "all problems are told at once", done.stderr)
    done = run("jcad", "-c", put("broken.conf", BROKEN[4][1] + good))
    tap.ok(done.returncode == 1 and "parser.workers" in done.stderr,
           "the daemon does not start with it", done.stderr)


def test_overrides():
    conf = put("good.conf", base_conf())
    for name, override, wanted in [
            ("a good override", "parser.workers=3", None),
            ("an unknown one", "parser.wrkers=3", "workers"),
            ("one out of range", "parser.workers=99", "1 to 16"),
            ("one without value", "parser.workers", "parser.workers"),
            ("one of a list", "lists[0].max_size=5M", None),
            ("one beyond the list", "lists[7].max_size=5M", "lists[1]")]:
        done = run("jcad", "-t", "-c", conf, "-o", override)
        if wanted is None:
            tap.same((done.returncode, done.stderr), (0, ""), f"-o: {name}")
        else:
            tap.ok(done.returncode == 1 and wanted in done.stderr and
                   f"-o {override}" in done.stderr,
                   f"-o: {name} is refused", done.stderr)


# --- jcadctl ---

def refused(name, args, text, status=1):
    done = jcad.ctl(*args)
    tap.ok(done.returncode == status and text in done.stdout + done.stderr,
           f"{name}: exit {status}, says why", f"{done.returncode}\n"
           f"{done.stdout}{done.stderr}")


def done_well(name, args, text=""):
    done = jcad.ctl(*args)
    tap.ok(done.returncode == 0 and text in done.stdout,
           f"jcadctl {name}", f"{done.returncode}\n"
           f"{done.stdout}{done.stderr}")
    return done.stdout


def test_no_daemon():
    done = jcad.ctl("status")
    tap.ok(done.returncode == 1 and done.stderr,
           "jcadctl without a daemon: exit 1, says why",
           f"{done.returncode} {done.stdout} {done.stderr}")
    tap.ok(run("jcadctl").returncode == 2, "jcadctl without a verb: exit 2")


def test_members():
    done_well("member import", ["member", "import", os.path.join(ROOT,
                                                                 ROSTER)],
              "6 members added")
    done_well("member add", ["member", "add", "new@sec-j.example",
                             "category=itu-t-sg", "body=SG17",
                             "name=New Person"], "new@sec-j.example")
    tap.same(len(jcad.rows("member", "list")), 7, "member list --json")
    row = next(r for r in jcad.rows("member", "list")
               if r["address"] == "new@sec-j.example")
    tap.is_in("SG17", json.dumps(row), "a row has the seat")
    refused("member add of a member", ["member", "add", "new@sec-j.example",
                                       "category=itu-t-sg", "body=SG17"],
            "new@sec-j.example")
    refused("member add with an unknown category",
            ["member", "add", "x@y.example", "category=martian"], "martian")
    refused("member add with a broken address",
            ["member", "add", "x@@y", "category=itu-t-sg", "body=SG17"], "@")
    done_well("member remove", ["member", "remove", "new@sec-j.example"],
              "no longer")
    refused("member remove of a stranger",
            ["member", "remove", "new@sec-j.example"], "no member")
    tap.same(len(jcad.rows("member", "list")), 6, "the member is gone")
    jcad.forget()


def test_import():
    head = "address,name,category,body,role\n"
    good = "x1@y.example,X,itu-t-sg,SG11,representative\n"
    wrong = put("wrong.csv", head + good + "x2@@y,X,itu-t-sg,SG11,\n" + good
                + "x3@y.example,X,martian,SG11,\n"
                + "x4@y.example,X,itu-t-sg,SG99,\n")
    done = jcad.ctl("member", "import", wrong)
    text = done.stdout + done.stderr
    tap.ok(done.returncode == 1 and all(w in text for w in [
        "line 3", "x2@@y", "line 5", "martian", "line 6", "SG99"]),
        "import names each wrong line", text)
    tap.same(len(jcad.rows("member", "list")), 6, "and imports nothing")
    for name, content, word in [
            ("an unknown column", "address,category,shoesize\n", "shoesize"),
            ("no address column", "name,category\n", "address"),
            ("bytes that are no UTF-8", head + "x5@y.example,\udce9,itu-t-sg,"
             "SG11,\n", "line 2")]:
        path = os.path.join(SCRATCH, "wrong.csv")
        with open(path, "w", errors="surrogateescape") as f:
            f.write(content)
        refused(f"import with {name}", ["member", "import", path], word)
    refused("import of no file", ["member", "import", "/nonexistent.csv"],
            "nonexistent")
    quoted = put("quoted.csv", "\ufeff" + head.replace(",", ";")
                 + '"q1@y.example";"Example; ""Quoted"", Jr.";itu-t-sg;'
                 'SG11;\r\n')
    done_well("member import with semicolons, quotes and a BOM",
              ["member", "import", quoted], "1 members added")
    tap.is_in('Example; \\"Quoted\\", Jr.', jcad.ctl(
        "--json", "member", "list").stdout, "the quoted name is right")
    jcad.ctl("member", "remove", "q1@y.example", check=True)
    jcad.forget()


def test_verbs():
    refused("an unknown verb", ["dance"], "", 2)
    refused("an unknown second word", ["member", "dance"], "", 2)
    out = done_well("status", ["status"])
    tap.ok("\t" not in out and "{" not in out, "status is for people", out)
    for verb in [["status"], ["member", "list"], ["held", "list", "all"],
                 ["meeting", "list", "all"], ["queue", "list"],
                 ["plugin", "list"]]:
        done = jcad.ctl("--json", *verb)
        try:
            for line in done.stdout.splitlines():
                json.loads(line)
            fine = done.returncode == 0
        except ValueError:
            fine = False
        tap.ok(fine, f"--json {' '.join(verb)}", done.stdout)
    done_well("queue list", ["queue", "list"], "empty")
    for verb in ("retry", "drop"):
        done = jcad.ctl("queue", verb, "999999")
        tap.ok(done.returncode == 1 and "999999" in done.stderr + done.stdout,
               f"queue {verb} of a job that is not there is refused",
               done.stdout + done.stderr)
    done_well("plugin list", ["plugin", "list"], "example")
    done_well("plugin replay", ["plugin", "replay", "example"])
    refused("replay of an unknown plugin", ["plugin", "replay", "none"],
            "none")
    done_well("audit verify", ["audit", "verify"], "whole")


def hold(subject):
    jcad.send(SAM, LIST, make(SAM, subject, "text"))
    return jcad.rows("held", "list")[-1]["id"]


def test_held():
    done_well("held list", ["held", "list"], "Nothing is held")
    number = str(hold("first"))
    tap.is_in("first", done_well("held list", ["held", "list"]),
              "held list shows the subject")
    done_well("held show", ["held", "show", number], SAM)
    done_well("held approve", ["held", "approve", number], "approved")
    copies = jcad.take(None, b"List-Post:", MEMBERS)
    tap.same({header(c, "Subject") for c in copies}, {"first"},
             "the approved mail goes out")
    refused("a second decision", ["held", "reject", number], "approved")
    jcad.forget()
    number = str(hold("second"))
    done_well("held reject", ["held", "reject", number,
                              "reason=Not for this list"], "rejected")
    wait_for(lambda: jcad.fresh(SAM, b"Not for this list"), 20)
    tap.ok(jcad.fresh(SAM, b"Not for this list"),
           "the author gets the reason", jcad.log_tail())
    jcad.forget()
    number = str(hold("third"))
    jcad.forget()
    done_well("held discard", ["held", "discard", number], "discarded")
    jcad.idle()
    tap.ok(not jcad.fresh(SAM), "a discard tells the author nothing")
    refused("held show of nothing", ["held", "show", "999"], "999")
    refused("held show of a word", ["held", "show", "first"], "first")
    jcad.forget()


FORM = """\
Title: First meeting of JCA-QKDN
Date: Wednesday 10 February 2027
Time: 13:00-15:00
Zone: Geneva time
Place: e-meeting
"""


def test_meetings():
    refused("meeting announce with questions",
            ["meeting", "announce", put("bad.txt", FORM.replace(
                "Wednesday", "Thursday"))], "Wednesday")
    tap.same(jcad.rows("meeting", "list", "all"), [],
             "nothing was announced")
    done_well("meeting announce", ["meeting", "announce",
                                   put("form.txt", FORM)], "Released")
    tap.same(len(jcad.take(None, b"text/calendar", MEMBERS)), MEMBERS,
             "everybody is invited")
    rows = jcad.rows("meeting", "list")
    tap.same([r["title"] for r in rows], ["First meeting of JCA-QKDN"],
             "meeting list")
    key = rows[0]["key"]
    done_well("meeting show", ["meeting", "show", key], "e-meeting")
    done_well("meeting update", ["meeting", "update", key, put(
        "update.txt", "Time: 14:00-16:00\nReason: room\n")], "Released")
    tap.same(len(jcad.take(None, b"text/calendar", MEMBERS)), MEMBERS,
             "everybody gets the update")
    tap.same(jcad.rows("meeting", "list")[0]["sequence"], 1,
             "a new time raises the sequence")
    done_well("meeting answers", ["meeting", "answers", key])
    done_well("meeting cancel", ["meeting", "cancel", key,
                                 "reason=Not enough inputs"], "Released")
    copies = jcad.take(None, b"text/calendar", MEMBERS)
    tap.ok(all(b"method=CANCEL" in c for c in copies),
           "everybody gets the cancellation")
    refused("meeting show of an unknown key", ["meeting", "show", "m99"],
            "m99")
    jcad.forget()


# --- signals ---

def rewrite(old, new):
    with open(jcad.conf) as f:
        text = f.read()
    with open(jcad.conf, "w") as f:
        f.write(text.replace(old, new))


def test_reload():
    mark = len(jcad.log_text())
    rewrite('title = "JCA-QKDN"', 'title = "Renamed"')
    jcad.process.send_signal(signal.SIGHUP)
    wait_for(lambda: "event=ready" in jcad.log_text()[mark:] or
             " ready " in jcad.log_text()[mark:], 15)
    tap.ok(wait_for(lambda: jcad.ctl("status").returncode == 0, 15),
           "after SIGHUP the daemon works", jcad.log_tail())
    tap.same(jcad.send(EVE, LIST, post("reloaded"))[0], 250,
             "after SIGHUP a post is taken")
    tap.is_in("Renamed", header(jcad.take(
        EVE, b"Subject: post reloaded"), "List-Id"),
        "the new title is in force")
    rewrite('title = "Renamed"', 'title = 5')
    mark = len(jcad.log_text())
    jcad.process.send_signal(signal.SIGHUP)
    tap.ok(wait_for(lambda: re.search(r"title", jcad.log_text()[mark:]), 10),
           "a broken configuration is refused with its line",
           jcad.log_tail())
    tap.same(jcad.send(EVE, LIST, post("unbroken"))[0], 250,
             "and the old one stays in force")
    rewrite('title = 5', 'title = "JCA-QKDN"')
    jcad.forget()


def test_second_start():
    second = subprocess.run(
        [os.path.join(BIN, "jcad"), "-c", jcad.conf, *jcad.options],
        capture_output=True, text=True, timeout=20)
    tap.ok(second.returncode == 1 and re.search(
        "running|lock", second.stderr),
        "a second start on the same spool is refused", second.stderr)
    tap.same(jcad.ctl("status").returncode, 0, "the first does not mind")


def test_tampering():
    """audit verify finds a changed row."""
    with sqlite3.connect(f"{jcad.dir}/spool/jcad.db") as db:
        db.execute("UPDATE audit SET action = 'nothing' WHERE id = "
                   "(SELECT min(id) FROM audit)")
    jcad.start()
    done = jcad.ctl("audit", "verify")
    tap.ok(done.returncode == 1, "audit verify finds a changed entry",
           done.stdout + done.stderr)
    tap.same(jcad.stop(), 0, "the daemon ends")


def test_stop_in_job():
    """SIGTERM while the relay does not answer: ends within 5 s, parks the
    job, and a new start sends it."""
    silent = socket.socket()
    silent.bind(("127.0.0.1", 0))
    silent.listen(50)
    held = Jcad("ctl-stop", relay=f"esmtp://127.0.0.1:"
                f"{silent.getsockname()[1]}")
    held.start()
    held.roster(ROSTER)
    tap.same(held.send(EVE, LIST, post("parked"))[0], 250,
             "a post is taken while the relay is silent")
    time.sleep(0.5)
    begin = time.monotonic()
    status = held.stop()
    seconds = time.monotonic() - begin
    tap.ok(status == 0 and seconds <= 5, "SIGTERM in the middle of a job "
           f"ends it within 5 s ({seconds:.1f} s)", held.log_tail())
    silent.close()
    held.options[held.options.index("-o", 2) + 1] = \
        f"relay.url=outbox:{held.outbox}"
    held.start()
    tap.same(len(held.take(None, b"Subject: post parked", MEMBERS)), MEMBERS,
             "the next start sends what was parked")
    tap.same(held.stop(), 0, "and ends cleanly")


for test in [test_options, test_broken, test_overrides]:
    test()
jcad = Jcad("ctl", [f"instance.clock={CLOCK}"], extra=f"""
plugins = ( {{ name = "example"; file = "{PLUGINS}/example.so";
  config = {{ file = "{ROOT}/build/system/events-ctl.txt"; }}; }} );
""")
test_no_daemon()
try:
    jcad.start()
    for test in [test_members, test_import, test_verbs, test_held,
                 test_meetings, test_reload, test_second_start]:
        try:
            test()
        except (AssertionError, OSError, RuntimeError, LookupError):
            tap.ok(False, f"{test.__name__} goes through",
                   traceback.format_exc())
finally:
    status = jcad.stop()
tap.same(status, 0, "SIGTERM ends the daemon cleanly")
test_tampering()
test_stop_in_job()
tap.exit()
