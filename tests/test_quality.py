"Quality: each planted defect moves the row that should notice it, and no other."

import dataclasses
from functools import partial

import numpy as np
import pytest

from viralforge import quality
from viralforge.audio import master
from viralforge.core import BadInput, from_json, to_json
from viralforge.film import encode, encode_sound, join
from viralforge.quality import QualityReport, drawn, hear, look, make_row, speech_spans, targets
from viralforge.timeline import RATE, Cue, Overlay, Place, Timeline
from viralforge.types import Artefact, Box, Brief, Key, Line, Move, Picture, Speech, Text, Vector, Voiceover, Word

judge = partial(quality.judge, brief=Brief(title="A heart that stops", notes="One heart stops. The other two go on. So it would rather crawl."))
FPS, N, SIZE = 30, 240, (360, 640)
TEXT = ("One heart stops.", "The other two go on.", "So it would rather crawl.", "Follow for more odd animals.")
ART = Artefact(digest="0" * 32, suffix=".wav", size=1)


def words(text, length=1.75):
    shown = text.split()
    each = length / len(shown)
    return tuple(
        Word(shown=w, spoken=w, start=0.1 + i * each, end=0.1 + (i + 0.94) * each) for i, w in enumerate(shown)
    )


LINES = tuple(
    Speech(line=Line(id=f"l{i}", role="beat", text=t), audio=ART, rate=RATE, seconds=2.0, words=words(t))
    for i, t in enumerate(TEXT)
)
VOICE = Voiceover(lines=LINES, starts=(0, 60, 120, 180), frames=N)
SPEECH = tuple((round((2 * i + 0.1) * RATE), round((2 * i + 1.85) * RATE)) for i in range(4))


def letters(text, x=240.0, y=1080.0, w=500.0, h=90.0, size=84.0, **more):
    return Text(box=Box(x=x, y=y, w=w, h=h), lines=(text,), face="montserrat-black", size=size, ink="#ffffff", **more)


def captions():
    out = []
    for s, start in zip(LINES, VOICE.starts, strict=True):
        half = len(s.words) // 2
        for part in (s.words[:half], s.words[half:]):
            text = " ".join(w.shown for w in part)
            first, last = round(part[0].start * FPS), round(part[-1].end * FPS)
            out.append(
                Overlay(
                    id=f"c{start + first}", start=start + first, frames=last - first, text=text, layers=(letters(text),)
                )
            )
    return tuple(out)


def plan(**changes):
    titles = [letters(t, 100, 400, 700, 300, 160) for t in ("ONE HEART STOPS", "TWO GO ON", "RATHER CRAWL", "ODD ANIMALS")]
    places = tuple(Place(id=f"s{i}", line_id=f"l{i}", start=60 * i, frames=60, layers=(titles[i],)) for i in range(4))
    voice = [Cue(stem="voice", audio=ART, start=96000 * i) for i in range(4)]
    given = {
        "title": "Hearts", "width": SIZE[0], "height": SIZE[1], "fps": FPS, "frames": N, "style": "aurora", "language": "en",
        "platform": "everywhere", "safe": Box(x=65, y=270, w=850, h=978), "band": Box(x=65, y=1010, w=850, h=238),
        "places": places, "overlays": captions(), "cues": (*voice, Cue(stem="music", audio=ART, start=0)), "speech": SPEECH,
    }  # fmt: skip
    return Timeline(**given | changes)


def draw(change, size=SIZE):
    w, h = size
    ground = np.add.outer(np.linspace(70, 150, h), np.linspace(0, 40, w)).astype(np.uint8)
    u, v = np.full((h // 2, w // 2), 120, np.uint8), np.full((h // 2, w // 2), 140, np.uint8)
    for n in range(N):
        y = np.roll(ground, 148 * (n // 60), axis=0).copy()
        x = (n * w // 90) % (w - w // 5)
        y[h // 4 : h // 2, x : x + w // 5] = 200
        yield change(n, y), u, v


def sounds(music=0.02, hole=False):
    breath = np.convolve(np.random.default_rng(2).standard_normal(N * 1600), np.ones(24) / 8, "same")
    voice = np.zeros(N * 1600, np.float32)
    for a, b in SPEECH:
        voice[a:b] = 0.15 * breath[a:b] * (0.3 + np.abs(np.sin(2 * np.pi * 4 * np.arange(b - a) / RATE)))
    if hole:
        voice[3 * RATE : 5 * RATE] = 0
    tone = music * np.sin(2 * np.pi * 220 * np.arange(N * 1600) / RATE)
    mix, stems, _ = master({"voice": voice, "music": tone.astype(np.float32)}, RATE)
    return mix, stems


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    "A function from a change of pictures or sound to what is seen and heard."
    folder = tmp_path_factory.mktemp("quality")
    plain, kept = sounds(), {}

    def made(change=None, sound=plain, size=SIZE):
        if change is None and size == SIZE and "picture" in kept:
            video = kept["picture"]
        else:
            video = folder / f"{len(kept)}.mp4"
            encode(draw(change or (lambda n, y: y), size), video, *size)
            kept["picture" if change is None and size == SIZE else str(video)] = video
        mix, stems = sound
        join([video], None if mix is None else encode_sound(mix, folder / "mix.m4a"), folder / "film.mp4")
        for name, array in stems.items():
            encode_sound(array, folder / f"{name}.wav", RATE)
        seen = look(folder / "film.mp4", drawn(plan()))
        return seen, hear(folder / "film.mp4", {k: folder / f"{k}.wav" for k in stems}, speech_spans(plan()))

    made.folder = folder
    return made


@pytest.fixture(scope="module")
def clean(facts):
    return facts()


@pytest.fixture(scope="module")
def good(clean):
    return judge(plan(), VOICE, *clean)


def changed(report, good):
    return {r.number: r.state for r, was in zip(report.rows, good.rows, strict=True) if r.state != was.state}


def test_a_good_film_passes_and_says_what_is_not_measured(good):
    assert {r.state for r in good.rows} == {"pass", "not measured"}
    assert all(r.why for r in good.rows if r.state == "not measured")
    assert [r.number for r in good.rows] == list(range(1, 23))
    assert good.headline == "16 of 16 checks passed, 6 not measured"
    assert from_json(QualityReport, to_json(good)) == good


def bars(n, y):
    y = y.copy()
    y[:100], y[-100:] = 16, 16
    return y


def frozen():
    keep = []
    return lambda n, y: (keep.append(y), keep[min(n, 30)])[1]


def held():
    keep = []
    return lambda n, y: (keep.append(y), keep[n - n % 5])[1]


PICTURES = {
    "black opening": (lambda n, y: y * 0 + 16 if n < 24 else y, {2, 17}),
    "bars": (bars, {2}),
    "frozen": (frozen(), {8}),
    "every frame held five times": (held(), {8}),
    "light that flickers": (lambda n, y: (y * (0.9 if n % 2 else 1)).astype(np.uint8), {6}),
    "under-exposed": (lambda n, y: (16 + (y - 16.0) * 0.2).astype(np.uint8), {5}),
    "flat": (lambda n, y: (110 + (y - 110.0) * 0.15).astype(np.uint8), {5}),
    "burnt out": (lambda n, y: np.clip(y * 1.3 + 30.0, 16, 235).astype(np.uint8), {5}),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_broken_picture_moves_its_row(facts, good, name):
    change, due = PICTURES[name]
    report = judge(plan(), VOICE, *facts(change))
    assert set(changed(report, good)) == due, changed(report, good)
    assert all(report.row(k).why for k in due)


def test_white_is_burnt_out_only_where_the_plan_does_not_draw_it(facts):
    "Big white letters on a plate are a style; the same white beside them is a fault."
    plate = Vector(box=Box(x=15, y=60, w=240, h=240), svg="<svg xmlns='http://www.w3.org/2000/svg'/>", name="plate #ffffff 40")
    photo = Picture(box=plate.box, image=ART)
    plans = [plan(places=tuple(dataclasses.replace(p, layers=under) for p in plan().places)) for under in ((plate,), (), (plate, photo))]

    def white(n, y):
        y = y.copy()
        y[60:300, 15:255] = 235
        return y

    facts(white)
    film = facts.folder / "film.mp4"
    inside, outside, on_it = (judge(t, VOICE, look(film, drawn(t)), {}).row(5) for t in plans)
    assert inside.state == "pass" and inside.values["burnt"] < 0.005, inside.value
    assert outside.state == "fail" and abs(outside.values["burnt"] - 240 * 240 / 360 / 640) < 0.02, outside.value
    assert on_it.values["burnt"] == outside.values["burnt"], "a picture on a plate can be burnt out"


def test_a_light_ground_is_a_style_and_a_picture_as_light_is_a_fault(clean):
    seen, heard = clean
    light = seen | {"light": [0.9] * N}
    photo = Picture(box=Box(x=0, y=0, w=SIZE[0], h=SIZE[1]), image=ART)
    filmed = plan(places=tuple(dataclasses.replace(p, layers=(photo, *p.layers)) for p in plan().places))
    row = judge(filmed, VOICE, light, heard).row(5)
    assert judge(plan(), VOICE, light, heard).row(5).state == "pass"
    assert row.state == "fail" and row.values["brightest"] == 0.9


def test_evidence_points_at_the_place(facts):
    report = judge(plan(), VOICE, *facts(lambda n, y: y * 0 + 16 if 130 <= n < 160 else y))
    assert abs(report.row(2).at - 130 / FPS) < 0.05 and report.row(2).values["black"] == 1.0


def loud(factor):
    mix, stems = sounds()
    return np.clip(factor * mix, -1, 1), stems


SOUNDS = {
    "quiet": (lambda: loud(0.2), {12}),
    "clipped": (lambda: loud(6.0), {12}),
    "music too loud": (lambda: sounds(music=0.2), {13}),
    "a hole in the voice": (lambda: sounds(hole=True), {11}),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_a_broken_sound_moves_its_row(facts, good, name):
    make, due = SOUNDS[name]
    report = judge(plan(), VOICE, *facts(sound=make()))
    assert set(changed(report, good)) == due, changed(report, good)


def test_a_film_of_another_size_or_without_sound_does_not_conform(facts, good, clean):
    report = judge(plan(), VOICE, *facts(size=(480, 270)))
    assert "size is 480x270" in report.row(1).why
    seen, heard = facts(sound=(None, {}))
    report = judge(plan(), VOICE, seen, heard)
    assert "sound is missing" in report.row(1).why and report.row(12).state == report.row(13).state == "not measured"
    short = dataclasses.replace(plan().places[3], frames=50)
    report = judge(plan(places=(*plan().places[:3], short), frames=230, overlays=captions()[:6]), VOICE, *clean)
    assert "240 frames, 230 planned" in report.row(1).why


def moved(i, **box):
    pages = captions()
    text = pages[i].text
    return (*pages[:i], dataclasses.replace(pages[i], layers=(letters(text, **box),)), *pages[i + 1 :])


def shifted(frames):
    pages = captions()
    return tuple(dataclasses.replace(o, start=o.start + frames) for o in pages[:-1]) + pages[-1:]


PLANS = {
    "a caption beside the safe rectangle": ({"overlays": moved(3, x=500)}, {16}),
    "a caption below it": ({"overlays": moved(2, y=1780)}, {16}),
    "a caption that comes to rest outside": (
        {
            "overlays": (
                dataclasses.replace(captions()[0], layers=(letters("One", move=Move(x=(Key(at=9, to=400),))),)),
                *captions()[1:],
            )
        },
        {16},
    ),
    "a caption over the headline": ({"overlays": moved(4, y=500)}, {16}),
    "tiny letters": ({"overlays": moved(0, size=26)}, {16}),
    "a page missing": ({"overlays": captions()[:2] + captions()[3:]}, {14}),
    "words exchanged": (
        {"overlays": (captions()[0], dataclasses.replace(captions()[1], text="stops heart."), *captions()[2:])},
        {14},
    ),
    "none at all": ({"overlays": ()}, {14, 15}),
    "0.3 s late": (
        {"overlays": tuple(dataclasses.replace(o, start=o.start + 9, frames=o.frames - 9) for o in captions())},
        {15},
    ),
    "flashed": ({"overlays": tuple(dataclasses.replace(o, frames=5) for o in captions())}, {15}),
    "one long shot": ({"places": (dataclasses.replace(plan().places[0], frames=N),)}, {17}),
    "headline outside": (
        {"places": (dataclasses.replace(plan().places[0], layers=(letters("HEART", 20, 400),)), *plan().places[1:])},
        {16},
    ),
    "no music": ({"cues": plan().cues[:4]}, set()),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_broken_plan_moves_its_row(clean, good, name):
    changes, due = PLANS[name]
    report = judge(plan(**changes), VOICE, *clean)
    found = changed(report, good)
    assert (due <= set(found) <= due | {15}) if due else set(found) <= {13}, found


def test_rows_are_as_bad_as_their_worst_value():
    assert make_row(15, {"median": 10, "late": 20, "speed": 22, "shortest": 1}).state == "warn"
    assert make_row(15, {"median": 10, "late": 900, "speed": 22, "shortest": 1}).state == "fail"
    assert all(("limits" in r) != ("skip" in r) for r in targets()["row"])


def test_what_comes_from_outside_is_escaped(good):
    row = dataclasses.replace(good.rows[0], why="<script>alert(1)</script>", state="fail")
    assert "<script>" not in QualityReport(rows=(row,))._repr_html_()


def test_what_is_no_film_is_an_error(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"nothing")
    with pytest.raises(BadInput, match="a.mp4"):
        look(tmp_path / "a.mp4")


def test_a_headline_names_what_failed_and_what_was_not_measured(clean):
    seen, heard = clean
    bare = judge(plan(overlays=()), VOICE, seen, heard)
    assert bare.headline == "14 of 15 checks passed, 1 failed: captions, 7 not measured: caption timing and 6 more"
    loud = judge(plan(), VOICE, seen, heard | {"loudness": -15.5, "over": 5.0})
    assert loud.headline == "14 of 16 checks passed, 1 failed: voice over music, 1 warning: loudness, 6 not measured"


def test_what_was_switched_off_is_not_measured_and_says_so(clean):
    seen, heard = clean
    silent = plan(overlays=(), cues=tuple(c for c in plan().cues if c.stem != "music"))
    report = judge(silent, VOICE, seen, heard | {"over": None}, off=("captions", "music"))
    for n, why in ((13, "switched off (music: none)"), (14, "switched off (captions: false)"), (15, "switched off (captions: false)")):
        assert (report.row(n).state, report.row(n).why) == ("not measured", why)
    assert report.headline == "13 of 13 checks passed, 9 not measured: voice over music, captions, caption timing and 6 more"


@pytest.mark.parametrize(
    "where,change,named",
    [
        ("everywhere", {"container": {"edit_lists": 2}}, "edit lists: 2, asked at most 0"),
        ("everywhere", {"container": {"sound_rate": 190.4}}, "sound rate: 190.4, asked at most 128 kb/s"),
        ("reels", {"container": {"index_first": False}}, "index: last, asked first"),
        ("reels", {"container": {"others": 1}}, "other tracks: 1, asked at most 0"),
        ("shorts", {"probe": {"codec": "hevc"}}, "picture codec: hevc, asked h264"),
        ("shorts", {"probe": {"rate": 44100}}, "sampling rate: 44100, asked 48000 or 96000 Hz"),
        ("tiktok", {"probe": {"fps": 20.0}}, "frame rate: 20, asked 23 to 60 frames a second"),
        ("square", {"probe": {"size": 310_000_000}}, "size: 310, asked at most 300 MB"),
        ("everywhere", {"container": {"kind": "mov"}}, "container: mov, asked mp4"),
    ],
)
def test_an_upload_rule_that_is_not_kept_is_named(clean, where, change, named):
    seen, heard = clean
    assert judge(plan(platform=where), VOICE, seen, heard).row(19).state == "pass"
    broken = seen | {k: seen[k] | v for k, v in change.items()}
    row = judge(plan(platform=where), VOICE, broken, heard).row(19)
    assert (row.state, row.why) == ("fail", named)


MEANT = {
    "type that nobody says": ({"layers": ("THREE HEARTS STOP",)}, {}, 20, "l0"),
    "a promise that no line keeps": ({}, {"title": "How many hearts?", "notes": "It has nine hearts. Two go on. One stops."}, 21, "nine hearts"),
    "a number that stands in no note": ({}, {"notes": "One heart stops. The others go on."}, 22, "two"),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANT)
def test_a_film_that_says_another_thing_is_told(clean, good, name):
    shown, asked, number, why = MEANT[name]
    first = plan().places[0]
    places = (dataclasses.replace(first, layers=(letters(shown["layers"][0], 100, 400, 700, 300, 160),)), *plan().places[1:]) if shown else plan().places
    brief = dataclasses.replace(judge.keywords["brief"], **asked)
    report = judge(plan(places=places), VOICE, *clean, brief=brief)
    assert changed(report, good) == {number: "fail" if shown else "warn"} and (why in report.row(number).why or "s0" in report.row(number).why), report.row(number)
