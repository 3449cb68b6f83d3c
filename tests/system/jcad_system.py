# SPDX-License-Identifier: ISC
"""What the system tests share: a daemon with its own folder and ports, mail
by SMTP, TAP lines. Everything runs on loopback; only processes that were
started here are ended, by their id."""
import contextlib
import json
import os
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
LIST = "jca-qkdn@lists.itu-t.example"
DEADLINE = 60


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


class Jcad:
    """A running daemon. options: extra "path=value" settings."""
    def __init__(self, name, options=(), conf="tests/scenario/scenario.conf",
                 relay=None, extra=""):
        self.dir = os.path.join(ROOT, "build/system", name)
        shutil.rmtree(self.dir, ignore_errors=True)
        os.makedirs(self.dir)
        self.port = free_port()
        self.outbox = os.path.join(self.dir, "outbox")
        self.lmtp = os.path.join(self.dir, "lmtp")
        os.makedirs(self.outbox)
        self.conf = os.path.join(self.dir, "jcad.conf")
        base = open(os.path.join(ROOT, conf)).read()
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

    def start(self):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(
                [os.path.join(BIN, "jcad"), "-c", self.conf, *self.options],
                stdout=log, stderr=log)
        if not wait_for(self.ready):
            self.stop()
            raise RuntimeError("jcad does not start:\n" + self.log_tail())
        return self

    def ready(self):
        return self.process.poll() is None and \
            self.ctl("status").returncode == 0

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return self.process and self.process.returncode
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def log_tail(self, n=30):
        with open(self.log, errors="replace") as f:
            return "".join(f.readlines()[-n:])

    def ctl(self, *args, check=False):
        done = subprocess.run(
            [os.path.join(BIN, "jcadctl"), "-c", self.conf, *self.options,
             *args], capture_output=True, text=True, timeout=DEADLINE)
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

    def roster(self, path="conf/demo-roster.csv"):
        self.ctl("member", "import", os.path.join(ROOT, path), check=True)

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
        """Processes of the daemon: (pid, role) by its title or log."""
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
                    found.append((int(pid), f.read().strip()))
        return found

    def mails(self):
        """Bytes of every mail in the outbox, by file name."""
        found = {}
        for name in sorted(os.listdir(self.outbox)):
            if name.endswith(".eml"):
                with open(os.path.join(self.outbox, name), "rb") as f:
                    found[name] = f.read()
        return found


def post(number, sender="eve@lab-e.example", size=0):
    """A small post with its number in Subject and Message-ID."""
    body = f"This is post {number}.\r\n" + ("x" * 70 + "\r\n") * (size // 72)
    return (f"From: Eve Mockup <{sender}>\r\nTo: {LIST}\r\n"
            f"Subject: post {number}\r\n"
            f"Message-ID: <post-{number}@lab-e.example>\r\n"
            f"Date: Mon, 11 Jan 2027 08:00:00 +0000\r\n\r\n{body}").encode()
