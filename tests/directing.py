"Shots with a direction: as the grammar director makes it, or as a template needs it where a drawing is tried with words that no director would give it."

from dataclasses import replace

from viralforge.backends.directors import Said, direct, emphasis, label_of
from viralforge.text.headlines import headline
from viralforge.text.quantities import best
from viralforge.text.relations import relation
from viralforge.text.subjects import subject
from viralforge.types import Direction, Figure, Relation, Shot, Subject

RELATED = ("list", "quote", "comparison", "chart")


def directed(
    shot: Shot,  # without a direction; its words are all of its line
    template: str = "",  # the one that shall show it; the director's choice where not given
    title: str = "",  # of the film
    picture: Subject | None = None,  # that it shall show, whatever is said
) -> Shot:
    "The shot with what it shall show."
    text = " ".join(w.shown for w in shot.words)
    return replace(shot, direction=direction(text, template, role=shot.line.role, first=shot.first, title=title, picture=picture))


def direction(
    text: str,  # all of a line
    template: str = "",  # the one that shall show it; the director's choice where not given
    *,
    role: str = "beat",  # of the line
    first: bool = True,  # whether the line begins with it
    title: str = "",  # of the film
    picture: Subject | None = None,  # that it shall show, whatever is said
) -> Direction:
    "What a shot of all of these words shall show."
    words = (0, len(text.split()) - 1)
    if words[1] < 0:
        return Direction(template=template if template == "hook" else "phrase")  # nothing else can be shown where nothing is said
    said = Said(template if template in ("hook", "cta") else role, text, "", title, "en")
    made = direct(said, words, first)
    if template not in ("", "photo") and made.template != template:
        made = _wanted(said, words, template)
    return replace(made, subject=picture) if picture else made


def _wanted(said: Said, words: tuple[int, int], template: str) -> Direction:
    "What a template needs, as the rooms find it; where they find nothing, of the first words that there are."
    if template in RELATED:
        found = relation(said.reading, words, said.figures)
        return Direction(template=template, relation=found if found and found.kind == template else _parted(words, template))
    if template == "number":
        last = words[1]
        bare = Figure(kind="name", words=(last, last), shown=said.reading.words[last])
        figure = best(said.figures, said.reading) or next(iter(said.figures), bare)
        return Direction(template=template, figure=figure, headline=label_of(said, figure, words))
    head = headline(said.reading, words, said.bound) or words
    found = subject(said.reading, words, said.title) or Subject(name="heart", set="icon")
    return Direction(template=template, headline=head, emphasis=emphasis(said, head), subject=found if template in ("icon", "cta") else None)


def _parted(words: tuple[int, int], template: str) -> Relation:
    "The words in two to four parts, of a chart each with its last word as its figure."
    count = words[1] + 1
    n = 2 if template in ("quote", "comparison") else min(max(count // 2, 2), 4)
    ends = [count * k // n for k in range(n + 1)]
    parts = tuple((a, z - 1) for a, z in zip(ends, ends[1:], strict=False) if z > a)
    parts = parts if len(parts) == n else (words,) * n
    return Relation(kind=template, parts=parts, figures=tuple((z, z) for _, z in parts) if template == "chart" else ())
