#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The checkers find what is seeded; the runner counts what goes wrong."""
import os
import re
import shutil
import subprocess
import tempfile

ROOT = os.getcwd()
HEAD = "/* SPDX-License-Identifier: ISC */\n/* A file of the test. */\n"

# name, checker, path, text, what must be said (None: nothing)
SEEDS = [
    ("a clean file passes layers", "layers", "daemon/list/a.c",
     '#include "base/str.h"\n#include <string.h>\n', None),
    ("a role that includes core", "layers", "daemon/courier/a.c",
     '#include "core/core.h"\n', "courier may not include core/core.h"),
    ("a pure module that includes the store", "layers", "daemon/list/a.c",
     '#include "store/store.h"\n', "list may not include store/store.h"),
    ("libical outside cal", "layers", "daemon/meet/a.c",
     "#include <libical/ical.h>\n", "is for cal only"),
    ("a new folder without a row", "layers", "daemon/misc/a.c", "",
     "misc has no row"),
    ("an include in a comment is none", "layers", "daemon/base/a.c",
     '/*\n#include "core/core.h"\n*/\n', None),
    ("a function of 81 lines", "size", "daemon/base/a.c",
     "static void\nf(void)\n{\n" + "\tg();\n" * 78 + "}\n",
     "f has 81 lines"),
    ("a long function with a reason", "size", "daemon/base/a.c",
     "/* long: one table */\nstatic void\nf(void)\n{\n" + "\tg();\n" * 78 +
     "}\n", None),
    ("sixteen branches", "size", "daemon/base/a.c",
     "static void\nf(int a)\n{\n" + "\tif (a)\n\t\ta++;\n" * 15 + "}\n",
     "f has complexity 16"),
    ("branches in strings do not count", "size", "daemon/base/a.c",
     "static void\nf(int a)\n{\n" + '\tg("if (a && b)");\n' * 20 + "}\n",
     None),
    ("seven parameters", "size", "daemon/base/a.c",
     "static void\nf(int a, int b, int c, int d, int e, int g, int h)\n{\n}\n",
     "f takes 7 parameters"),
    ("a callback is one parameter", "size", "daemon/base/a.c",
     "static void\nf(int a, int (*b)(int, int, int, int, int, int))\n{\n}\n",
     None),
    ("five levels of nesting", "size", "daemon/base/a.c",
     "static void\nf(void)\n{\n" + "".join(
         "\t" * n + "for (;;) {\n" for n in range(1, 6)) + "\t" * 6 +
     "g();\n" + "".join("\t" * n + "}\n" for n in range(5, 0, -1)) + "}\n",
     "f nests 5 deep"),
    ("a prototype without a comment", "docs", "daemon/base/a.h",
     "\nint f(void);\n", "f has no comment above it"),
    ("a prototype with a comment", "docs", "daemon/base/a.h",
     "/* Gives 1. */\nint f(void);\nint g(void);\n", None),
    ("a setting without an entry", "docs", "daemon/conf/table.c",
     'x = { "url", SETTING_PLACE };\ny = { "url", SETTING_PLACE };\n',
     "table.c:4: setting url has no entry in man/jcad.conf.5"),
    ("a setting with an entry", "docs", "daemon/conf/table.c",
     'x = { "url", SETTING_PLACE };\n', None),
    ("a banned call", "style", "daemon/base/a.c",
     "static void\nf(char *a)\n{\n\tstrcpy(a, \"x\");\n}\n",
     "strcpy() is banned"),
    ("a banned name in a string", "style", "daemon/base/a.c",
     "static void\nf(void)\n{\n\tg(\"strcpy(a)\");\n}\n", None),
    ("a note left in", "style", "daemon/base/a.c", "/* TO" "DO: more */\n",
     "left in"),
    ("a line of 81 columns", "style", "daemon/base/a.c",
     "/* " + "x" * 75 + " */\n", "81 columns"),
    ("own header not first", "style", "daemon/base/str.c",
     '#include <string.h>\n#include "base/str.h"\n',
     'the first include is not "base/str.h"'),
    ("too many variables", "style", "daemon/base/a.c",
     "".join(f"static int v{n};\n" for n in range(13)),
     "13 at file level, 12 allowed"),
    ("constants and types are no variables", "style", "daemon/base/a.c",
     "".join(f"static const int v{n}[] = {{ 1 }};\nstruct s{n} {{\n\tint a;\n"
             f"}};\n" for n in range(13)), None),
    ("a ring buffer of libical", "style", "daemon/cal/a.c",
     "static void\nf(void)\n{\n\tg(icaltime_as_ical_string(t));\n}\n",
     "use the _r one"),
    ("a stray export", "style", "daemon/base/a.c",
     "void\nstray(void)\n{\n}\n", "stray is exported by a.c"),
]

CMOCKA = """echo '[==========] Running {planned} test(s).'
{rows}
echo '[==========] {run} test(s) run.'; exit {status}
"""
OK = "echo '[ RUN      ] {n}'; echo '[       OK ] {n}'\n"
BAD = "echo '[ RUN      ] {n}'; echo '[  FAILED  ] {n}'\n"

# name, suite, script, last line of the runner
RUNS = [
    ("two tests pass", "unit", CMOCKA.format(
        planned=2, run=2, status=0, rows=OK.format(n="a") + OK.format(n="b")),
     "2 passed, 0 failed"),
    ("one fails", "unit", CMOCKA.format(
        planned=2, run=2, status=1, rows=OK.format(n="a") + BAD.format(n="b")),
     "1 passed, 1 failed"),
    ("a failure hidden by status 0", "unit", CMOCKA.format(
        planned=1, run=1, status=0, rows=BAD.format(n="b")),
     "0 passed, 1 failed"),
    ("no tests run", "unit", CMOCKA.format(
        planned=0, run=0, status=0, rows=""), "0 passed, 1 failed"),
    ("a group that is left out", "unit", CMOCKA.format(
        planned=3, run=1, status=0, rows=OK.format(n="a")),
     "1 passed, 1 failed"),
    ("a crash after the tests", "unit", OK.format(n="a") + "kill -SEGV $$\n",
     "1 passed, 2 failed"),
    ("a status alone", "unit", CMOCKA.format(
        planned=1, run=1, status=3, rows=OK.format(n="a")),
     "1 passed, 1 failed"),
    ("a program that is not there", "unit", None, "0 passed, 1 failed"),
    ("TAP lines", "system", "echo 'ok 1 - a'; echo 'not ok 2 - b'; exit 1\n",
     "1 passed, 1 failed"),
    ("a broken plan", "system", "echo 1..3; echo 'ok 1 - a'\n",
     "1 passed, 1 failed"),
    ("a skipped test", "system", "echo 'ok 1 - a # SKIP none'; echo ok 2\n",
     "1 passed, 0 failed"),
    ("no TAP lines", "system", "echo hello\n", "0 passed, 1 failed"),
    ("an empty suite", "scenario", None, "0 passed, 1 failed"),
]

count = 0


def report(good, name, text):
    global count
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {name}", flush=True)
    if not good:
        print("# " + text.strip().replace("\n", "\n# "), flush=True)


def put(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, mode)


def in_folder(fn, *args):
    folder = tempfile.mkdtemp(prefix="jcad-tools.")
    os.chdir(folder)
    try:
        fn(*args)
    finally:
        os.chdir(ROOT)
        shutil.rmtree(folder)


def check_seed(name, checker, path, text, said):
    put(path, HEAD + text)
    put("man/jcad.conf.5", ".It Ic relay.url Ns = Ns Ar URL\nurl url\n")
    if path == "daemon/base/str.c":
        put("daemon/base/str.h", HEAD)
    p = subprocess.run([f"{ROOT}/tools/check-{checker}"], text=True,
                       capture_output=True)
    out = p.stdout + p.stderr
    good = (p.returncode == 0 and out == "") if said is None else \
        (p.returncode == 1 and said in out and
         re.match(re.escape(path) + r":\d+: ", out) is not None)
    report(good, name, out)


def check_run(name, suite, script, last):
    if suite == "unit":
        put("tests/unit/probe_test.c", "")
        program = "build/debug/unit/probe"
    else:
        program = "tests/system/test_probe.sh"
    if script is not None:
        put(program, "#!/bin/bash\n" + script, 0o755)
    p = subprocess.run([f"{ROOT}/tools/runtests", suite], text=True,
                       capture_output=True)
    lines = p.stdout.splitlines()
    good = lines[-1:] == [last] and \
        p.returncode == (0 if last.endswith(" 0 failed") else 1) and \
        sum(re.fullmatch(r"\d+ passed, \d+ failed", t) is not None
            for t in lines) == 1
    report(good, "runner: " + name, p.stdout + p.stderr)


for seed in SEEDS:
    in_folder(check_seed, *seed)
for run in RUNS:
    in_folder(check_run, *run)
print(f"1..{count}")
