"A headline is a phrase that can be read on its own: a short whole clause, or a noun with what belongs to it."

import random

import pytest

from viralforge.headlines import LETTERS, ending, headline
from viralforge.words import inside_figure

# heard in a shot | the headline
CASES = """
On a dark night your naked eye can see | a dark night
and one of them quits when it swims. | one of them quits when it swims.
The third one sends it around the rest of the body. | the rest of the body.
and most of them sit in its arms. | most of them sit in its arms.
but it makes the blood thick. | it makes the blood thick.
because it can keep its shutter open and collect more light. | it can keep its shutter open
In June the spring came back overnight. | the spring came back overnight.
Two shipyards say the blocks narrow the channel, | the blocks narrow the channel,
One adult in three in the United States sleeps less | One adult in three in the United States
than seven hours a night. | seven hours a night.
sleeps less than seven hours a night. | sleeps less than seven hours a night.
In less than seven hours | less than seven hours
after clocks went forward. | after clocks went forward.
Keep leaves off cold glass. | Keep leaves off cold glass.
Turn the pot a quarter every week. | Turn the pot a quarter every week.
The great clock of the market hall was built | The great clock of the market hall
On the night of 12 February 1956 it | the night of 12 February 1956
in the old harbour of Northport. | the old harbour of Northport.
It takes 140 litres of water to grow one cup. | It takes 140 litres of water
Group pots together, because plants humidify each other. | plants humidify each other.
of too much water, not too little. | too much water,
The strap is made from recycled climbing rope. | recycled climbing rope.
That is about the length of one sleep cycle, | That is about the length of one sleep cycle,
An arm goes on grabbing even after it has been cut off. | An arm goes on grabbing
but about 6x the energy per GB. | 6x the energy per GB.
survive the winter? | survive the winter?
The reef was never meant to be beautiful, | The reef was never meant to be beautiful,
were 0.05%. | 0.05%.
and that part is still turning today. | that part is still turning today.
and you need four to six of them a night. | you need four to six of them a night.
the smallest screen you enjoy uses the least. | the smallest screen you enjoy uses the least.
Moving from a 50-inch TV to a phone cuts the total | Moving from a 50-inch TV to a phone
In 2010 the same hour used 1/10 the data | In 2010 the same hour used 1/10 the data
Adults who want to stay healthy need at least | Adults who want to stay healthy
became the first woman to command a Space Shuttle. | first woman to command a Space Shuttle.
so the sharpest eyes ride up on rockets. | the sharpest eyes ride up on rockets.
In one Michigan study, heart attacks rose | heart attacks rose
In March the keeper noticed | the keeper noticed
almost as old as the universe itself. | almost as old as the universe itself.
It is not a bean, it is nearly half a kilo | It is not a bean,
nearly half a kilo | nearly half a kilo
Caffeine taken six hours before bed | Caffeine taken six hours before bed
the first one seen in the harbour since 1974. | the first one seen in the harbour since 1974.
In 1999 Eileen Collins | In 1999 Eileen Collins
In 1999 the astronaut Eileen Collins of the United States | In 1999 the astronaut Eileen Collins
On the night of 12 February 1956 | the night of 12 February 1956
It takes at most two days to dry. | It takes at most two days to dry.
that much on the Monday after clocks went forward. | clocks went forward.
"""


def chosen(text, **more):
    words = tuple(text.split())
    span = headline(words, **more)
    return " ".join(words[span[0] : span[1] + 1]) if span else None


@pytest.mark.parametrize("case", [c for c in CASES.splitlines() if c.strip()])
def test_case(case):
    text, _, phrase = case.partition(" | ")
    assert chosen(text) == phrase


def test_keywords_decide_between_equals():
    text = "the blue shark and the old reef"
    assert chosen(text, keys=frozenset({"reef"})) == "the old reef" and chosen(text, keys=frozenset({"shark"})) == "the blue shark"


def test_whatever_is_said_the_phrase_stays_in_its_clause_and_ends_well():
    r = random.Random(5)
    vocabulary = "the a of to and but it they sea, heart stops blue beats. because 500 million is not 3.5% through deep? its which – 🐙 “so”".split()
    for _ in range(3000):
        words = tuple(r.choice(vocabulary) for __ in range(r.randint(0, 14)))
        span = headline(words)
        if span is None:
            continue
        first, last = span
        said = words[first : last + 1]
        assert 0 <= first <= last < len(words) and len(" ".join(said).rstrip(".,?")) <= LETTERS
        assert not any(w[-1] in ".,?–" and not inside_figure(words, first + k) for k, w in enumerate(said[:-1])), said
        assert said[-1] not in ("the", "a", "of", "and", "but", "because", "which", "its"), said


def test_what_a_figure_counts_ends_well():
    r = random.Random(6)
    assert ending(()) == 0 and ending(("of", "the")) == 0
    for _ in range(500):
        words = tuple(r.choice("of the water a day galaxies in dark and hearts, its".split()) for __ in range(r.randint(0, 8)))
        n = ending(words)
        assert 0 <= n <= 6 and (not n or words[n - 1] not in ("of", "the", "a", "in", "and", "its"))
