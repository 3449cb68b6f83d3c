#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""plug_feed_check.py DIR [SCHEMA]: read what itu-feed wrote as others would.

Calendars by python3-icalendar, JSON by json (and by jsonschema if both the
module and SCHEMA are there), pages and JSON-LD by the XML reader. Prints what
is wrong and ends with 1; ends with 0 and a count if all is well.
"""
import datetime
import glob
import json
import os
import sys
import xml.etree.ElementTree as ET

try:
    import icalendar
except ImportError:
    print("python3-icalendar is missing")
    sys.exit(77)

DIR = sys.argv[1]
SCHEMA = sys.argv[2] if len(sys.argv) > 2 else ""
HTML = "{http://www.w3.org/1999/xhtml}"
bad = []


def need(ok, text):
    if not ok:
        bad.append(text)


def read(name):
    with open(os.path.join(DIR, name), "rb") as f:
        return f.read()


def calendar_instants(name):
    raw = read(name)
    need(raw.count(b"\n") == raw.count(b"\r\n"), name + ": bare LF")
    need(all(len(line) <= 75 for line in raw.split(b"\r\n")),
         name + ": line over 75 octets")
    cal = icalendar.Calendar.from_ical(raw)
    need(cal["METHOD"] == "PUBLISH", name + ": METHOD")
    zones = [str(z["TZID"]) for z in cal.walk("VTIMEZONE")]
    need(len(zones) == len(set(zones)), name + ": zone twice")
    out = {}
    for event in cal.walk("VEVENT"):
        uid = str(event["UID"])
        start = event["DTSTART"]
        need("ATTENDEE" not in event, uid + ": ATTENDEE")
        need(uid not in out, uid + ": twice in " + name)
        if "TZID" in start.params:
            need(start.params["TZID"] in zones, uid + ": no VTIMEZONE")
        out[uid] = start.dt
    return out


def check_pages():
    """All pages are well-formed; JSON-LD is JSON with what schema.org needs."""
    n = 0
    for path in glob.glob(os.path.join(DIR, "**/*.html"), recursive=True):
        root = ET.parse(path).getroot()
        need(root.get("lang"), path + ": no lang")
        need(len(root.findall(".//h1")) == 1, path + ": not one h1")
        need(root.find(".//main") is not None, path + ": no main")
        for script in root.findall(".//script"):
            need(script.get("type") == "application/ld+json",
                 path + ": script")
            data = json.loads(script.text)
            for event in data if isinstance(data, list) else [data]:
                for key in ("name", "startDate", "eventStatus", "location",
                            "eventAttendanceMode", "organizer", "url"):
                    need(event.get(key), f"{path}: JSON-LD without {key}")
        for link in root.findall(".//a"):
            href = link.get("href")
            need(href.startswith("http") or os.path.exists(os.path.join(
                os.path.dirname(path), href)), f"{path}: link {href}")
        n += 1
    return n


def main():
    events = json.loads(read("events.json"))["events"]
    feed = json.loads(read("feed.json"))
    instants = calendar_instants("calendar.ics")
    need(len(instants) == len(events), "calendar.ics: number of events")
    for event in events:
        start = event["start_time"]
        uid = [u for u in instants if u.split(".")[0] ==
               event["id"].rsplit(":", 1)[1]]
        need(len(uid) == 1, event["id"] + ": not in calendar.ics")
        when = instants[uid[0]]
        if "T" in start:
            want = datetime.datetime.fromisoformat(start.replace("Z",
                                                                 "+00:00"))
        else:
            want = datetime.date.fromisoformat(start)
        need(when == want, f"{uid}: {when} is not {want}")
    for path in glob.glob(os.path.join(DIR, "meetings/*.ics")):
        need(len(calendar_instants(os.path.relpath(path, DIR))) == 1, path)
    for item in feed["items"]:
        for key in ("date_published", "date_modified"):
            datetime.datetime.fromisoformat(item[key].replace("Z", "+00:00"))
    try:
        import jsonschema
        if SCHEMA:
            with open(SCHEMA, encoding="utf-8") as f:
                jsonschema.validate(feed, json.load(f))
    except ImportError:
        pass
    pages = check_pages()
    need(pages == len(events) + 1, "number of pages")
    for text in bad:
        print(text)
    print(f"{len(events)} events, {pages} pages")
    sys.exit(1 if bad else 0)


main()
