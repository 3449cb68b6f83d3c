# SPDX-License-Identifier: ISC
"""What the system tests share: a daemon with its own folder and ports, mail
by SMTP and LMTP, TAP lines. Everything runs on loopback; only processes that
were started here are ended, by their id."""
import atexit
import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
MODE = os.environ.get("MODE", "debug")
BIN = os.path.join(ROOT, "build", MODE, "bin")
PLUGINS = os.path.join(ROOT, "build", MODE, "plugins")
NAME, DOMAIN = "jca-qkdn", "lists.itu-t.example"
LIST = f"{NAME}@{DOMAIN}"
EVE = "eve@lab-e.example"
DEADLINE = 60
CLOCK = "2027-01-11T08:00:00Z"      # "now" of the tests with meetings


class Tap:
    """Prints TAP lines; exit() gives the plan and the status."""
    def __init__(self):
        self.n = self.failed = 0

    def ok(self, good, name, detail=""):
        self.n += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.n} - {name}", flush=True)
        if not good and detail:
            for line in str(detail).splitlines()[:40]:
                print(f"# {line}", flush=True)
        return good

    def is_in(self, what, text, name):
        """what (a text or compiled pattern) occurs in text."""
        found = what.search(str(text)) if isinstance(what, re.Pattern) \
            else what in str(text)
        return self.ok(bool(found), name, f"wanted: {what}\ngot: {text}")

    def same(self, got, want, name):
        return self.ok(got == want, name, f"got:  {got!r}\nwant: {want!r}")

    def skip(self, name, why):
        self.n += 1
        print(f"ok {self.n} - {name}: {why} # SKIP", flush=True)

    def exit(self):
        print(f"1..{self.n}")
        sys.exit(1 if self.failed else 0)


def wait_for(test, seconds=DEADLINE, every=0.05):
    """Poll until test() gives something true; None at the deadline."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = test()
        if found:
            return found
        time.sleep(every)
    return None


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def address(verb=""):
    """An address of the list: address("confirm") ..."""
    return f"{NAME}{'-' + verb if verb else ''}@{DOMAIN}"


def header(mail, name):
    """First value of a header field in the bytes of a mail, unfolded."""
    head = mail.split(b"\r\n\r\n")[0] + b"\r\n"
    found = re.search(rb"(?im)^" + re.escape(name.encode())
                      + rb":[ \t]*(.*(?:\r\n[ \t].*)*)", head)
    if not found:
        return ""
    return re.sub(r"\r\n[ \t]+", " ", found.group(1).decode(
        "utf-8", "replace")).strip()


def body(mail):
    """The bytes behind the header."""
    return mail.split(b"\r\n\r\n", 1)[1]


class Talk:
    """One connection, command by command; replies are (code, text)."""
    def __init__(self, where, timeout=DEADLINE):
        if isinstance(where, int):
            self.sock = socket.create_connection(("127.0.0.1", where),
                                                 timeout)
        else:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(timeout)
            self.sock.connect(where)
        self.file = self.sock.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        with contextlib.suppress(OSError):
            self.sock.close()
        self.file.close()

    def reply(self):
        """(0, "") when the other side has hung up."""
        lines = []
        while True:
            try:
                line = self.file.readline().decode("utf-8", "replace")
            except ConnectionError:
                line = ""
            if not line.endswith("\n"):
                return 0, "\n".join(lines)
            lines.append(line.rstrip("\r\n")[4:])
            if line[3:4] != "-":
                return int(line[:3]), "\n".join(lines)

    def put(self, data):
        with contextlib.suppress(ConnectionError):
            self.sock.sendall(data)

    def say(self, line):
        self.put(line.encode() + b"\r\n")
        return self.reply()

    def start(self, hello="EHLO"):
        self.reply()
        return self.say(f"{hello} client.example")

    def envelope(self, sender, *rcpts):
        """Replies of MAIL and of each RCPT."""
        return [self.say(f"MAIL FROM:<{sender}>")] + \
            [self.say(f"RCPT TO:<{r}>") for r in rcpts]

    def data(self, mail):
        """DATA with dot-stuffing; the reply to it or to the end."""
        answer = self.say("DATA")
        if answer[0] != 354:
            return answer
        self.put(re.sub(rb"(?m)^\.", b"..", mail) + b".\r\n")
        return self.reply()


class Jcad:
    """A running daemon. options: "path=value" settings."""
    def __init__(self, name, options=(), conf="tests/scenario/scenario.conf",
                 relay=None, extra="", mode=None):
        self.bin = os.path.join(ROOT, "build", mode, "bin") if mode else BIN
        self.dir = os.path.join(ROOT, "build/system", name)
        shutil.rmtree(self.dir, ignore_errors=True)
        os.makedirs(self.dir)
        self.port = free_port()
        self.outbox = os.path.join(self.dir, "outbox")
        self.lmtp = os.path.join(self.dir, "lmtp")
        os.makedirs(self.outbox)
        self.conf = os.path.join(self.dir, "jcad.conf")
        with open(os.path.join(ROOT, conf)) as f:
            base = f.read()
        with open(self.conf, "w") as f:
            f.write(base + f"""
intake = ( {{ protocol = "smtp"; listen = "127.0.0.1:{self.port}"; }},
           {{ protocol = "lmtp"; listen = "unix:{self.lmtp}"; }} );
{extra}
""")
        self.options = ["-o", f"instance.spool={self.dir}/spool",
                        "-o", "relay.url="
                        + (relay or f"outbox:{self.outbox}")]
        for option in options:
            self.options += ["-o", option]
        self.log = os.path.join(self.dir, "jcad.log")
        self.process = None
        self.seen = {}
        self.used = set()
        atexit.register(self.stop)

    def spawn(self):
        """Start without waiting."""
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(
                [os.path.join(self.bin, "jcad"), "-c", self.conf,
                 *self.options], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log)

    def start(self):
        self.spawn()
        if not wait_for(self.ready):
            self.stop()
            raise RuntimeError("jcad does not start:\n" + self.log_tail())
        return self

    def ready(self):
        if self.process.poll() is not None:
            raise RuntimeError("jcad has ended:\n" + self.log_tail())
        return self.ctl("status").returncode == 0

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return self.process and self.process.returncode
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def log_text(self):
        with open(self.log, errors="replace") as f:
            return f.read()

    def log_tail(self, n=30):
        return "\n".join(self.log_text().splitlines()[-n:])

    def ctl(self, *args, check=False):
        done = subprocess.run(
            [os.path.join(self.bin, "jcadctl"), "-c", self.conf,
             *self.options, *args], capture_output=True, text=True,
            timeout=DEADLINE)
        if check and done.returncode != 0:
            raise RuntimeError(f"jcadctl {args}: {done.stdout}{done.stderr}")
        return done

    def rows(self, *args):
        """Rows of jcadctl --json."""
        done = self.ctl("--json", *args)
        return [json.loads(line) for line in done.stdout.splitlines()
                if line.startswith("{")]

    def status(self):
        rows = self.rows("status")
        return rows[0] if rows else {}

    def roster(self, path="tests/system/roster.csv"):
        self.ctl("member", "import", os.path.join(ROOT, path), check=True)

    def idle(self, seconds=DEADLINE):
        """Wait until nothing is queued; False at the deadline."""
        return wait_for(lambda: (lambda s: s and s["jobs"] == 0)(
            self.status()), seconds) is not None

    def talk(self, **more):
        return Talk(self.port, **more)

    def talk_lmtp(self, **more):
        return Talk(self.lmtp, **more)

    def send(self, sender, to, data):
        """One SMTP transaction; data: bytes with CRLF. (code, text)."""
        with contextlib.closing(smtplib.SMTP("127.0.0.1", self.port,
                                             timeout=DEADLINE)) as smtp:
            smtp.ehlo("client.example")
            code, text = smtp.mail(sender)
            if code != 250:
                return code, text
            for rcpt in [to] if isinstance(to, str) else to:
                code, text = smtp.rcpt(rcpt)
                if code != 250:
                    return code, text
            return smtp.data(data)

    def roles(self):
        """Processes of the daemon: (pid, role/index)."""
        found = []
        master = self.process.pid
        try:
            with open(f"/proc/{master}/task/{master}/children") as f:
                pids = f.read().split()
        except OSError:
            return []
        for pid in pids:
            with contextlib.suppress(OSError):
                with open(f"/proc/{pid}/comm") as f:
                    found.append((int(pid), f.read().strip()
                                  .removeprefix("jcad:")))
        return found

    def memory(self):
        """Largest resident size so far in kB, by role."""
        found = {}
        for pid, role in self.roles() + [(self.process.pid, "master")]:
            with contextlib.suppress(OSError):
                with open(f"/proc/{pid}/status") as f:
                    kb = re.search(r"VmHWM:\s+(\d+)", f.read())
                role = role.split("/")[0]
                if kb:
                    found[role] = max(found.get(role, 0), int(kb.group(1)))
        return found

    def mails(self):
        """Bytes of every mail in the outbox, by file name."""
        for name in sorted(os.listdir(self.outbox)):
            if name[0] != "." and name not in self.seen:
                with open(os.path.join(self.outbox, name), "rb") as f:
                    self.seen[name] = f.read()
        return self.seen

    def fresh(self, to=None, having=b""):
        """Names of mails not taken before, to that mailbox, with that in
        them."""
        return [name for name, mail in self.mails().items()
                if name not in self.used and having in mail
                and (to is None or rcpt_of(mail) == to)]

    def take(self, to=None, having=b"", count=1, seconds=20):
        """Wait for count such mails and take them: the mail, or a list if
        count > 1. Raises if they do not come."""
        names = wait_for(lambda: (lambda n: len(n) >= count and n)(
            self.fresh(to, having)), seconds)
        if not names:
            got = [f"{rcpt_of(m)}: {header(m, 'Subject')}"
                   for n, m in self.mails().items() if n not in self.used]
            raise AssertionError(f"no mail to {to} with {having!r}; there "
                                 f"are {got[:10]}\n{self.log_tail(5)}")
        self.used.update(names[:count])
        found = [self.seen[name] for name in names[:count]]
        return found[0] if count == 1 else found

    def forget(self):
        """What has gone out so far is of no interest."""
        self.idle()
        self.used.update(self.mails())


def rcpt_of(mail):
    return header(mail, "Delivered-To").strip(" <>").lower()


def token_address(mail, verb):
    """The address LIST-verb-TOKEN that a mail offers."""
    text = re.sub(rb"=\r\n", b"", mail).decode("utf-8", "replace")
    found = re.search(rf"{NAME}-{verb}-[a-z2-7]+@{re.escape(DOMAIN)}", text)
    if not found:
        raise AssertionError(f"no {verb} address in:\n{text}")
    return found.group(0)


numbers = itertools.count(1)


def make(sender, subject, text="", to=LIST, **fields):
    """A small mail. Fields by name, "_" for "-"; None leaves one out."""
    lines = {"From": sender, "To": to, "Subject": subject,
             "Message-ID": f"<t{next(numbers)}.{os.getpid()}@client.example>",
             "Date": "Mon, 11 Jan 2027 08:00:00 +0000"}
    lines.update({k.replace("_", "-"): v for k, v in fields.items()})
    head = "".join(f"{k}: {v}\r\n" for k, v in lines.items() if v is not None)
    text = re.sub(r"\r?\n", "\r\n", text)
    if text and not text.endswith("\n"):
        text += "\r\n"
    return (head + "\r\n" + text).encode("utf-8", "surrogateescape")


def post(number, sender=EVE, size=0):
    """A small post with its number in Subject and Message-ID."""
    text = f"This is post {number}.\r\n" + ("x" * 70 + "\r\n") * (size // 72)
    return (f"From: Eve Mockup <{sender}>\r\nTo: {LIST}\r\n"
            f"Subject: post {number}\r\n"
            f"Message-ID: <post-{number}@lab-e.example>\r\n"
            f"Date: Mon, 11 Jan 2027 08:00:00 +0000\r\n\r\n{text}").encode()
