"Type and captions against the voice: planted faults are caught, clean scenes are not accused."

import dataclasses
import re
from collections import Counter

import pytest
from expectations import BRIEFS

from viralforge.briefs import example_briefs, read_brief
from viralforge.faithful import _phrases, even, faults, heard, shot_faults, type_of
from viralforge.markdown import read_markdown
from viralforge.pipeline import Draft
from viralforge.store import Store
from viralforge.text.reading import lists, read
from viralforge.timeline import Place
from viralforge.types import Box, Line, Sequence, Speech, Text, Word

BOX = Box(x=0, y=0, w=10, h=10)


def drawn_as(text, rows):
    "A line, and a shot that shows rows of type while it is said; the first row is the largest."
    words = text.split()
    timed = tuple(Word(shown=w, spoken=w, start=float(n), end=n + 0.9) for n, w in enumerate(words))
    line = Speech(line=Line(id="l", role="beat", text=text), audio=None, rate=1, seconds=float(len(words)), words=timed)
    type_ = tuple(Text(box=BOX, lines=(r,), face="anton", size=90 if k == 0 else 50, ink="#ffffff") for k, r in enumerate(rows.split(" / ")))
    return Place(id="l", line_id="l", start=0, frames=30 * len(words), layers=type_), heard(line, 0.0)


def kinds(text, rows):
    return {f.kind for f in shot_faults(*drawn_as(text, rows))}


# A sentence that is said; below it rows of type, and the fault they hold, or - for none.
PLANTED = """
Never touch a fallen line, and stay at least 10 metres away from it.
    TOUCH A FALLEN LINE | negation
    NEVER TOUCH A FALLEN LINE | -
    10 / METRES / AWAY FROM IT | bound
    10 / METRES / AT LEAST | -
    10 / AT LEAST | unit
Many local power lines carry 11,000 volts, and sparrows nap on them all day.
    11,000 / POWER LINES | unit
    11,000 / VOLTS / POWER LINES CARRY | -
    1,100 / VOLTS | not said
    11,000 / VOLTS / PIGEONS NAP | not said
The seventy men of the brewery in Broad Street drank beer, and water from a well of their own. None of them died.
    OF THEM DIED | negation
    NONE OF THEM DIED | -
For most of his life Dr. Snow drank no alcohol.
    SNOW DRANK ALCOHOL | negation
    NO ALCOHOL | -
    DR. DRANK NO ALCOHOL | name
Watson joked that this time he would need nearly a week.
    HE WOULD NEED A WEEK | bound
    NEARLY A WEEK | -
It was Bell who got patent No. 174,465, on 7 March.
    174,465 / ON 7 MARCH | name
    PATENT No. 174,465 | -
    IT WAS BELL WHO GOT PATENT | -
Do not boil the mixture.
    BOIL THE MIXTURE | negation
    DO NOT BOIL THE MIXTURE | -
Fill it no more than half with cold water and add two tablespoons of citric acid.
    FILL IT HALF WITH COLD WATER | bound
    NO MORE THAN HALF | -
    TWO / OF CITRIC ACID | unit
    ADD TWO TABLESPOONS OF CITRIC ACID | -
In a hard-water town repeat it every four to six weeks; with a filter, every three months is enough.
    EVERY SIX WEEKS | range
    FOUR TO SIX WEEKS | -
    EVERY THREE MONTHS IS ENOUGH | -
The Heron 300 used to cost €1,690. Since March it costs €1,490.
    300 / USED TO COST | name
    €1,490 / THE HERON 300 USED TO COST | subject
    €1,490 / IT COSTS SINCE MARCH | -
The motor helps you up to 25 km/h, and then it stops helping.
    25 / km/h / THE MOTOR HELPS YOU | bound
    UP TO 25 km/h | -
A belt takes the place of the chain, so there is no oil on your trousers.
    OIL ON YOUR TROUSERS | negation
    A BELT TAKES THE PLACE OF THE CHAIN | -
It carries riders of up to 110 kg. It is not made for child seats.
    MADE FOR CHILD SEATS | negation
    NOT MADE FOR CHILD SEATS | -
Search in a library of 10,000 notes went from 2.4 s to 0.4 s, which is six times as fast.
    0.4 / s / SEARCH | range
    2.4 s / 0.4 s / SEARCH | -
    SIX TIMES AS FAST | -
Make a backup, because notes saved by 4.2 cannot be opened in 4.1.
    NOTES OPENED IN 4.1 | negation
    MAKE A BACKUP | -
Windows 8.1 is no longer supported.
    WINDOWS 8.1 IS SUPPORTED | negation
    WINDOWS 8.1 NO LONGER SUPPORTED | -
Of more than 1,400 species only three do, and all three live in Latin America.
    1,400 / SPECIES | bound
    MORE THAN 1,400 SPECIES | -
    ALL THREE LIVE IN LATIN AMERICA | -
About one in five of all mammal species is a bat.
    ABOUT ONE IN FIVE / MAMMAL SPECIES IS A BAT | -
    ONE IN FIVE / MAMMAL SPECIES | bound
    FIVE / MAMMAL SPECIES | range
A seal has only a hole on each side of its head.
    A SEAL HAS A HOLE | bound
    ONLY A HOLE | -
A seal cannot turn its hind flippers forward, so it bounces along on its belly.
    TURN ITS HIND FLIPPERS FORWARD | negation
    IT BOUNCES ALONG ON ITS BELLY | -
Never take more than eight tablets of 500 mg in 24 hours.
    EIGHT TABLETS IN 24 HOURS | bound
    NEVER MORE THAN EIGHT TABLETS | -
    TAKE MORE THAN EIGHT TABLETS | negation
Do not give adult tablets to a child unless a pharmacist says so.
    GIVE ADULT TABLETS TO A CHILD | negation
    DO NOT GIVE ADULT TABLETS TO A CHILD | -
If you have taken too much, get medical help at once, even if you feel well.
    GET MEDICAL HELP AT ONCE | -
At 6% your money doubles in 12 years, at 3% in 24.
    12 / DOUBLES IN | unit
    12 / YEARS / YOUR MONEY DOUBLES | -
So the wait grows from 9 years to 12.
    12 / THE WAIT GROWS | range
    FROM 9 YEARS TO 12 | -
A credit card at 24% doubles what you owe in about 3 years, unless you pay it off.
    3 / YEARS / DOUBLES WHAT YOU OWE | bound
    ABOUT 3 YEARS | -
It is only an estimate, and it says nothing about risk.
    IT IS AN ESTIMATE | bound
    IT SAYS ABOUT RISK | negation
    ONLY AN ESTIMATE | -
It was watched by 4,312 people, up from 2,906 last year.
    2,906 / PEOPLE WATCHED | bound
    4,312 / PEOPLE / WATCHED | -
Arrowby, who had landed from an international match in Canada at 6 a.m., showed no sign of jet lag.
    SIGN OF JET LAG | negation
    NO SIGN OF JET LAG | -
It is open from April to October, and children under 6 are not allowed up.
    OPEN FROM APRIL TO | range
    FROM APRIL TO OCTOBER | -
    CHILDREN UNDER 6 ALLOWED | negation
Later the wait was raised from 30 days to 40.
    30 / DAYS / THE WAIT WAS RAISED | range
    FROM 30 DAYS TO 40 | -
In its future, houses no longer catch fire, and firemen have a new job: they burn books.
    HOUSES CATCH FIRE | negation
    THEY BURN BOOKS | -
The number on their helmets, 451, is said to be the temperature at which paper begins to burn.
    PAPER BEGINS TO BURN | -
Guy Montag has been a fireman for ten years and is proud of it.
    TEN / A FIREMAN | unit
    TEN YEARS A FIREMAN | -
France, with 12, if its islands overseas are counted. Without them it has only one.
    IT HAS ONE | bound
But since 1949 it has had only one official time, 8 hours ahead of Greenwich.
    ONE OFFICIAL TIME | bound
    ONLY ONE OFFICIAL TIME | -
    8 HOURS AHEAD OF GREENWICH | -
India is 5 hours 30 minutes ahead of Greenwich, and Nepal 5 hours 45 minutes.
    5 HOURS 30 MINUTES / INDIA | -
    30 / INDIA IS AHEAD | unit
In Kashgar the winter sun does not rise before 10 a.m. by the clock.
    THE SUN DOES RISE BEFORE 10 A.M. | negation
In March people brought 148 things, and 113 of them went home working: that is about three in four.
    113 / WENT HOME WORKING | -
    THREE IN FOUR | bound
No need to book, unless you come with a group of six or more.
    NEED TO BOOK | negation
    NO NEED TO BOOK | -
In March 2025 another 128 were recognised, and the total has stood at 274 since then.
    274 / THE TOTAL | -
    2025 / MARCH | -
Most of the new ones are only 2 to 4 km across.
    ONLY 2 TO 4 km | -
    4 / km ACROSS | range
They circle backwards, on tilted paths, up to 27 million km out.
    UP TO 27 / km OUT | unit
    UP TO 27 MILLION km | -
Lunokhod 1 rolls over the Moon and covers 10.5 km, steered from Earth.
    10.5 / OVER THE MOON | unit
    1 / ROLLS OVER THE MOON | name
    10.5 / km / LUNOKHOD 1 | -
The first says that a robot may not harm a human being.
    A ROBOT MAY HARM A HUMAN BEING | negation
    MAY NOT HARM A HUMAN BEING | -
It was built to last 7 Martian days and lasted 83.
    7 MARTIAN DAYS / LASTED 83 | -
Of these 44% drive, down from 58% in 2019, and 21% cycle, up from 12%.
    58% / DRIVE | bound
    44% / DRIVE | -
    21% / CYCLE | -
Not everyone gains. Of those who live more than 15 km out, only one in forty cycles.
    EVERYONE GAINS | negation
    ONE IN FORTY CYCLES | bound
    ONLY ONE IN FORTY CYCLES | -
Bikes now outnumber cars there by three to one.
    BIKES OUTNUMBER CARS BY THREE TO ONE | -
    CARS OUTNUMBER BIKES | subject
An item may be text, HTML or a picture, and must be smaller than 4 MB.
    4 / MB / AN ITEM | bound
Press Windows key + V instead: a panel opens with up to 25 things that you copied.
    25 / THINGS THAT YOU COPIED | bound
Never leave a password in the list, because anyone at your keyboard can read it.
    LEAVE A PASSWORD IN THE LIST | negation
    ANYONE AT YOUR KEYBOARD CAN READ IT | -
The panel is not even new.
    THE PANEL IS NEW | negation
It came with version 1809 of Windows 10, in October 2018, and most people have never opened it.
    MOST PEOPLE HAVE OPENED IT | negation
    1809 / OF WINDOWS 10 | name
    OCTOBER 2018 | -
He never sent the piano on.
    HE SENT THE PIANO ON | negation
"Nobody touches freight."
    TOUCHES FREIGHT | negation
It was minus 14 outside and not much better within.
    14 / OUTSIDE | bound
    MINUS 14 / OUTSIDE | -
On the night of 3 February 1962 the last train out of Merrow Junction did not run.
    THE LAST TRAIN DID RUN | negation
    3 FEBRUARY 1962 | -
There were 43 passengers. There was one stove, in a waiting room meant for twenty.
    43 / PASSENGERS | -
    43 / STOVE | unit
It rains there, but never water: at −179 °C the drops are liquid methane.
    IT RAINS WATER | negation
    −179°C / LIQUID METHANE | -
    179 °C / LIQUID METHANE | not said
A few of them carry rabies, and a frightened bat bites.
    FEW OF THEM CARRY RABIES | -
Light is faster than sound.
    SOUND FASTER THAN LIGHT | subject
    LIGHT / FASTER THAN / SOUND | -
Three in ten go by bus, and two in ten walk.
    TWO IN TEN WALK | -
The city stands for about a quarter of all emissions, but not for the noise.
    ABOUT A QUARTER OF ALL EMISSIONS | -
It would cost a quarter of the price of the screens.
    1/4 / OF THE PRICE OF THE SCREENS | -
    1/3 / OF THE PRICE OF THE SCREENS | not said
Brightness: Lumo Trail 400 lumens, Lumo Trail Pro 650 lumens.
    400 / LUMENS / BRIGHTNESS | -
    400 / BRIGHTNESS | unit
An accident is not enough, though.
    AN ACCIDENT IS ENOUGH | negation
"""


def planted():
    said = ""
    for row in PLANTED.strip().splitlines():
        if row.startswith(" "):
            rows, kind = row.strip().split(" | ")
            yield pytest.param(said, rows, kind, id=rows)
        else:
            said = row


@pytest.mark.parametrize("said, rows, kind", list(planted()))
def test_a_planted_fault_is_caught_and_faithful_type_is_not_accused(said, rows, kind):
    found = kinds(said, rows)
    assert (kind in found) if kind != "-" else not found, found


def sentences():
    "All that the development briefs note."
    for path in sorted(BRIEFS.glob("[0-9]*.md")):
        for block in read_markdown(read_brief(path).notes)[0]:
            for text in [" ".join(block.lines)] if block.kind == "sentence" else block.lines:
                r = read(text) if text.strip() else None
                yield from (r.said(s) for s in (r.sentences if r else ()))


def without(words, span):
    return " ".join((*words[: span[0]], *words[span[1] + 1 :])).upper()


def faulty(text):
    "The sentence drawn with a fault, in every way that it offers: what kind it is, and the type."
    words, r, known = text.split(), read(text), lists("en")
    low = tuple(map(even, words))
    bounds = [s for s in _phrases(low, known["limits"]) if not (low[s[0] : s[1] + 1][-1] == "than" and low[s[0]] != "no" and not any(c.isdigit() for w in words[s[1] : s[1] + 4] for c in w))]
    bound = {n for a, z in bounds for n in range(a, z + 1)}
    yield from (("bound", without(words, s)) for s in bounds)
    yield from (("negation", without(words, s)) for s in _phrases(low, known["reversals"]) if s[0] not in bound and low[s[0]] != "without" and not words[s[0]].endswith("."))
    numbers = [n for n, w in enumerate(words) if re.fullmatch(r"\d[\d,.]*\d,?", w)]
    yield from (("not said", " ".join((*words[:n], "7,777", *words[n + 1 :])).upper()) for n in numbers)
    last = {r.tokens[z].word for _, z in r.names if r.tokens[z].entity == "PERSON"}
    yield from (("not said", " ".join((*words[:n], "Zebulon", *words[n + 1 :])).upper()) for n in sorted(last))


def test_whole_sentences_of_24_briefs_are_never_accused_and_their_faults_are_caught():
    there, caught, missed = Counter(), Counter(), []
    for text in sentences():
        if len(text.split()) < 3:
            continue
        assert not kinds(text, text.upper()), text
        for kind, rows in faulty(text):
            there[kind] += 1
            caught[kind] += kind in kinds(text, rows)
            missed += [(kind, rows)] * (kind not in kinds(text, rows))
    assert sum(there.values()) > 200 and all(caught[k] >= 0.9 * there[k] for k in there), (there, caught, missed)


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("faithful") / ".store")
    return [Draft(p, store=store, music="none") for p in example_briefs()]


def written(layer, old, new):
    "A layer with one text in the place of another."
    if isinstance(layer, Sequence):
        return dataclasses.replace(layer, items=tuple(written(x, old, new) for x in layer.items))
    return dataclasses.replace(layer, lines=tuple(x.replace(old, new) for x in layer.lines)) if isinstance(layer, Text) else layer


def test_edits_of_real_films_are_caught(films):
    "Each figure, and the longest word of each shot, drawn as another one; each figure of the captions."
    count = 0
    for d in films:
        t, before = d.timeline, faults(d.timeline, d.voiceover)
        lines = {s.line.id: heard(s, start / t.fps) for s, start in zip(d.voiceover.lines, d.voiceover.starts, strict=True)}
        for p in t.places:
            words = [w for x in type_of(p) for w in " ".join(x.lines).split()]
            for old, new in [(w, "7,777") for w in words if re.fullmatch(r"[\d,.]+", w)] + [(w, "ZEBULON") for w in sorted(words, key=len)[-1:] if w.isalpha()]:
                found = shot_faults(dataclasses.replace(p, layers=tuple(written(x, old, new) for x in p.layers)), lines[p.line_id], t.fps, t.title)
                assert any(f.kind == "not said" and f.lost.strip(".,;:!?") in (new, "7777") for f in found), (p.id, old, found)
                count += 1
        for n, o in enumerate(t.overlays):
            if number := re.search(r"\d+", o.text):
                pages = (*t.overlays[:n], dataclasses.replace(o, text=o.text.replace(number[0], "9" + number[0])), *t.overlays[n + 1 :])
                assert any(f.kind == "caption" for f in faults(dataclasses.replace(t, overlays=pages), d.voiceover)), o.text
                count += 1
        assert not [f for f in before if f.kind == "caption"]
    assert count >= 40


def test_what_the_shot_before_carries_out_is_not_this_shots_type(films):
    place = next(p for d in films for p in d.timeline.places if any(x.start < 0 and x.end is not None for x in p.layers if isinstance(x, Text)))
    gone = {" ".join(x.lines) for x in place.layers if isinstance(x, Text) and x.start < 0 and x.end is not None}
    assert gone and not gone & {" ".join(x.lines) for x in type_of(place)}
