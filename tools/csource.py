# SPDX-License-Identifier: ISC
"""What the checkers share: the C files of the tree, and reading C roughly."""
import bisect
import glob
import json
import re
import subprocess
import sys

TOKEN = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""",
                   re.S)


def sources(*patterns):
    found = []
    for pattern in patterns:
        found += glob.glob(pattern, recursive=True)
    return sorted(set(found))


def read(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def blank(text, strings=True):
    """Comments (and string contents) become blanks; lines stay in place."""
    def clear(match):
        token = match.group()
        if token[0] != "/":
            if not strings:
                return token
            return token[0] + re.sub(r"[^\n]", " ", token[1:-1]) + token[-1]
        return re.sub(r"[^\n]", " ", token)
    return TOKEN.sub(clear, text)


def no_preprocessor(text):
    """Preprocessor lines, with their continuations, become empty."""
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*",
                  lambda m: re.sub(r"[^\n]", " ", m.group()), text,
                  flags=re.M)


class Lines:
    """Line number of an offset."""

    def __init__(self, text):
        self.starts = [0] + [m.end() for m in re.finditer("\n", text)]

    def of(self, offset):
        return bisect.bisect_right(self.starts, offset)


def functions(paths):
    """Name, line, end, signature of each function, by universal-ctags."""
    if not paths:
        return []
    out = subprocess.run(
        ["ctags", "--options=NONE", "--language-force=C", "--c-kinds=f",
         "--fields=+neS", "--output-format=json", "-f", "-"] + paths,
        check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def finish(found):
    """Print "file:line: reason" for each finding and exit."""
    for path, line, reason in sorted(found):
        print(f"{path}:{line}: {reason}")
    sys.exit(1 if found else 0)
