"What a viewer would miss: things that jump at a cut, type on type, and edits that reach further than they should."

import itertools

import numpy as np
import pytest
from directing import directed

from viralforge.backends.motion import MotionGraphics, scene
from viralforge.looks import platform, style, styles
from viralforge.picture import Composer, showing
from viralforge.ports import FootageRequest
from viralforge.render import segments
from viralforge.templates import TEMPLATES
from viralforge.timeline import assemble
from viralforge.travel import DISSOLVE, LEAVE, SETTLED, TRAVEL, WAIT, takes_over, waits
from viralforge.types import (
    Artefact,
    Field,
    Line,
    Motion,
    Picture,
    Sequence,
    Shot,
    Speech,
    Subject,
    Text,
    Vector,
    Voiceover,
    Word,
)

SAID = {
    "hook": "Why does an octopus need three hearts?",
    "number": "It has 500 million neurons, most of them in its arms.",
    "icon": "Two hearts pump blood to the gills,",
    "phrase": "and the third keeps the body going.",
    "list": "An octopus has three hearts, nine brains, and blue blood.",
    "quote": "“We choose to go to the Moon,” said John Kennedy.",
    "comparison": "It carries oxygen with copper instead of iron.",
    "chart": "A giraffe sleeps 2 hours a day, a brown bat 20 hours.",
    "cta": "Follow for more deep-sea science.",
}
ACCENT = style("aurora").accent


def shot(text, template, id="beat-1", begun=0, frames=90, first=True, said=3, pace=10, picture=None):
    words = tuple(Word(shown=w, spoken=w, start=(begun + said + pace * i) / 30, end=(begun + said + pace - 1 + pace * i) / 30) for i, w in enumerate(text.split()))
    role = template if template in ("hook", "cta") else "beat"
    made = Shot(id=id if first else f"{id}.b", line=Line(id=id, role=role, text=text), start=begun, frames=frames, words=words, first=first)
    return directed(made, template, picture=picture)


def layers(a, layout, look="aurora", place="everywhere"):
    "The scene of a shot in one of its layouts."
    p = platform(place)
    s = scene(MotionGraphics().request(FootageRequest(shot=a, frames=a.frames, style=look, platform=place, width=p.width, height=p.height)))
    s.variant = layout
    return tuple(TEMPLATES[a.direction.template](s))


def seen(stack, frame):
    "(layer of the stack, what is shown of it) on a frame."
    return [(x, s) for x in stack if (s := showing(x, frame))]


def extent(shown):
    "Left, top, right, bottom of what is shown, turns left out."
    a, b, c, d, e, f = shown.at
    box, k = shown.layer.box, float(np.hypot(a, d))
    x, y = box.x + box.w / 2, box.y + box.h / 2
    cx, cy = a * x + b * y + c, d * x + e * y + f
    return np.array([cx - k * box.w / 2, cy - k * box.h / 2, cx + k * box.w / 2, cy + k * box.h / 2])


def icons(stack, frame, name):
    "The largest first: a card may have small companions."
    found = [extent(s) for x, s in seen(stack, frame) if isinstance(x, Vector) and x.name == name]
    return sorted(found, key=lambda e: e[0] - e[2])


PAIRS = tuple(itertools.product(SAID, SAID))


NAMED = {"icon": "icon biceps-flexed", "art": "subject octopus"}


@pytest.mark.parametrize("picture", [Subject(name="biceps-flexed", set="icon"), Subject(name="octopus", set="art")], ids=lambda p: p.set)
@pytest.mark.parametrize("old, new", tuple(itertools.product(range(3), range(3))))
def test_the_same_picture_begins_where_it_stood_and_arrives_where_it_should(old, new, picture):
    a = layers(shot("Most of them sit in its arms.", "icon", picture=picture), old)
    b = layers(shot("Each arm can taste what it touches.", "icon", "beat-2", picture=picture), new)
    c = takes_over(a, 90, b, 90, ACCENT)
    middle = lambda box: (box[:2] + box[2:]) / 2
    was, begins = icons(a, 89, NAMED[picture.set])[0], icons(c, 0, NAMED[picture.set])[0]
    assert np.abs(middle(was) - middle(begins)).max() < 8 and np.abs(was - begins).max() < 12
    for frame in (TRAVEL, 60, 89):
        assert np.abs(icons(c, frame, NAMED[picture.set])[0] - icons(b, 60 if frame == TRAVEL else frame, NAMED[picture.set])[0]).max() < 8
    way = [middle(icons(c, n, NAMED[picture.set])[0]) for n in range(TRAVEL + 1)]
    steps = [np.hypot(*(q - p)) for p, q in zip(way, way[1:], strict=False)]
    assert max(steps) < 0.25 * max(np.hypot(*(way[-1] - way[0])), 40), "it jumps"


def plates(stack, frame):
    found = [(s.layer, extent(s)) for _, s in seen(stack, frame) if isinstance(s.layer, Vector) and s.layer.name.startswith(f"plate {ACCENT} ") and s.opacity > 0.99]
    return [e for _, e in sorted(found, key=lambda f: -f[0].box.w * f[0].box.h)]


def test_a_plate_changes_its_form_without_a_jump():
    "In every layout that has one at its end before every layout that has one soon."
    carried = 0
    for before, after in itertools.product(("icon", "phrase", "number", "quote", "comparison"), ("icon", "phrase", "number", "cta", "quote")):
        for i, j in itertools.product(range(3), range(3)):
            a, b = layers(shot(SAID[before], before), i), layers(shot(SAID[after], after, "beat-2"), j)
            c = takes_over(a, 90, b, 90, ACCENT)
            forms = [x for x in c if isinstance(x, Sequence) and x.end == TRAVEL and isinstance(x.items[0], Vector)]
            assert len(forms) <= 1
            if forms:
                carried += 1
                own = extent(showing(forms[0], 0))
                areas = [x.box.w * x.box.h for x in forms[0].items]
                assert max(areas) <= 1.25 * max(areas[0], areas[-1]), (before, i, after, j, "it swells on its way")
                assert min(np.abs(own - p).max() for p in plates(a, 89)) < 8, (before, i, after, j)
                last, rest = extent(showing(forms[0], TRAVEL - 1)), plates(c, TRAVEL)
                assert min(np.abs(last - p).max() for p in rest) < 16, (before, i, after, j)
    assert carried > 40


def carried_plates(before, after):
    "(old scene, both scenes, place of the carried plate in them) for all layouts of a (template, text) pair."
    for i, j in itertools.product(range(3), range(3)):
        a, b = layers(shot(before[1], before[0]), i), layers(shot(after[1], after[0], "beat-2"), j)
        c = takes_over(a, 90, b, 90, ACCENT)
        at = next((n for n, x in enumerate(c) if isinstance(x, Sequence) and x.end == TRAVEL and isinstance(x.items[0], Vector)), None)
        if at is not None:
            yield a, c, at


HOOKS = (("hook", "What do you know about honey?"), ("hook", "What does an hour of streaming really use?"), ("phrase", "Frost had cracked the main spring."))
NEXT = (("icon", "Honey found in ancient Egyptian tombs was still good"), ("icon", "A baker repaired it with a part"), ("cta", "Link in the profile."))


def test_a_plate_sets_out_with_its_word():
    "The word on it is not hidden under it, be it alone or one of its row."
    found = 0
    for before, after in itertools.product(HOOKS, NEXT):
        for _, c, at in carried_plates(before, after):
            plate = c[at].items[0].box.inset(6, 6)
            old = [n for n, x in enumerate(c) if x.end == LEAVE and (s := showing(x, 0)) and isinstance(s.layer, Text) and s.layer.box.meets(plate)]
            found += len(old)
            assert all(n > at for n in old), [showing(c[n], 0).layer.lines for n in old]
    assert found > 3


def test_what_lies_on_a_plate_that_shrinks_stays_on_it():
    rode = 0
    for before, after in itertools.product([("comparison", SAID["comparison"]), ("number", SAID["number"]), *HOOKS], NEXT):
        for _, c, at in carried_plates(before, after):
            for x in c[at + 1 :]:
                if x.end == LEAVE and showing(x, 0) and beyond(extent(showing(x, 0)), extent(showing(c[at], 0))) <= 12:
                    rode += 1
                    past = [beyond(extent(s), extent(showing(c[at], n))) for n in range(LEAVE) if (s := showing(x, n))]
                    assert max(past) <= 12, (before, after, past)
    assert rode > 10


def beyond(a, b):
    "px by which the one reaches out of the other."
    return max(b[0] - a[0], b[1] - a[1], a[2] - b[2], a[3] - b[3])


def test_what_travels_sets_out_when_the_old_type_has_left():
    "An icon or a plate on its way passes over nothing that is still to be read."
    ways = 0
    for before, after in itertools.product(HOOKS + tuple((k, SAID[k]) for k in ("icon", "list")), NEXT):
        for i, j in itertools.product(range(3), range(3)):
            a, b = layers(shot(before[1], before[0]), i), layers(shot(after[1], after[0], "beat-2"), j)
            c = takes_over(a, 90, b, 90, ACCENT)
            for x in c:
                if x.end == TRAVEL and isinstance(x, Sequence | Vector) and (first := showing(x, 0)) and first.opacity == 1:
                    moved = [n for n in range(TRAVEL) if np.abs(extent(showing(x, n)) - extent(first)).max() > 0.5]
                    ways += bool(moved)
                    old = {y for n in moved for y, s in seen(c, n) if isinstance(s.layer, Text) and not y.read and s.opacity > 0.01}
                    assert not old, (before, i, after, j)
    assert ways > 40


ARMS = (("icon", "Most of them sit in its arms."), ("icon", "Each arm can taste what it touches."), ("list", "An arm, a brain, and a heart."), ("phrase", "An arm has no bone."))


@pytest.mark.parametrize("look", styles())
def test_an_icon_in_the_ink_of_a_plate_is_seen_on_its_plate_alone(look):
    "On its way between two scenes it never lies dark on the dark ground, or light on the light one."
    st, found = style(look), 0
    for before, after in itertools.product(ARMS, ARMS):
        for i, j in itertools.product(range(3), range(3)):
            a, b = layers(shot(before[1], before[0]), i, look), layers(shot(after[1], after[0], "beat-2"), j, look)
            c = takes_over(a, 90, b, 90, st.accent)
            for frame in range(TRAVEL + 4):
                there = [s for _, s in seen(c, frame)]
                for s in there:
                    icon = isinstance(s.layer, Vector) and s.layer.name.startswith("icon") and st.accent_ink in s.layer.svg and s.opacity * s.drawn > 0.6
                    if icon:
                        found += 1
                        under = [beyond(extent(s), extent(t)) for t in there if isinstance(t.layer, Vector) and t.layer.name.startswith(f"plate {st.accent}") and t.opacity > 0.3]
                        assert min(under, default=999) < 30, (before, i, after, j, frame)
    assert found > 100


def test_nothing_that_is_drawn_fades_in_over_what_fades_out():
    "Where one scene is seen through the other, its card and its icon wait as its type does."
    for new, j in itertools.product(("icon", "number", "comparison", "list"), range(3)):
        b = layers(shot(SAID[new], new, "beat-2"), j)
        ground = {x.name for x in b if isinstance(x, Vector)} & {"far", "near"} | {x.name for x in b if isinstance(x, Vector) and x.name.startswith("art ")}
        for frame in range(LEAVE):
            there = [x for x, s in seen(waits(b), frame) if isinstance(x, Vector) and x.name not in ground and s.opacity > 0.02]
            assert not there, (new, j, frame, [x.name for x in there])


def test_art_that_goes_out_is_not_covered_first():
    "Where a line goes on with the same waves, its old art fades before them, as it stood."
    from viralforge.scenes import backdrop

    look, place = style("aurora"), platform("everywhere")
    for seed in range(12):
        old, new = (tuple(backdrop(look, place, 90, seed, art, begun=begun)) for art, begun in (("fish", 0), ("heart", 90)))
        c = takes_over(old, 90, new, 90, ACCENT)
        picture = lambda stack, n: Composer(stack, None, 216, 384, scale=0.2).draw(n).rgb().astype(float)
        assert np.abs(picture(c, 0) - picture(old, 89)).max() < 24, seed


def test_words_come_in_the_order_in_which_they_are_read():
    "Where a plate is on its way, none is there before the one that it passes."
    rows = 0
    for before, after in itertools.product(HOOKS, (("icon", "The patch held for years."), ("phrase", "The patch held."), ("cta", "Link in the profile."))):
        for i, j, said in itertools.product(range(3), range(3), range(6)):
            a, b = layers(shot(before[1], before[0]), i), layers(shot(after[1], after[0], "beat-2", said=said, pace=4), j)
            c = takes_over(a, 90, b, 90, ACCENT)
            begins = {}
            for n in range(2 * TRAVEL):
                for x, s in seen(c, n):
                    if x.read and isinstance(s.layer, Text) and s.opacity > 0.01:
                        begins.setdefault((round(s.layer.box.y), round(s.layer.box.x)), n)
            rows += len(begins) > 1
            assert [begins[k] for k in sorted(begins)] == sorted(begins.values()), (before, i, after, j, said, begins)
    assert rows > 40


def test_a_plate_arrives_before_what_lies_on_it():
    "No part of an icon is drawn where its disc will be, and no smaller plate is there without its word."
    drawn = plates = rings = 0
    for before, after in itertools.product(HOOKS, NEXT):
        for a, c, at in carried_plates(before, after):
            own, rests = {x.name for x in a if isinstance(x, Vector)}, c[at].box
            for x in c:
                if isinstance(x, Vector) and x.end in (None, TRAVEL) and x.name.startswith("icon") and x.name not in own and x.box.meets(rests):
                    drawn += 1
                    assert all(showing(x, n) is None for n in range(WAIT + 1)), x.name
                middle = [abs(x.box.x - rests.x + (x.box.w - rests.w) / 2), abs(x.box.y - rests.y + (x.box.h - rests.h) / 2)]
                if isinstance(x, Vector) and x.end in (None, TRAVEL) and not x.name and max(middle) < 2:
                    rings += 1
                    assert all(showing(x, n) is None for n in range(WAIT + 1)), "a ring around nothing"
                if isinstance(x, Vector) and x.name.startswith(f"plate {ACCENT}") and x.end in (None, TRAVEL):
                    words = [y for y in c if y.read and isinstance(y, Text | Sequence) and y.box.meets(x.box)]
                    plates += bool(words)
                    for n in range(WAIT + 2):
                        assert not (showing(x, n) and words) or any(showing(y, n) for y in words), (before, after, n)
    assert drawn and plates and rings


@pytest.mark.parametrize("look", styles())
@pytest.mark.parametrize("place", ["everywhere", "square"])
def test_what_travels_stays_in_the_scene_box_clear_of_the_captions(look, place):
    room, accent = platform(place).scene, style(look).accent
    made = {k: layers(shot(SAID[k], k), n % 3, look, place) for n, k in enumerate(SAID)}
    for old, new in PAIRS:
        c = takes_over(made[old], 90, made[new], 90, accent)
        for x in c:
            if isinstance(x, Sequence) and x.end == TRAVEL:
                for n in range(TRAVEL):
                    left, top, right, bottom = extent(showing(x, n))
                    assert left >= room.x - 12 and right <= room.right + 12 and bottom <= room.bottom + 12, (old, new, n)


@pytest.mark.parametrize("old, new", PAIRS)
def test_no_type_stands_on_other_type_and_all_of_the_old_is_soon_gone(old, new):
    a, b = layers(shot(SAID[old], old), 0), layers(shot(SAID[new], new, "beat-2"), 1)
    c = takes_over(a, 90, b, 90, ACCENT)
    for frame in range(LEAVE + 4):
        texts = [(x.read, s) for x, s in seen(c, frame) if isinstance(s.layer, Text)]
        for read, s in texts:
            for other, t in texts:
                assert not (read and not other and s.layer.box.meets(t.layer.box)), (frame, s.layer.lines, t.layer.lines)
    assert all(x.read for x, s in seen(c, LEAVE) if isinstance(s.layer, Text))
    assert all(x.end is None for x, _ in seen(c, TRAVEL)) and DISSOLVE <= TRAVEL


def _dark(text):
    "The words in the ink that belongs on a plate."
    words = " ".join(text.lines).split()
    return [words[n] for m in text.marks if m.ink == style("aurora").accent_ink for n in range(m.first, m.last + 1)]


@pytest.mark.parametrize("said", range(9))
def test_type_comes_neither_before_the_old_is_gone_nor_before_its_plate(said):
    "Whenever its words are heard, in every layout."
    turned = 0
    for old, new, layout in itertools.product(("hook", "icon", "number"), ("icon", "phrase", "cta"), range(3)):
        a, b = layers(shot(SAID[old], old), layout), layers(shot(SAID[new], new, "beat-2", said=said, pace=5), layout)
        c = takes_over(a, 90, b, 90, ACCENT)
        for frame in range(TRAVEL + 2):
            there = [(x.read, s) for x, s in seen(c, frame)]
            texts = [(read, s) for read, s in there if isinstance(s.layer, Text)]
            for read, s in texts:
                assert not any(read and not other and s.layer.box.meets(t.layer.box) for other, t in texts), (old, new, layout, frame, s.layer.lines)
                if read and (dark := _dark(s.layer)):
                    turned += 1
                    plates = [t for _, t in there if isinstance(t.layer, Vector) and t.layer.name.startswith(f"plate {ACCENT}") and t.layer.box.meets(s.layer.box)]
                    assert plates, (old, new, layout, frame, dark)
    assert turned


@pytest.mark.parametrize("new", SAID)
def test_a_cut_within_a_line_is_soft(new):
    "The ground goes on and the old leaves: no two frames at the cut differ much."
    a, b = layers(shot(SAID["phrase"], "phrase"), 2), layers(shot(SAID[new], new, begun=90, first=False), 0)
    c = takes_over(a, 90, b, 90, ACCENT)
    picture = lambda stack, n: Composer(stack, None, 216, 384, scale=0.2).draw(n).rgb().astype(float)
    gap = np.abs(picture(c, 0) - picture(a, 89)).mean()
    hard = np.abs(picture(b, 0) - picture(a, 89)).mean()
    assert gap < 2 and gap < 0.4 * hard, (gap, hard)
    (field,) = (x for x in c if isinstance(x, Field))
    assert showing(field, 0).phase == 90


def test_scenes_that_share_nothing_are_as_before_once_the_old_is_gone():
    a, b = layers(shot(SAID["phrase"], "phrase"), 2), layers(shot(SAID["icon"], "icon", "beat-2"), 0)
    c = takes_over(a, 90, b, 90, ACCENT)
    for frame in (TRAVEL, 50, 89):
        assert [s for _, s in seen(c, frame)] == [s._replace(layer=t.layer) for (_, s), (_, t) in zip(seen(b, frame), seen(c, frame), strict=True)]


def test_a_picture_that_fills_the_frame_and_a_short_scene_are_left_alone():
    a, b = layers(shot(SAID["phrase"], "phrase"), 0), layers(shot(SAID["icon"], "icon"), 0)
    photo = (Picture(box=platform("everywhere").safe, image=Artefact(digest="0" * 32, suffix=".jpg", size=1)), *(x for x in a if not isinstance(x, Field)))
    assert takes_over(photo, 90, b, 90, ACCENT) is None and takes_over(b, 90, photo, 90, ACCENT) is None
    assert takes_over(a, 90, b, 2 * TRAVEL - 1, ACCENT) is None and takes_over(a, 12, b, 90, ACCENT) is None


# ---- in a film


def film(*texts, transition="auto"):
    "Each text is a line of two shots, an icon and a phrase."
    lines, shots, sound = [], [], Artefact(digest="0" * 32, suffix=".wav", size=1)
    for n, text in enumerate(texts):
        one, two = shot(text, "icon", f"beat-{n}", 0, 70), shot("and the third keeps the body going", "phrase", f"beat-{n}", 70, 60, first=False)
        two = Shot(**{f: getattr(two, f) for f in two.__dataclass_fields__} | {"line": one.line})
        lines.append(Speech(line=one.line, audio=sound, rate=24000, seconds=130 / 30, words=()))
        for k, s in enumerate((one, two)):
            motion = Motion(template=s.direction.template, layers=layers(s, 1 - k))
            shots.append(Shot(**{f: getattr(s, f) for f in s.__dataclass_fields__} | {"visual": motion}))
    vo = Voiceover(lines=tuple(lines), starts=tuple(130 * n for n in range(len(texts))), frames=130 * len(texts))
    return assemble("Hearts", vo, tuple(shots), (), transition=transition)


LINES = ("Two hearts push blood.", "Each arm can taste.", "The eye sees blue light.", "Copper carries oxygen.")


def test_an_edited_line_reaches_the_beginning_of_the_next_one_and_no_further():
    old, new = film(*LINES), film(LINES[0], "The brain has nine parts.", *LINES[2:])
    changed = [b.id for a, b in zip(segments(old), segments(new), strict=True) if a.content() != b.content()]
    assert changed and all(i.startswith("beat-1") or i == "beat-2+0" for i in changed), changed
    carried = [s for s in segments(new) if s.id in ("beat-1+0", "beat-2+0", "beat-3+0")]
    assert all(s.frames == SETTLED and not s.under for s in carried)


def test_lines_that_turn_or_count_on_keep_their_transition():
    t = film(LINES[0], "But the eye is blind.", "Next, the brain thinks.", "The hand feels.")
    assert [p.transition for p in t.places if "." not in p.id] == ["cut", "push", "slide", "carry"]
    assert {p.transition for p in film(*LINES, transition="fade").places[2::2]} == {"fade"}
    again = film(LINES[0], "But the eye is blind.", "Next, the brain thinks.", "The hand feels.")
    assert again == t


@pytest.mark.parametrize("way", ["fade", "zoom"])
def test_no_type_is_read_through_other_type_while_scenes_blend(way):
    blends = [s for s in segments(film(*LINES, transition=way)) if s.under]
    assert len(blends) == 3
    for s in blends:
        for n in range(s.lead):
            share = (n + 1) / (s.lead + 1)
            soft = share * share * (3 - 2 * share)
            old, new = (max((x.opacity for y, x in seen(stack, n) if y.read), default=0.0) for stack in (s.under, s.layers))
            assert not min(old * (1 - soft), new * soft), (s.id, n)
        assert max(x.opacity for y, x in seen(s.layers, s.lead) if y.read) == 1, "and the new one is there at the end"
