"The 24 briefs of the development set: what an editor would expect of their films, and that the judge of it can be trusted."

import dataclasses
import hashlib
import re
import time

import pytest
from expectations import (
    BRIEFS,
    KINDS,
    QUALIFIERS,
    SAME,
    TEXTS,
    Figure,
    Film,
    briefs,
    counts,
    even,
    expected,
    figures,
    holds,
    judge,
    judge_all,
    table,
)

from viralforge.art import arts
from viralforge.captions import Page, PageWord
from viralforge.types import Box, Line, Motion, Script, Sequence, Shot, Text, Vector, Word

# What is met today, in percent rounded down; the aim is 90 of each and 95 of all.
MET = {
    "answer": 91, "must_say": 93, "must_not_say": 100, "denied": 100, "superseded": 66, "needs": 100, "order": 94, "whole": 97,
    "not_a_quantity": 99, "quantity": 91, "keep_together": 100, "wrong_picture": 100, "hook_bad": 100, "all but good_picture": 97,
}  # fmt: skip
SHOWN = {"good_picture": 20, "drawn as a figure": 23}  # counts; the aim is 12 and 40, for a film that shows nothing must not pass


def test_the_films_do_what_an_editor_expects(capsys):
    began = time.perf_counter()
    found, films = judge_all()
    with capsys.disabled():
        print(f"\n{table(found)}\n{len(films)} films in {time.perf_counter() - began:.0f} s")
    have = counts(found)
    short = {k: f"{have[k][0]} of {have[k][1]}" for k, least in MET.items() if 100 * have[k][0] < least * have[k][1]}
    short |= {k: have[k][0] for k, least in SHOWN.items() if have[k][0] < least}
    assert len(films) == 24 and not short, "\n".join([str(short), *(f"{f.brief} {f.kind}: {f.entry}: {f.why}" for f in found if not f.met and f.kind in short)])


def test_the_set_is_as_it_was_written():
    rows = (BRIEFS / "SHA256SUMS").read_text().splitlines()
    assert {name for _, name in map(str.split, rows)} == {p.name for p in BRIEFS.iterdir()} - {"SHA256SUMS"} and len(briefs()) == 24
    for digest, name in map(str.split, rows):
        assert hashlib.sha256((BRIEFS / name).read_bytes()).hexdigest() == digest, name


def test_every_key_is_judged_and_every_qualifier_known():
    about = (BRIEFS / "README.md").read_text(encoding="utf-8")
    assert {k for p in briefs() for k in expected(p)} <= {*KINDS, *TEXTS} <= {*re.findall(r"`(\w+)`", about)}
    said = " ".join(re.search(r"begins with one or more of: (.+?)\.", about, re.DOTALL)[1].split())
    assert said.split(", ") == list(QUALIFIERS)
    assert not [e for p in briefs() for e in expected(p).get("keep_together", ()) if not any(even(e).startswith(f"{q} ") for q in QUALIFIERS) and even(e) != "-14"]


HELD = [
    ("8,848.86 m", "8,848", False), ("It is 8,848 m.", "8,848", True), ("11000 volts", "11,000", True), ("forty days", "40", True),
    ("eleven thousand volts", "11,000", True), ("two hundred and six bones", "206", True), ("two, three", "5", False), ("Eight tablets", "8 tablets", True),
    ("on the twenty-first", "21st", True), ("One in five", "1 in 5", True), ("12 percent", "12%", True), ("12%", "12", False), ("£900", "900", False),
    ("−179 °C", "-179 °C", True), ("−179 °C", "179 °C", False), ("minus 14", "−14", True), ("3–2", "3-2", True), ("13-2", "3-2", False), ("3-2", "2", False),
    ("the 58th minute", "58", False), ("4.2.0", "4.2", False), ("it is 4.2.", "4.2", True), ("25 km/h", "25 km", False), ("5 million", "5", False),
    ("a *piano* on `it`", "a piano on it", True), ("“we  go”", '"we go"', True), ("a whole", "hole", False), ("the pumps", "pump", True),
    ("a mouse", "cat|mouse", True),
]  # fmt: skip


@pytest.mark.parametrize("text, entry, is_held", HELD, ids=[f"{e} in {t}" for t, e, _ in HELD])
def test_comparing(text, entry, is_held):
    assert holds(text, entry) == is_held


BOX = Box(x=0, y=0, w=10, h=10)


def type_(text, face="anton", **more):
    return Text(box=BOX, lines=(text,), face=face, size=60, ink="#ffffff", **more)


def up_to(*steps):
    "A figure that runs up to its value."
    return Sequence(box=BOX, read=True, items=tuple(type_(t, start=k) for k, t in enumerate(steps)))


def icon_of(name):
    return Vector(box=BOX, svg="<svg/>", name=f"icon {name}")


def film(*lines, notes=""):
    "A film of lines, each a list of shots: the words that are said, the layers, the template; a page of captions to a shot."
    script, shots, pages = [], [], []
    for n, parts in enumerate(lines):
        line = Line(id=f"l{n}", role="beat", text=" ".join(said for said, *_ in parts))
        script.append(line)
        for k, (said, layers, template) in enumerate(parts):
            words = tuple(Word(shown=w, spoken=w, start=k, end=k + 1) for w in said.split())
            shots.append(Shot(id=f"l{n}.{k}", line=line, start=30 * k, frames=30, words=words, first=k == 0, visual=Motion(template=template, layers=layers)))
            timed = tuple(PageWord(shown=w, start=0, end=1) for w in said.split())
            pages.append(Page(line_id=line.id, start=30 * k, frames=30, words=timed, lines=(said,), layers=()))
    return Film("", notes, Script(title="", lines=tuple(script)), tuple(shots), tuple(pages), "anton")


def plain(*texts):
    return film(*([(t, (type_(t.upper()),), "phrase")] for t in texts))


def number(said, figure, unit="", label=""):
    more = (*([type_(unit)] if unit else []), *([type_(label, "montserrat-bold")] if label else []))
    return [(said, (figure if isinstance(figure, Sequence) else type_(figure), *more), "number")]


def two(*said):
    "One line in two shots."
    return [(t, (type_(t.upper()),), "phrase") for t in said]


# kind, what is asked, a film that meets it, a film that does not
CASES = {
    "answer": ("answer", ["a crane", "a heron"], plain("It is a heron."), plain("It is a bird.")),
    "must say": ("must_say", ["2025|128"], plain("In all 128."), plain("In all 1,280.")),
    "must not say": ("must_not_say", ["Sign in"], plain("A sign of rain."), plain("Sign in to read.")),
    "must not show": ("must_not_say", ["SKU"], plain("Red."), film([("Red.", (type_("SKU 12"),), "phrase")])),
    "denied": ("denied", ["bats are blind"], plain("Myth: Bats are blind."), plain("Bats are blind.")),
    "denied, and the claim's own words do not deny it": ("denied", ["no bat sees"], plain("Wrong: no bat sees."), plain("No bat sees.")),
    "superseded": ("superseded", [{"old": "500", "new": "616"}], plain("500 dead.", "616 in the end."), plain("616 in the end.", "500 dead.")),
    "superseded, drawn": ("superseded", [{"old": "500", "new": "616"}], plain("First 500, then 616."), film(number("First 500, then 616.", "500", "", "DEAD"))),
    "superseded, last figure": ("superseded", [{"old": "500", "new": "616"}], plain("500, then 616."), plain("616, up from 500.")),
    "needs": ("needs", [{"say": "benches break", "also": "plank"}], plain("Benches break.", "A plank is cheap."), plain("Benches break.")),
    "order": ("order", ["rinse", "dry"], plain("Dry it?", "Rinse.", "Dry."), plain("Go.", "Dry.", "Rinse.")),
    "whole, line": ("whole", ["Mr. Hallam"], plain("It was Mr. Hallam."), plain("It was Mr.", "Hallam.")),
    "whole, shot": ("whole", ["Heron 300"], film(two("It is", "a Heron 300.")), film(two("It is a Heron", "300."))),
    "not a quantity, counts": ("not_a_quantity", ["platform 9"], film(number("On platform 9.", "9", "", "PLATFORM")), film(number("On platform 9.", up_to("4", "9")))),
    "not a quantity, unit": ("not_a_quantity", ["Heron 300"], film(number("The Heron 300.", "300")), film(number("The Heron 300.", "300", "BIKES"))),
    "a quantity of the same number": ("not_a_quantity", ["platform 9"], film(number("9 trains at platform 9.", up_to("4", "9"))), film(number("At platform 9.", up_to("4", "9")))),
    "quantity": ("quantity", [{"figure": "128", "of": "moons"}], film(number("128 moons.", "128", "MOONS")), film(number("128 moons.", "128", "", "NEW"))),
    "quantity, unit": ("quantity", [{"figure": "2 metres", "of": "wings"}], film(number("Wings 2 metres wide.", "2", "METRES", "WINGS")), film(number("Wings 2 metres wide.", "2", "", "WINGS"))),
    "keep together": ("keep_together", ["only three"], film([("Only three do.", (type_("ONLY THREE DO"),), "phrase")]), film([("Only three do.", (type_("THREE DO"),), "phrase")])),
    "keep together, in any order": ("keep_together", ["at least 30 minutes"], film(number("At least 30 minutes.", "30", "MINUTES", "AT LEAST")), film(number("At least 30 minutes.", "30", "MINUTES"))),
    "keep together, dropped by the line": ("keep_together", ["up to 25 things"], plain("It keeps many."), film(number("It keeps 25 things.", "25", "THINGS"))),
    "both ends": ("keep_together", ["from 34 minutes to 29"], film([("From 34 minutes to 29.", (type_("34 MINUTES"), type_("29")), "chart")]), film(number("From 34 minutes to 29.", "34", "MINUTES"))),
    "a sign": ("keep_together", ["minus 14"], plain("It was minus 14."), film(number("It was minus 14.", "14"))),
    "wrong picture": ("wrong_picture", ["bell"], film([("Bell", (icon_of("phone"),), "icon")]), film([("Bell", (icon_of("bell-ring"),), "icon")])),
    "good picture": ("good_picture", ["key"], film([("Key", (icon_of("key-round"),), "icon")]), film([("Key", (icon_of("keyboard"),), "icon")])),
    "hook": ("hook_bad", ["Why why is"], plain("Why is it?"), plain("Why why is it?")),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_fault_is_seen_and_only_then(name):
    kind, entries, good, bad = CASES[name]
    assert all(f.met for f in judge(good, {kind: entries})), judge(good, {kind: entries})
    missed = [f for f in judge(bad, {kind: entries}) if not f.met]
    assert missed and all(f.why for f in missed)


def test_a_page_of_captions_ends_no_name():
    whole = plain("It was Mr. Hallam.")
    first, last = (Page(line_id="l0", start=s, frames=9, words=tuple(PageWord(shown=w, start=0, end=1) for w in t.split()), lines=(t,), layers=()) for s, t in ((0, "It was Mr."), (9, "Hallam.")))
    torn = dataclasses.replace(whole, pages=(first, last))
    assert [f.met for x in (whole, torn) for f in judge(x, {"whole": ["Mr. Hallam"]})] == [True, False]


def test_a_picture_of_another_sense_is_no_good_one():
    shown = film([("Flask", (icon_of("flask-conical-off"),), "icon")])
    assert not judge(shown, {"wrong_picture": ["flask-conical-off"], "good_picture": ["flask-conical"]})[1].met


def test_illustrations_stand_for_the_icons_of_the_same_thing():
    names = {n for p in briefs() for k in ("wrong_picture", "good_picture") for n in expected(p).get(k, ())}
    assert {*SAME} <= names and not {d for drawn in SAME.values() for d in drawn} - {*arts()}
    shown = film([("Bike", (dataclasses.replace(icon_of("x"), name="subject bicycle"),), "icon")])
    assert judge(shown, {"good_picture": ["bike"]})[0].met and not judge(shown, {"wrong_picture": ["bike"]})[0].met


def test_big_numbers_are_read_from_their_layers():
    (shot,) = film(number("About 340 kg.", up_to("120", "340"), "KG", "ABOUT")).shots
    assert figures(shot, "anton") == [Figure("340", "KG", "ABOUT", True)]
    (shot,) = film(number("One in five cycles.", "ONE IN FIVE", "", "CYCLES")).shots
    assert figures(shot, "anton")[0].text == "ONE IN FIVE", "also in words"
    (shot,) = plain("About 340 kg.").shots
    assert not figures(shot, "anton"), "type that says a figure is no big number"
