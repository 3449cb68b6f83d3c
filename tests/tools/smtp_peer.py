#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""smtp_peer.py [--port N] [--ext WORDS] [--cert PEM] [--save DIR] [RULE...]: an
SMTP server that behaves as badly as it is told to. Prints its port on a line,
then serves one connection after the other on 127.0.0.1 until it is killed.

RULE is STAGE[#N]=ACTION. STAGE: CONNECT EHLO HELO STARTTLS AUTH MAIL RCPT DATA
DOT (end of the data) BDAT RSET QUIT. N: only the N-th time (counted over all
connections). ACTION:
  a reply, "|" between its lines ("250-a|250 b")
  drop            close the connection instead of a reply
  answer-drop:R   reply R, then close
  cut:BYTES       (DATA, BDAT) take so many bytes of the mail, then close
  silent          never answer
  slow:MS         wait, then answer as usual
  inject:TEXT     (STARTTLS) put TEXT behind the reply

With --save, accepted mails go to DIR/1, DIR/2 ..., and what the client said to
DIR/log.
"""
import argparse
import os
import socket
import ssl
import sys
import time


class Closed(Exception):
    pass


class Peer:
    def __init__(self, opts):
        self.opts = opts
        self.rules = {}
        for rule in opts.rules:
            stage, action = rule.split("=", 1)
            self.rules[stage] = action
        self.counts = {}
        self.saved = 0
        self.log = open(f"{opts.save}/log", "ab", 0) if opts.save else None

    # --- bytes ---

    def send(self, text):
        self.sock.sendall(text.encode("latin-1"))

    def fill(self):
        data = self.sock.recv(65536)
        if not data:
            raise Closed
        self.buf += data

    def line(self):
        while b"\r\n" not in self.buf:
            self.fill()
        text, self.buf = self.buf.split(b"\r\n", 1)
        return text.decode("latin-1")

    def take(self, n):
        while len(self.buf) < n:
            self.fill()
        text, self.buf = self.buf[:n], self.buf[n:]
        return text

    def note(self, text):
        if self.log:
            self.log.write(text.encode("latin-1") + b"\n")

    # --- rules ---

    def rule(self, stage):
        n = self.counts[stage] = self.counts.get(stage, 0) + 1
        return self.rules.get(f"{stage}#{n}", self.rules.get(stage))

    def reply(self, stage, usual):
        """Answer as the rules say; the code that was answered."""
        action = self.rule(stage)
        if action is None:
            action = usual
        elif action == "drop":
            raise Closed
        elif action == "silent":
            time.sleep(600)
        elif action.startswith("slow:"):
            time.sleep(int(action[5:]) / 1000)
            action = usual
        elif action.startswith("answer-drop:"):
            self.send(action[12:] + "\r\n")
            raise Closed
        self.send(action.replace("|", "\r\n") + "\r\n")
        return int(action[:3])

    # --- commands ---

    def save(self, content):
        self.saved += 1
        self.message = content
        if self.opts.save:
            with open(f"{self.opts.save}/{self.saved}", "wb") as f:
                f.write(content)

    def hello(self, word, tls):
        words = ["peer.example"] + [w for w in self.opts.ext.split(",")
                                    if w and not (tls and w == "STARTTLS")]
        if word == "HELO":
            words = words[:1]
        self.reply(word, "|".join(
            "250" + ("-" if i + 1 < len(words) else " ") + w
            for i, w in enumerate(words)))

    def cut(self, stage):
        rule = self.rules.get(f"{stage}#{self.counts.get(stage, 0) + 1}",
                              self.rules.get(stage, ""))
        if not rule.startswith("cut:"):
            return None
        self.rule(stage)
        return int(rule[4:])

    def data(self):
        cut = self.cut("DATA")
        if cut is not None:
            self.send("354 go\r\n")
            self.take(cut)
            raise Closed
        if self.reply("DATA", "354 go" if self.rcpts else
                      "503 5.5.1 no valid recipients") != 354:
            return
        lines = []
        while True:
            while b"\n" not in self.buf:
                self.fill()
            text, self.buf = self.buf.split(b"\n", 1)
            if text == b".\r":
                break
            lines.append(text[1:] if text.startswith(b".") else text)
        content = b"".join(x + b"\n" for x in lines)
        if self.reply("DOT", "250 2.0.0 taken") == 250:
            self.save(content)

    def bdat(self, args):
        size, last = int(args.split()[0]), args.upper().endswith("LAST")
        cut = self.cut("BDAT")
        if cut is not None:
            self.take(min(cut, size))
            raise Closed
        chunk = self.take(size)
        if self.chunks is None or not self.rcpts:
            self.reply("BDAT", "503 5.5.1 out of order")
            return
        self.chunks += chunk
        whole = self.chunks
        if self.reply("BDAT", "250 2.0.0 chunk taken") != 250:
            self.chunks = None
        elif last:
            self.save(whole)
            self.chunks = b""

    def starttls(self):
        action = self.rules.get("STARTTLS", "")
        if action.startswith("inject:"):
            self.send("220 go\r\n" + action[7:] + "\r\n")
        elif self.reply("STARTTLS", "220 go") != 220:
            return
        ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ctx.load_cert_chain(self.opts.cert)
        ctx.sni_callback = lambda s, name, c: self.note(f"SNI {name}")
        try:
            self.sock = ctx.wrap_socket(self.sock, server_side=True)
        except (ssl.SSLError, OSError) as e:
            self.note(f"TLS failed: {type(e).__name__}")
            raise Closed
        self.buf = b""
        self.note(f"TLS {self.sock.version()}")

    def command(self, text):
        word = text[:4].upper()
        if word in ("EHLO", "HELO"):
            self.hello(word, isinstance(self.sock, ssl.SSLSocket))
        elif text.upper() == "STARTTLS":
            self.starttls()
        elif word == "AUTH":
            self.reply("AUTH", "235 2.7.0 welcome")
        elif word == "MAIL":
            self.rcpts, self.chunks = [], b""
            self.reply("MAIL", "250 2.1.0 ok")
        elif word == "RCPT":
            if self.reply("RCPT", "250 2.1.5 ok") == 250:
                self.rcpts.append(text)
        elif word == "DATA":
            self.data()
        elif word == "BDAT":
            self.bdat(text[5:])
        elif word == "RSET":
            self.rcpts, self.chunks = [], b""
            self.reply("RSET", "250 2.0.0 ok")
        elif word == "QUIT":
            self.reply("QUIT", "221 2.0.0 bye")
            raise Closed
        else:
            self.send("500 5.5.2 what\r\n")

    def serve(self, sock):
        self.sock, self.buf, self.rcpts, self.chunks = sock, b"", [], b""
        try:
            if self.reply("CONNECT", "220 peer.example ESMTP") != 220:
                self.line()
                raise Closed
            while True:
                text = self.line()
                self.note(text)
                self.command(text)
        except (Closed, OSError):
            pass
        self.sock.close()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--ext", default="PIPELINING,8BITMIME,SIZE 1000000")
    p.add_argument("--port", type=int, default=0)
    p.add_argument("--cert")
    p.add_argument("--save")
    p.add_argument("rules", nargs="*")
    opts = p.parse_args()
    peer = Peer(opts)
    listener = socket.create_server(("127.0.0.1", opts.port))
    print(listener.getsockname()[1], flush=True)
    # What the test forgot to kill ends with it.
    parent = os.getppid()
    listener.settimeout(1)
    while os.getppid() == parent:
        try:
            sock, _ = listener.accept()
        except socket.timeout:
            continue
        sock.settimeout(30)
        peer.serve(sock)


if __name__ == "__main__":
    sys.exit(main())
