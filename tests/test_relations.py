"Lists, quotations, two sides and rows of figures: found where they are, and nowhere else."

import pytest

from viralforge.text.quantities import figures
from viralforge.text.reading import read
from viralforge.text.relations import relation


def found_in(text):
    r = read(text)
    return relation(r, (0, len(r.words) - 1), figures(r)) if r.words else None


def seen(text):
    words, p = text.split(), found_in(text)
    say = lambda s: " ".join(words[s[0] : s[1] + 1]).strip(".,;:!?")
    return p and (p.kind, [say(s) for s in p.parts], [say(s) for s in p.figures])


FOUND = {
    "An octopus has three hearts, nine brains, and blue blood.": ("list", ["three hearts", "nine brains", "blue blood"]),
    "Flour, paraffin and a mop came up.": ("list", ["Flour", "paraffin", "mop"]),
    "You need water, salt, yeast, and flour.": ("list", ["water", "salt", "yeast", "flour"]),
    "Use it in Rome, Paris, or Berlin.": ("list", ["Rome", "Paris", "Berlin"]),
    "It carries oxygen with copper instead of iron.": ("comparison", ["copper", "iron"]),
    "A whale shark is not a whale but a fish.": ("comparison", ["whale", "fish"]),
    "The blue whale is heavier than any dinosaur.": ("comparison", ["blue whale", "any dinosaur"]),
    "Light is faster than sound.": ("comparison", ["Light", "sound"]),
    "Cats versus dogs.": ("comparison", ["Cats", "dogs"]),
    "“That is one small step,” said Neil Armstrong.": ("quote", ["“That is one small step,”", "Neil Armstrong"]),
    "It fell from 30 percent in 1990 to 12 percent in 2020.": ("chart", ["1990", "2020"]),
    "A giraffe sleeps 2 hours, a brown bat 20 hours.": ("chart", ["giraffe", "brown bat"]),
    "Tea costs $3, coffee $12.": ("chart", ["Tea", "coffee"]),
    "Weight: Lumo Trail 78 g, Lumo Trail Pro 96 g.": ("chart", ["Lumo Trail", "Lumo Trail Pro"]),
    "In 2010 it had 5 members, in 2020 500 members.": ("chart", ["2010", "2020"]),
}


@pytest.mark.parametrize("text", FOUND)
def test_found(text):
    assert seen(text)[:2] == FOUND[text]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Three hearts.",
        "On Monday, the team met, and they left.",
        "When it swims, the heart stops, and it tires.",
        "He said “no” and left.",
        "Pressure 675, humidity 89 percent.",
        "In 1969, 600 million people watched.",
        "More than 500 people came.",
        "It is bigger than 3 metres.",
        "The cold makes every screw smaller than its hole.",
        "Rather than wait",
        "and, or, but",
        "A 3, b 4, c 5",
        "The crew had 30 tents and the guests 20 mules.",
        "The crew had 300 running and the guests 400 running.",
    ],
)
def test_not_found(text):
    assert seen(text) is None


@pytest.mark.parametrize(
    "text, title",
    [
        ("Weight: Lumo Trail 78 g, Lumo Trail Pro 96 g.", "Weight:"),
        ("Asleep in a day: a giraffe 2 hours, a brown bat 20 hours.", "Asleep in a day:"),
        ("Bring three things: a lamp, a rope, and a map.", "Bring three things:"),
        ("Brightness: the small lamp 400 lm, the large lamp 750 lm.", "Brightness:"),
        ("In a day a giraffe sleeps 2 hours, a brown bat 20 hours.", None),
        ("This is what the whole of the table says: a giraffe 2 hours, a brown bat 20 hours.", None),
        ("Tea costs $3, coffee $12.", None),
    ],
)
def test_the_words_before_a_colon_are_the_title(text, title):
    words, lead = text.split(), found_in(text).lead
    assert (" ".join(words[lead[0] : lead[1] + 1]) if lead else None) == title


def test_every_span_lies_in_the_words_and_none_overlaps():
    import random

    words = "instead of than not but and or, “It is” said heavier 20 percent, 30 hours. a the whale, fish in is, 1990".split()
    r = random.Random(4)
    for _ in range(1500):
        said = [r.choice(words) for _ in range(r.randrange(1, 14))]
        p = found_in(" ".join(said))
        if p is None:
            continue
        spans = sorted([*p.parts, *p.figures]) if p.kind != "quote" else sorted(p.parts)
        assert all(0 <= a <= z < len(said) for a, z in spans), (said, p)
        assert all(x[1] < y[0] for x, y in zip(spans, spans[1:], strict=False)), (said, p)
