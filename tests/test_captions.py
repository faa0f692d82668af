"Caption pages cover every word in order, never overlap, and stay in their band."

import random
import re

import pytest

from viralforge.captions import groups, pages, srt, vtt
from viralforge.looks import platform, platforms, style
from viralforge.types import Artefact, Line, Speech, Voiceover, Word

AUDIO = Artefact(digest="0" * 32, suffix=".wav", size=0)
TEXTS = {
    "plain": "An octopus has three hearts, and two of them pump blood to the gills.",
    "one": "Never!",
    "long word": "Pneumonoultramicroscopicsilicovolcanoconiosis hurts",
    "two long": "Donaudampfschifffahrtsgesellschaftskapitän Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
    "digits": "1 22 333 4,444 55,555 666,666 7,777,777 88,888,888",
    "address": "See https://www.example.org/a/very/long/path/that/never/ends?and=more now",
    "thirty": " ".join(f"word{i}" for i in range(30)),
    "marks": "“Wait,” she said – no: (really?!) …",
}


def speech(text, pace=2.8, id="beat-1"):
    words = tuple(Word(shown=w, spoken=w, start=0.1 + i / pace, end=0.1 + (i + 0.85) / pace) for i, w in enumerate(text.split()))
    seconds = 0.4 + len(words) / pace
    return Speech(line=Line(id=id, role="beat", text=text), audio=AUDIO, rate=22050, seconds=seconds, words=words)


@pytest.mark.parametrize("name", platforms())
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("pace", [1.5, 2.8, 6.0])
def test_pages(text, pace, name):
    said, profile = speech(text, pace), platform(name)
    made = pages(said, platform=name)
    assert [w.shown for p in made for w in p.words] == text.split()
    assert all(a.start + a.frames <= b.start for a, b in zip(made, made[1:], strict=False))
    for p in made:
        assert p.frames >= 9 and 1 <= len(p.words) <= 5
        for sequence in p.layers:
            for box in (sequence.box, *(t.box for t in sequence.items)):
                grown = box.inset(-0.025 * box.w - 11, -0.025 * box.h - 11)  # the pop and the outline
                assert profile.band.holds(grown, 2), (p.text, box)
            starts = [t.start for t in sequence.items]
            assert starts == sorted(set(starts)) and starts[0] == 0 and starts[-1] < p.frames
            assert all(sum(bool(m.fill) for m in t.marks) >= 1 for t in sequence.items)


def test_type_is_large_enough_to_read():
    for key in ("plain", "digits", "thirty", "marks"):
        for p in pages(speech(TEXTS[key])):
            assert p.layers[0].items[0].size >= 60 and len(p.lines) <= 2


def test_a_page_begins_with_its_first_word():
    said = speech(TEXTS["thirty"])
    at = {w.shown: w.start for w in said.words}
    for p in pages(said):
        assert abs(p.start / 30 - at[p.words[0].shown]) < 0.034
        for w in p.words:
            assert abs((p.start + w.start) / 30 - at[w.shown]) < 0.034


def test_pages_break_where_the_sense_does():
    r = random.Random(5)
    words = "the a sea, and hearts pump of it deep water. octopus swims then very slow".split()
    for _ in range(50):
        found = groups(speech(" ".join(r.choice(words) for _ in range(r.randint(1, 30)))).words)
        for g in found:
            assert not any(re.search(r"[.!?]$", w.shown) for w in g[:-1]), "a page runs over a full stop"


def test_a_colon_ends_a_page_and_a_comma_stays_within_one():
    "*Number three: 6 hours* must not read as three six hours."
    found = pages(speech("Number three: 6 hours."))
    assert [" ".join(p.lines) for p in found] == ["Number three", "6 hours"]
    (page,) = pages(speech("Eels, crabs and fish.", pace=5))
    assert " ".join(page.lines) == "Eels, crabs and fish"


def test_words_that_cannot_be_drawn_do_not_stop_a_film():
    assert [p.text for p in pages(speech("𓆟 𓅓"))] == []
    assert " ".join(p.text for p in pages(speech("Look 𓆟 here 🐙"))) == "Look here 🐙"


def test_nothing_said_nothing_shown():
    silent = Speech(line=Line(id="beat-1", role="beat", text=""), audio=AUDIO, rate=22050, seconds=1.0, words=())
    assert pages(silent) == ()


def test_the_style_sets_the_colours():
    look = style("aurora").caption
    text = pages(speech("three hearts"))[0].layers[0].items[0]
    assert text.ink == look.ink and text.outline == look.outline and text.marks[0].fill == look.plate


def clock(text):
    h, m, s = text.replace(",", ".").split(":")
    return int(h) * 3600 + int(m) * 60 + float(s)


@pytest.mark.parametrize("write", [srt, vtt])
def test_sidecars_are_valid(write):
    lines = [speech(t, id=f"beat-{i}") for i, t in enumerate([*TEXTS.values(), "a <b> & c --> d 🐙"])]
    starts, at = [], 0
    for s in lines:
        starts.append(at)
        at += round(s.seconds * 30)
    film = Voiceover(lines=tuple(lines), starts=tuple(starts), frames=at)
    text = write(film)
    cues = [(clock(a), clock(b)) for a, b in re.findall(r"^([\d:.,]+) --> ([\d:.,]+)$", text, re.M)]
    assert cues and all(a < b for a, b in cues) and all(x[1] <= y[0] + 1e-9 for x, y in zip(cues, cues[1:], strict=False))
    assert cues[-1][1] <= film.seconds + 0.002 and text.endswith("\n") and "\n\n\n" not in text
    assert text.count("-->") == len(cues) and ("<b>" not in text if write is vtt else text.startswith("1\n"))
    body = re.sub(r"^(WEBVTT|\d+|[\d:.,]+ --> [\d:.,]+)$", "", text, flags=re.M)
    assert "octopus" in body and "🐙" in body


def test_a_dash_is_never_lit_up():
    "The plate stays on the word before a dash that stands alone."
    from viralforge.captions import pages
    from viralforge.types import Artefact, Line, Speech, Word

    shown = ("only", "12", "minutes", "–")
    words = tuple(Word(shown=w, spoken=w, start=0.4 * i, end=0.4 * i + 0.3) for i, w in enumerate(shown))
    sound = Artefact(digest="0" * 32, suffix=".wav", size=1)
    speech = Speech(line=Line(id="beat-1", role="beat", text=" ".join(shown)), audio=sound, rate=24_000, seconds=2.0, words=words)
    for page in pages(speech):
        (sequence,) = page.layers
        assert not sequence.items[0].lines[-1].endswith("–"), "and it ends no page"
        lit = [item.lines[m.line].split()[m.first] for item in sequence.items for m in item.marks if m.fill not in ("", "#00000000")]
        assert lit and "–" not in lit


def test_a_page_does_not_end_inside_a_name():
    "One adult in three in the United States sleeps less: whatever the pace, *United* and *States* stand together."
    for text in ("One adult in three in the United States sleeps less", "In 1999 Eileen Collins became the first to command it", "It flew over New Mexico in May"):
        for pace in (2.4, 3.0, 3.6):
            for page in pages(speech(text, pace=pace)):
                assert not re.search(r"(United|Eileen|New)$", page.text), page.text
