# SPDX-License-Identifier: ISC
"""Postfix and Dovecot as neighbours of the daemon, on loopback, with their
own configuration, queue and mailboxes; the system's own are not touched.
Every mailbox exists, with the password "secret"."""
import atexit
import contextlib
import grp
import imaplib
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile

from jcad_system import DEADLINE, DOMAIN, ROOT, free_port, wait_for

MASTER_CF = """\
{front} inet n - n - - smtpd
  -o syslog_name=front
{relay} inet n - n - - smtpd
  -o syslog_name=relay
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {dir}/mail.log
maillog_file_prefixes = {dir}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.{domain}
mydestination =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtputf8_enable = yes
alias_maps =
local_recipient_maps =
message_size_limit = 30000000
mailbox_size_limit = 0
disable_dns_lookups = yes
lmtp_host_lookup = native
transport_maps = inline:{{ {{ {domain} = lmtp:unix:{jcad} }} }}
default_transport = lmtp:inet:127.0.0.1:{dovecot}
smtpd_client_connection_rate_limit = 0
minimal_backoff_time = 1s
queue_run_delay = 1s
"""

DOVECOT_CONF = """\
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = dovecot
default_login_user = dovenull
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
mail_fsync = never
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}/mail/%Lu allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service stats {{
  chroot =
}}
service anvil {{
  chroot =
}}
"""


def missing():
    """Why these programs cannot be run here, or ""."""
    for program in ["postfix", "dovecot", "doveadm", "swaks"]:
        if shutil.which(program) is None:
            return f"{program} is not installed"
    if os.geteuid() != 0:
        return "Postfix and Dovecot start only as root"
    return ""


def place(name):
    """An empty folder that the servers' own accounts can reach: under
    build/ if every folder above it lets them pass."""
    path = os.path.join(ROOT, "build/system", name)
    shutil.rmtree(path, ignore_errors=True)
    above = ROOT
    while os.path.dirname(above) != above:
        if not os.stat(above).st_mode & 1:
            path = tempfile.mkdtemp(prefix="jcad-mta.")
            atexit.register(shutil.rmtree, path, True)
            break
        above = os.path.dirname(above)
    os.makedirs(path, exist_ok=True)
    os.chmod(path, 0o755)
    return path


def listening(port):
    with contextlib.suppress(OSError), \
            socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def run(*argv):
    # A file, not a pipe: daemons keep what they were started with open.
    with tempfile.TemporaryFile("w+") as out:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=out,
                              stderr=out, timeout=DEADLINE)
        out.seek(0)
        text = out.read().strip()
    if done.returncode != 0:
        raise RuntimeError(f"{argv}: {text}")
    return text


def guard(*command):
    """Run command when this program ends, however it ends: these daemons
    leave its session and would outlive it."""
    code = "import subprocess, sys; sys.stdin.read(); subprocess.run(" \
        "sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)"
    return subprocess.Popen([sys.executable, "-c", code, *command],
                            stdin=subprocess.PIPE, start_new_session=True)


class Dovecot:
    """LMTP in, IMAP out."""
    def __init__(self, base):
        self.dir = os.path.join(base, "dovecot")
        self.imap_port, self.lmtp_port = free_port(), free_port()
        os.makedirs(os.path.join(self.dir, "mail"))
        who = pwd.getpwnam("nobody")
        os.chown(os.path.join(self.dir, "mail"), who.pw_uid, who.pw_gid)
        self.conf = os.path.join(self.dir, "dovecot.conf")
        with open(self.conf, "w") as f:
            f.write(DOVECOT_CONF.format(
                dir=self.dir, uid=who.pw_uid, gid=who.pw_gid,
                imap=self.imap_port, lmtp=self.lmtp_port))

    def start(self):
        self.guard = guard("doveadm", "-c", self.conf, "stop")
        run("dovecot", "-c", self.conf)
        if not wait_for(lambda: listening(self.imap_port)
                        and listening(self.lmtp_port), 20):
            raise RuntimeError("Dovecot does not listen: " + self.log())
        return self

    def stop(self):
        self.guard.communicate()
        wait_for(lambda: not listening(self.imap_port), 10)

    def log(self):
        with contextlib.suppress(OSError), \
                open(os.path.join(self.dir, "dovecot.log")) as f:
            return "".join(f.readlines()[-20:])
        return ""

    def mailbox(self, user):
        """Every mail of that mailbox, as IMAP gives it."""
        imap = imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=DEADLINE)
        try:
            imap.login(user, "secret")
            imap.select("INBOX", readonly=True)
            found = imap.search(None, "ALL")[1][0].split()
            if not found:
                return []
            parts = imap.fetch(b",".join(found), "(BODY.PEEK[])")[1]
            return [p[1] for p in parts if isinstance(p, tuple)]
        finally:
            imap.logout()

    def wait(self, user, having, seconds=DEADLINE):
        """The first mail in that mailbox with these bytes in it, or None."""
        return wait_for(lambda: next((m for m in self.mailbox(user)
                                      if having in m), None),
                        seconds, 0.2)


class Postfix:
    """SMTP in at .front (for the list) and at .relay (from jcad); the list's
    domain goes to the LMTP socket of jcad, all else to Dovecot."""
    def __init__(self, base, jcad_lmtp, dovecot_port):
        self.dir = os.path.join(base, "postfix")
        self.front, self.relay = free_port(), free_port()
        os.makedirs(self.dir)
        for name in ("queue", "data"):
            os.makedirs(os.path.join(self.dir, name))
        shutil.chown(os.path.join(self.dir, "data"), "postfix")
        grp.getgrnam("postdrop")
        daemons = run("postconf", "-d", "-h", "daemon_directory") \
            if not os.path.isdir("/usr/lib/postfix/sbin") \
            else "/usr/lib/postfix/sbin"
        with open(os.path.join(self.dir, "main.cf"), "w") as f:
            f.write(MAIN_CF.format(dir=self.dir, daemons=daemons,
                                   domain=DOMAIN, jcad=jcad_lmtp,
                                   dovecot=dovecot_port))
        with open(os.path.join(self.dir, "master.cf"), "w") as f:
            f.write(MASTER_CF.format(front=f"127.0.0.1:{self.front}",
                                     relay=f"127.0.0.1:{self.relay}"))

    def start(self):
        self.guard = guard("postfix", "-c", self.dir, "stop")
        run("postfix", "-c", self.dir, "start")
        if not wait_for(lambda: listening(self.front)
                        and listening(self.relay), 20):
            raise RuntimeError("Postfix does not listen: " + self.log())
        return self

    def stop(self):
        self.guard.communicate()
        wait_for(lambda: not listening(self.front), 10)

    def log(self):
        with contextlib.suppress(OSError), \
                open(os.path.join(self.dir, "mail.log")) as f:
            return "".join(f.readlines()[-30:])
        return ""

    def swaks(self, sender, to, mail, *more):
        """Submit bytes (CRLF lines) with swaks; the finished process."""
        return subprocess.run(
            ["swaks", "--server", f"127.0.0.1:{self.front}", "--helo",
             "client.example", "--from", sender, "--to", to, "--data", "-",
             "--no-data-fixup", *more],
            input=re.sub(rb"(?m)^\.", b"..", mail) + b".",
            capture_output=True, timeout=DEADLINE)
