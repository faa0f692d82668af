"A script against its brief: what stands in no note, and what the title promises."

import pytest

from viralforge.briefs import example_briefs, read_brief
from viralforge.core import BadInput
from viralforge.pipeline import Draft
from viralforge.store import Store
from viralforge.text.grounding import check_grounding, measures, promise, ungrounded
from viralforge.types import Line, Script, line_id

NOTES = """On 31 August 1854 cholera broke out around Broad Street in London. Within three days 127 people were dead.

| Model | Weight | Price |
|---|---|---|
| Heron 300 | 16.8 kg | €1,490 |

- It covers 10.5 km at up to 25 km/h, at −179 °C, and holds 1.2 million drops.
- Dr. Snow drew a map. Two in five were women; it cost about half a pound.
"""
BRIEF = read_brief({"title": "Dr. John Snow", "notes": NOTES, "sources": ["The Lancet, 1855"]})


def told(*texts):
    return Script(title="", lines=tuple(Line(id=line_id("beat", t), role="beat", text=t) for t in texts))


def odd(text):
    return [u.text for u in ungrounded(BRIEF, told(text))]


GROUNDED = (
    "Within 3 days 127 people were dead.", "On August 31, 1854, cholera broke out.", "The Heron 300 weighs 16.8 kilograms.", "It costs 1,490 euros.",
    "It covers 10.5 kilometres at 25 km/h.", "At minus 179 degrees Celsius it holds 1,200,000 drops.", "2 in 5 were women.", "One of them was Snow's map.",
    "The Lancet wrote of it in 1855.", "Follow for more.", "John drew it.",
)  # fmt: skip


@pytest.mark.parametrize("text", GROUNDED)
def test_what_the_brief_says_in_other_form_is_grounded(text):
    assert not odd(text)


UNGROUNDED = {
    "Within three days 172 people were dead.": "172", "On 13 August 1854 it broke out.": "13 August", "In August 1855 it broke out.": "August 1855",
    "It weighs 16.8 pounds.": "16.8", "It costs $1,490.": "$1,490", "It holds 1.2 billion drops.": "1.2 billion", "At 179 °C it boils.": "179",
    "Dr. Snow met Florence Nightingale there.": "Florence Nightingale", "It broke out in Paris.": "Paris", "Three in five were women.": None, "Nine of ten died.": "Nine",
    "It covers 10.5 miles.": "10.5", "In 1853 he was there.": "1853",
}  # fmt: skip


@pytest.mark.parametrize("text", UNGROUNDED)
def test_what_stands_in_no_note_is_told(text):
    want = UNGROUNDED[text]
    assert (want in odd(text)) if want else not odd(text), "numbers are looked up one by one"


def test_what_is_near_is_named():
    (found,) = ungrounded(BRIEF, told("It weighs 16.8 pounds."))
    assert found.near == "16.8 kilogram" and found.kind == "figure"


def test_measures_are_one_whatever_way_they_are_written():
    for a, b in (("$3.5 million", "3,500,000 dollars"), ("45 km", "45 kilometres"), ("12 percent", "12%"), ("eleven", "11"), ("2–4 km", "2-4 km"), ("5'", "5")):
        assert [m.amount for m in measures(a)] == [m.amount for m in measures(b)], (a, b)
    assert measures("$3.5 million")[0].unit == measures("3,500,000 dollars")[0].unit == "dollar"
    assert [m.amount for m in measures("beat them 3-2, no one else")] == ["3", "2"]


def test_a_strict_brief_refuses_before_its_voice_is_paid(tmp_path):
    notes = "An octopus has three hearts. One of them stops when it swims. Two pump blood to the gills."
    brief = {"title": "Hearts", "notes": notes, "music": "none", "seconds": 12}
    strict, lax = (Draft(brief, store=Store(tmp_path / ".store"), grounding=how).edit("hook", "It has four hearts.") for how in ("strict", "notice"))
    with pytest.raises(BadInput, match="hook says four.*Mend: put it into the notes") as e:
        strict.voiceover  # noqa: B018  it is made when it is looked at
    assert "\n" not in str(e.value)
    assert next(r for r in strict.plan().rows if r.stage == "narration").to_do == 1, "the line was not voiced"
    assert lax.voiceover and check_grounding(lax.brief, lax.script) is None
    assert Draft(brief, store=Store(tmp_path / ".store"), grounding="strict").voiceover


def test_a_brief_says_strict_or_notice():
    assert read_brief({"title": "T", "notes": "It has three.", "grounding": "Strict"}).grounding == "strict"
    with pytest.raises(BadInput, match="give notice or strict"):
        read_brief({"title": "T", "notes": "It has three.", "grounding": "maybe"})


def kept(title, notes, *lines):
    return promise(read_brief({"title": title, "notes": notes}), [title, *lines]).kept


PROMISES = [
    ("Who built it?", "The bridge was built by Ada Byron. It is long and red.", "The bridge was built by Ada Byron.", "It is long and red."),
    ("When was the bridge built?", "The bridge was built in 1890. The bridge is red.", "The bridge was built in 1890.", "The bridge is red."),
    ("Where does coffee come from?", "Most coffee comes from Brazil. Coffee is drunk hot.", "Most coffee comes from Brazil.", "Coffee is drunk hot."),
    ("Why is the sky blue?", "The sky is blue because air scatters short waves most. The sky is high.", "It is blue because air scatters short waves most.", "The sky is high."),
    ("How long is the bridge?", "The bridge is 300 metres long. It opened with a dance.", "It is 300 metres long.", "It opened with a dance."),
    ("How many moons has Saturn?", "In 2019 Saturn had 82 moons. In 2025 it has 274.", "In 2025 it has 274.", "In 2019 Saturn had 82 moons."),
    ("3 ways to sleep", "- Go to bed early.\n- Leave the phone outside.\n- Drink no coffee.", "Go to bed early. Leave the phone outside. Drink no coffee.", "Go to bed early. Drink no coffee."),
    ("Are bats blind?", "Bats are not blind at all. Bats eat moths.", "Bats are not blind at all.", "They eat moths."),
    ("Bats are not blind", "Every bat can see, so bats are not blind. Moths fear them.", "Every bat can see, so bats are not blind.", "Moths fear them."),
]  # fmt: skip


@pytest.mark.parametrize("title, notes, good, bad", PROMISES, ids=[p[0] for p in PROMISES])
def test_the_answer_is_told_or_missed(title, notes, good, bad):
    assert kept(title, notes, good) is True and kept(title, notes, bad) is False


def test_where_the_notes_hold_no_answer_nothing_is_claimed():
    assert kept("Who built it?", "It is long. It is red.", "It is red.") is None


@pytest.mark.parametrize("path", example_briefs(), ids=lambda p: p.stem)
def test_the_example_films_keep_their_promise_and_are_grounded(path, tmp_path):
    d = Draft(path, store=Store(tmp_path / ".store"), music="none")
    assert promise(d.brief, [x.text for x in d.script.lines]).kept and not ungrounded(d.brief, d.script)
