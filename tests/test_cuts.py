"Where a line is cut, and which of its words can stand alone: on sentences of many kinds, and on every sentence of the development briefs."

from pathlib import Path

import pytest

from viralforge.briefs import read_brief
from viralforge.notes import read_notes
from viralforge.text.cuts import eases, operators, scope
from viralforge.text.headlines import LETTERS, WORDS, bare, headline
from viralforge.text.quantities import binds
from viralforge.text.reading import read, sure

BRIEFS = sorted((Path(__file__).parent / "briefs/development").glob("*.md"))

# a bar where a cut is good, a tilde where none may be made
CUTS = """
Bats are~not~blind, | and~every one~of~them can~see.
The~bridge is~39~km~long and~took nine~years to~build.
Descale the~kettle every~four~weeks, | but~never put~it in~the~dishwasher.
He~said that~nobody had~ever~seen a~machine walk.
The~posters in~Hall~B and~the~others were~wrong.
It~rained for~ten~days, | so~the~river rose.
She~wrote to~Dr.~E.~M.~Dunnett of~Ostley.
On~3~February~1962 the~last~train did~not~run.
One~in~five of~all~mammal~species is a~bat.
You~may park here; | nobody will~mind.
The~wall, which~was~built in~1887, still stands.
Turn~off the~tap before~you~leave.
In~the~old~harbour of~Northport nobody~swam for~thirty~years.
"""


@pytest.mark.parametrize("marked", CUTS.strip().splitlines())
def test_where_a_line_may_be_parted(marked):
    text = marked.replace(" | ", " ").replace("~", " ")
    r = read(text)
    got, at = eases(r, binds(r)), 0
    for piece in marked.replace("~", " ~").split()[1:]:
        if piece == "|":
            assert got[at] > 0, (r.words[at], got[at])
            continue
        if piece.startswith("~"):
            assert got[at] < -2, (r.words[at], piece, got[at])
        at += 1
    assert at == len(r.words) - 1


# what is heard in a shot (between the bars) -> what may stand large
HEADLINES = """
|Never put the kettle in the dishwasher.| -> Never put the kettle in the dishwasher
|Nothing protects you| from the wind. -> -
The drum |was filled with up to 40 litres| of rain. -> -
|The deaths fell from 143 a day to 12.| -> The deaths fell from 143 a day to 12
|Most people think that the moon has no air.| -> -
|John Snow took the handle off the pump| in Broad Street. -> John Snow took the handle off the pump
The label |on her suitcase read Mrs. E. M. Dunnett.| -> Mrs. E. M. Dunnett
|because you stand on the ground| and not on the wire. -> you stand on the ground
|A fund keeps 2% for itself,| and you get the rest. -> A fund keeps 2% for itself
|The wall still stands.| -> The wall still stands
The rope is |as thin as a hair.| -> -
"""


@pytest.mark.parametrize("case", HEADLINES.strip().splitlines())
def test_what_may_stand_alone(case):
    shown, wanted = case.split(" -> ")
    before, said, _ = shown.split("|")
    r, first = read(shown.replace("|", "")), len(before.split())
    words = (first, first + len(said.split()) - 1)
    found = headline(r, words, binds(r))
    got = bare(r, found) if found else "-"
    assert got == wanted or (wanted != "-" and got != "-" and wanted in got) or (wanted == "-" and found == words), got


def sentences():
    for path in BRIEFS:
        for note in read_notes(read_brief(path).notes).notes:
            yield path.stem, note.text


def shots_of(r):
    "The words between good cuts, as a film would part them."
    a, out = 0, []
    for i, ease in enumerate(eases(r, binds(r))):
        if ease > -0.6 and i - a >= 3 and len(r.words) - 1 - i >= 3:
            out.append((a, i))
            a = i + 1
    return [*out, (a, len(r.words) - 1)]


def test_no_headline_of_the_development_briefs_loses_what_turns_it():
    "*Never*, *not*, *only*, *without*: a headline holds all that such a word is said of, with the word, or nothing of it."
    seen = found = 0
    for name, text in sentences():
        r = read(text)
        for words in shots_of(r):
            seen += 1
            if not (head := headline(r, words, binds(r))):
                continue
            found += 1
            own = set(range(r.in_words(head)[0], r.in_words(head)[1] + 1))
            assert len(bare(r, head)) <= LETTERS and head[1] - head[0] < WORDS and words[0] <= head[0] <= head[1] <= words[1]
            assert not any(a < head[0] <= z or a <= head[1] < z for a, z in binds(r)), (name, bare(r, head))
            if sure(r, r.in_words(head)[0]) and head != words:
                for o in operators(r):
                    assert not (scope(r, o) & own) or scope(r, o) <= own or not own & {o} and not scope(r, o) & own, (name, text, bare(r, head))
    assert seen > 500 and found > 0.6 * seen, (seen, found)


@pytest.mark.parametrize("language", ["de", "hi", "ja", "ar"])
def test_a_plain_reading_cuts_at_signs_only_and_never_fails(language):
    text = {"de": "Der Mond ist 384.400 km entfernt, sagt man.", "hi": "चाँद दूर है।", "ja": "月は遠い。とても遠い。", "ar": "القمر بعيد، بعيد جدا."}[language]
    r = read(text, language)
    assert len(eases(r)) == len(r.words) - 1
    headline(r, (0, len(r.words) - 1), binds(r))
