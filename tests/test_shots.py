"Shots tile the film, follow speech, and each finds something to see."

import dataclasses
import random

import pytest

from viralforge import ports
from viralforge.backends.directors import Grammar
from viralforge.core import BadInput, plain
from viralforge.ports import Spec
from viralforge.shots import cut, directed, picture, shots
from viralforge.store import scratch_run
from viralforge.text.quantities import figures
from viralforge.text.reading import read
from viralforge.text.relations import relation
from viralforge.types import Artefact, Brief, Direction, Line, Material, Motion, Relation, Speech, Voiceover, Word

AUDIO = Artefact(digest="0" * 32, suffix=".wav", size=0)


def speech(text, role="beat", id="beat-1", pace=2.8, keywords=(), visual="", lead=0.05):
    words, at = [], lead
    for w in text.split():
        words.append(Word(shown=w, spoken=w, start=at, end=at + 0.85 / pace))
        at += 1 / pace + (0.25 if w[-1] in ",.;" else 0)
    line = Line(id=id, role=role, text=text, keywords=keywords, visual=visual)
    return Speech(line=line, audio=AUDIO, rate=22050, seconds=at + 0.1, words=tuple(words))


def film(*lines, gap=10, lead=4):
    starts, at = [], lead
    for s in lines:
        starts.append(at)
        at += int(s.seconds * 30) + gap
    return Voiceover(lines=lines, starts=tuple(starts), frames=at)


def check(voiceover):
    made = cut(voiceover)
    begins = {s.line.id: b for s, b in zip(voiceover.lines, voiceover.starts, strict=True)}
    at = 0
    for s in made:
        assert begins[s.line.id] + s.start == at, s.id
        at += s.frames
    assert at == voiceover.frames
    assert len({s.id for s in made}) == len(made)
    assert [w for s in made for w in s.words] == [w for s in voiceover.lines for w in s.words]
    assert all(s.frames <= 180 for s in made)
    return made


def test_any_film_is_tiled_exactly():
    r = random.Random(3)
    vocabulary = "the a sea, and but 500 million hearts. pump of it through deep? water bone-less octopus".split()
    for _ in range(60):
        lines = [speech(" ".join(r.choice(vocabulary) for __ in range(r.choice((0, 1, 2, 5, 9, 14, 30)))), id=f"beat-{i}", pace=r.choice((1.2, 2.8, 4.5)))
                 for i in range(r.randint(1, 6))]  # fmt: skip
        check(film(*lines, gap=r.randint(0, 30), lead=r.randint(0, 20)))


def test_pace_of_cuts():
    text = "Blue blood is thick, so it needs more pressure to move, and one heart alone could not deliver enough oxygen to the arms."
    made = check(film(speech("Why does an octopus need three hearts?", "hook", "hook"), speech(text, id="beat-2"), speech("So one heart quits.", id="beat-3")))
    lengths = [s.frames / 30 for s in made]
    assert all(1.2 <= x <= 4.6 for x in lengths), lengths
    assert sum(s.frames for s in made[:1]) < 150


def test_a_long_hook_shows_two_things_in_five_seconds():
    made = check(film(speech("Nobody told you that the heart of an octopus stops whenever it swims away from something", "hook", "hook")))
    assert made[0].frames < 150


def test_cuts_never_part_a_number_from_what_it_counts():
    made = check(film(speech("It carries something like 500 million neurons and most of those sit out in the eight arms of the animal", id="beat-4")))
    for s in made:
        assert s.words[-1].shown not in ("500", "the", "of", "in", "and")


def shown(*lines, director="director:grammar"):
    "The shots of a film with their directions."
    voiceover = film(*lines)
    with scratch_run() as run:
        return directed(cut(voiceover), run, Brief(title="Sea", director=director), tuple(x.line for x in voiceover.lines))


def test_templates_by_content_and_no_picture_twice_in_a_line():
    long = speech("Two hearts pump blood to the gills, the third heart pumps it through the body, and the brain sleeps while the fish rests.", id="beat-2")
    made = [s.direction for s in shown(long)]
    assert made[0].template == "icon" and all((a.template, a.subject) != (b.template, b.subject) or not a.subject for a, b in zip(made, made[1:], strict=False))
    pictures = [d.subject.name for d in made if d.subject]
    assert len(set(pictures)) == len(pictures)
    kinds = [s.direction.template for s in shown(speech("Look here", "hook", "hook"), speech("The anchor weighs 42 kg today"), speech("Follow me", "cta", "cta"))]
    assert kinds == ["hook", "number", "cta"]


def test_a_shot_shows_what_is_said_in_it_and_not_in_its_line():
    "Whatever a line says elsewhere: figures, parts, pictures and headlines are words of the shot."
    lines = ("A reef holds 4,000 kinds of fish, a mangrove no more than 300 of them.", "It feeds gulls, crabs and eels, and in the winter of 1987 it froze.", "Never dive alone, and take two lamps with you.")
    for s in shown(*(speech(t, id=f"beat-{n}") for n, t in enumerate(lines))):
        d, last = s.direction, len(s.words) - 1
        spans = [d.headline, d.figure and d.figure.words, d.subject and d.subject.words, *(d.relation.parts if d.relation else ())]
        assert all(0 <= a <= z <= last for a, z in filter(None, spans)), (s.id, d)
        if d.figure:
            told = " ".join(w.shown for w in s.words[d.figure.words[0] : d.figure.words[1] + 1])
            assert d.figure.shown.split()[0] in told


@pytest.mark.parametrize("made", [{"template": "no-such"}, {"template": "number"}, {"template": "hook", "headline": (3, 9)}, {"template": "phrase", "headline": (1, 1)},
                                  {"template": "list", "relation": Relation(kind="list", parts=((0, 0), (7, 9)))}], ids=range(5))  # fmt: skip
def test_what_a_director_may_not_show_is_shown_by_the_usual_one(made, monkeypatch):
    "And the reason is told."

    class Wild(Grammar):
        "A director that has no idea."

        spec = Spec(name="director:wild", kind="director", version="1")

        def send(self, request, folder):
            return {"data": [plain(Direction(**made)) for _ in request["shots"]], "usage": {}}

    usual = shown(speech("Never swim alone."), speech("", id="beat-2"))
    monkeypatch.setattr(ports, "_registered", dict(ports._registered))
    ports.register("director:wild", Wild)
    for got, own in zip(shown(speech("Never swim alone."), speech("", id="beat-2"), director="director:wild"), usual, strict=True):
        assert dataclasses.replace(got.direction, instead="") == own.direction and got.direction.instead.startswith("director:wild: ")


def test_an_inserted_line_changes_no_other_shot():
    a, b, c = speech("One thing is said here.", id="beat-a"), speech("Another thing, and more of it.", id="beat-b"), speech("New.", id="beat-c")
    assert [s for s in cut(film(a, c, b)) if s.line.id != "beat-c"] == list(cut(film(a, b)))


def test_same_words_twice_in_a_line_have_two_ids():
    check(film(speech("no no no no no no no no, " * 4, id="beat-9", pace=1.6)))


def materials(tmp_path, *captions):
    from PIL import Image

    from viralforge.core import file_digest

    out = []
    for i, words in enumerate(captions):
        path = tmp_path / f"{i}.png"
        Image.new("RGB", (640, 480), (40 * i, 90, 120)).save(path)
        out.append(Material(file=str(path), words=words, source="drawn", licence="CC0-1.0", digest=file_digest(path), width=640, height=480))
    return tuple(out)


def test_pictures_go_where_their_words_fit_and_never_beside_themselves(tmp_path):
    brief = Brief(title="Sea", materials=materials(tmp_path, "an octopus on a reef", "a rocket"))
    lines = [speech(t, id=f"beat-{i}") for i, t in enumerate(["The octopus hides.", "An octopus waits.", "Nothing moves here.", "The octopus swims."])]
    with scratch_run() as run:
        made = shots(film(*lines), run, brief)
    photo = [s.visual.template == "photo" for s in made]
    assert all(isinstance(s.visual, Motion) for s in made) and any(photo) and not any(a and b for a, b in zip(photo, photo[1:], strict=False))


def test_a_picture_asked_for_by_name_wins(tmp_path):
    brief = Brief(title="Sea", materials=materials(tmp_path, "an octopus", "a rocket"))
    with scratch_run() as run:
        made = shots(film(speech("Follow me for more.", "cta", "cta", visual="1.png")), run, brief)
    assert made[0].visual.template == "photo" and "asked for" in made[0].visual.why


def test_every_picture_gets_its_chance(tmp_path):
    brief = Brief(title="Sea", materials=materials(tmp_path, "octopus arms", "octopus eye"))
    lines = [speech(t, id=f"beat-{i}") for i, t in enumerate(["An octopus hides.", "Nobody knows why.", "The octopus waits."])]
    with scratch_run() as run:
        made = shots(film(*lines), run, brief)
    images = {x.image.digest for s in made for x in s.visual.layers if x.kind == "picture"}
    assert len(images) == 2


def test_an_unknown_shooter_is_an_error():
    with scratch_run() as run, pytest.raises(BadInput, match="no shooter 'motoin'"):
        picture(cut(film(speech("One line.")))[0], run, Brief(title="x", visuals=("motoin",)))


@pytest.mark.parametrize(
    "text, kind",
    [
        ("Under the shell there is a lot to see, for an octopus has three hearts, nine brains, and blue blood.", "list"),
        ("All of its blood is blue, because it carries oxygen with copper instead of iron.", "comparison"),
        ("In a whole day a giraffe sleeps 2 hours, a brown bat sleeps 20 hours.", "chart"),
        ("One man said it best: “We choose to go to the Moon.”", "quote"),
    ],
)
def test_words_with_a_shape_stay_together_and_get_their_scene(text, kind):
    found = [s for s in shown(speech(text)) if s.direction.template == kind]
    r = read(text)
    whole = relation(r, (0, len(r.words) - 1), figures(r))
    assert len(found) == 1 and whole.kind == kind
    assert len(found[0].direction.relation.parts) == len(whole.parts)
    assert found[0].frames <= 6 * 30


@pytest.mark.parametrize("hook", ["Why three?", "Do you know the numbers that will change how you sleep now?", "The keeper of the lighthouse went to bed, for he had no idea what a storm at sea can do in a night"])
@pytest.mark.parametrize("second", ["It stops.", "The great clock of the market hall was built in the year 1887 by a man who had never seen one."])
def test_the_picture_changes_twice_within_five_seconds(hook, second):
    made = check(film(speech(hook, "hook", "hook"), speech(second, id="beat-2"), speech("And so it went on for many years.", id="beat-3")))
    assert made[0].frames + made[1].frames <= 150, [s.frames / 30 for s in made]


def test_neither_a_name_nor_less_than_is_cut():
    made = check(film(speech("One adult in three in the United States of America sleeps less than seven hours a night", id="beat-4")))
    assert all(s.words[-1].shown not in ("United", "less") for s in made)


def test_hours_are_not_cut_before_what_they_come_before():
    made = check(film(speech("One line.", "hook", "hook"), speech("Caffeine taken six hours before bed can still cost you an hour of sleep.", id="beat-2", pace=2.6)))
    assert not {s.words[-1].shown for s in made} & {"hours", "six"}


def test_a_measure_is_not_cut_before_what_it_measures():
    made = check(film(speech("One line.", "hook", "hook"), speech("Hubble has caught light that is 13.2 billion years old, almost as old as the universe itself.", id="beat-2")))
    ends = [s.words[-1].shown for s in made if s.line.id == "beat-2"]
    assert "old," in ends and not {"13.2", "billion", "years"} & {*ends}, ends


def test_a_pronoun_stays_with_its_verb_and_the_with_its_noun():
    lines = ("On the night of 12 February 1956 it stopped at 3:17", "One adult in three in the United States sleeps too little", "In the old harbour of Northport nobody swam for thirty years")
    made = check(film(*(speech(text, id=f"beat-{n + 1}") for n, text in enumerate(lines))))
    assert not {"it", "the", "in", "if", "you", "nobody"} & {s.words[-1].shown for s in made}


def test_no_scene_looks_like_the_one_before_it():
    lines = [speech(f"The rest of the matter, told as part {w} of it.", id=f"beat-{w}") for w in "one two three four five six seven eight".split()]
    with scratch_run() as run:
        made = shots(film(*lines), run, Brief(title="Parts"))
        looks = [(s.visual.template, s.visual.layout) for s in made]
        assert all(a != b for a, b in zip(looks, looks[1:], strict=False)), looks
        assert len({t for t, _ in looks}) < len(looks)  # there were neighbours of one template


def test_two_clauses_that_last_long_enough_have_a_screen_each():
    "A headline must not say the first one while the second is heard."
    said = lambda text: [" ".join(w.shown for w in x.words) for x in check(film(speech("What do leaves say?", "hook", "hook"), speech(text, id="beat-1", pace=2.6))) if x.line.id == "beat-1"]
    assert said("Brown tips mean dry air, yellow leaves mean wet feet.") == ["Brown tips mean dry air,", "yellow leaves mean wet feet."]
    assert len(said("Brown tips, wet or dry feet.")) == 1, "what has no verb is no clause"
    assert len(said("It dries, it falls.")) == 1, "no shot is shorter than it can be read"
