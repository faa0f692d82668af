"""What an editor would expect of the films of `briefs/development`, held against what comes out of them.

    python tests/expectations.py [--brief 06] [--kind keep_together] [--film]

Only what is said and drawn is looked at: lines, shots with their layers, pages of captions. `briefs/development/README.md` says what each key
means and how text is compared.
"""

import argparse
import os
import re
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from viralforge.captions import Page
from viralforge.looks import style
from viralforge.numbers import ONES, TENS, ordinal
from viralforge.pipeline import Draft
from viralforge.store import Store
from viralforge.types import Layer, Script, Sequence, Shot, Text, Vector

BRIEFS = Path(__file__).parent / "briefs" / "development"
TEXTS = ("genre", "title_form", "traps")  # for reports only
KINDS = ("answer", "must_say", "must_not_say", "denied", "superseded", "needs", "order", "whole", "not_a_quantity", "quantity",
         "keep_together", "wrong_picture", "good_picture", "hook_bad")  # fmt: skip

# Comparing ------------------------------------------------------------------------------------------------------------

_WORDS = {w: n for n, w in enumerate(ONES)} | {w: 10 * n for n, w in enumerate(TENS) if n > 1}
_SCALES = {"hundred": 100, "thousand": 1000}
_NUMBER = "|".join(sorted({*_WORDS, *_SCALES}, key=len, reverse=True))
_RUN = re.compile(rf"\b(?:{_NUMBER})(?:(?:[ -]|(?<=hundred) and )(?:{_NUMBER}))*\b")
_RANKS = {ordinal(n): f"{n}{'th' if n // 10 == 1 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}" for n in range(1, 100)}
_RANKED = re.compile(rf"\b(?:{'|'.join(sorted(_RANKS, key=len, reverse=True))})\b")


def _in_digits(run: str) -> str:
    "A run of number words in digits; words that make no number together stay apart: *two three* is 2 3."
    out: list[int] = []
    room = 0  # what still fits behind the last number: 100 after *hundred*, 10 after *twenty*
    for w in re.findall(r"[a-z]+", run):
        if w == "and":
            continue
        if w in _SCALES and out:
            out[-1] *= _SCALES[w]
            room = _SCALES[w]
        elif (n := _WORDS.get(w, _SCALES.get(w, 0))) and n < room:
            out[-1] += n
            room = 10 if 20 <= n < 100 else 0
        else:
            out.append(n)
            room = 10 if 20 <= n < 100 else 0
    return " ".join(map(str, out))


@cache
def even(text: str) -> str:
    "Text as it is compared: small letters, straight quotes, one dash, no markup, number words in digits."
    low = text.casefold().translate(str.maketrans({**dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys("“”„", '"'), **dict.fromkeys("‘’", "'")}))
    low = " ".join(re.sub(r"[*_`]", "", low).split())
    low = _RANKED.sub(lambda m: _RANKS[m[0]], low)
    low = _RUN.sub(lambda m: _in_digits(m[0]), low)
    low = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", low)
    return re.sub(r"\bminus (?=\d)", "-", re.sub(r"(?<=\d) ?(?:per ?cent\b|%)", "%", low))


@cache
def _pattern(entry: str) -> re.Pattern[str]:
    "An entry that begins where a word begins; its figures match as a whole."
    e = even(entry)
    left = r"(?<![\w$€£¥])(?<!\d[.,:/-])(?<![\s(]-)(?<!^-)" if e[:1].isdigit() else r"(?<!\w)" if e[:1].isalnum() else ""
    right = r"(?![\w%°])(?![.,:/-]\d)(?! (?:million|billion|trillion)\b)" if e[-1:].isdigit() else r"(?![\w/])" if e[-1:].isalpha() and re.search(r"\d", e) else ""
    return re.compile(left + re.escape(e) + right)


def spans(entry: str, text: str) -> list[tuple[int, int]]:
    "Where a text (made even) holds an entry, or one of its wordings."
    return sorted(m.span() for e in entry.split("|") for m in _pattern(e.strip()).finditer(text))


def holds(text: str, entry: str) -> bool:
    "Whether a text, as written, holds an entry, or one of its wordings."
    return bool(spans(entry, even(text)))


def tokens(text: str) -> list[str]:
    "Words and figures of a text."
    return re.findall(r"(?:(?<!\w)-)?[$€£¥]?\d+(?:[.,:/+-]\d+)*(?:%|st\b|nd\b|rd\b|th\b)?|[°₂₃\w.']*[\w₂₃]", even(text))


# What is shown --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    "A big number as drawn."

    text: str  # "30", with its sign and what stands in one piece with it
    unit: str = ""  # "minutes"
    label: str = ""  # all other type beside it
    counts: bool = False  # whether it runs up to its value


def letters(layer: Layer) -> str:
    "The type of a layer, as it stands at the end."
    if isinstance(layer, Sequence):
        return letters(layer.items[-1])
    return " ".join(layer.lines) if isinstance(layer, Text) else ""


def typed(shot: Shot) -> list[Layer]:
    "The layers of a shot that are type, in order."
    return [x for x in getattr(shot.visual, "layers", ()) if letters(x)]


def shown(shot: Shot) -> str:
    "All type of a shot, in order."
    return " ".join(map(letters, typed(shot)))


def _face(layer: Layer) -> str:
    return _face(layer.items[-1]) if isinstance(layer, Sequence) else layer.face


def figures(shot: Shot, display: str) -> list[Figure]:
    "The big numbers of a shot: of a single one, and of those of a chart."
    rows, kind = typed(shot), getattr(shot.visual, "template", "")
    if kind == "number":
        big = [x for x in rows if _face(x) == display]
        runs = [x for x in big if isinstance(x, Sequence)]
        first = next((x for x in (*runs, *big) if re.search(r"\d", even(letters(x)))), None)
        if first is None:
            return []
        unit = " ".join(letters(x) for x in big if x is not first)
        label = " ".join(letters(x) for x in rows if x not in big)
        counts = isinstance(first, Sequence) and len({letters(x) for x in first.items}) > 1
        return [Figure(letters(first), unit, label, counts)]
    if kind == "chart":
        label = " ".join(letters(x) for x in rows if _face(x) != display)
        values = [letters(x) for x in rows if _face(x) == display and re.search(r"\d", letters(x))]
        return [Figure(re.match(r"\D*[\d.,]*%?", v)[0], re.sub(r"^\D*[\d.,]*%?\s*", "", v), label) for v in values]
    return []


def pictures(shot: Shot) -> list[str]:
    "Names of what is drawn in a shot."
    named = [x.name.partition(" ") for x in getattr(shot.visual, "layers", ()) if isinstance(x, Vector)]
    return [name for kind, _, name in named if kind in ("icon", "art", "subject")]


@dataclass(frozen=True)
class Film:
    "What came out of a brief, before anything is rendered."

    title: str
    notes: str
    script: Script
    shots: tuple[Shot, ...]
    pages: tuple[Page, ...]
    display: str  # the face of headlines and big numbers

    @cached_property
    def said(self) -> list[str]:
        "Each line's text, made even."
        return [even(x.text) for x in self.script.lines]

    @cached_property
    def shown(self) -> list[str]:
        "Each shot's type, made even."
        return [even(shown(s)) for s in self.shots]

    @cached_property
    def figures(self) -> list[tuple[Shot, Figure]]:
        "Every big number with its shot."
        return [(s, f) for s in self.shots for f in figures(s, self.display)]

    def cuts(self, line_id: str, parts: Iterable[int]) -> list[int]:
        "The places in a line's text (made even) where parts of so many words end."
        words = self.script.line(line_id).text.split()
        out, n = [], 0
        for count in parts:
            n += count
            out.append(len(even(" ".join(words[:n]))))
        return [x for x in out if x < len(even(" ".join(words)))]

    def shot_cuts(self, line_id: str) -> list[int]:
        "Where its shots end."
        return self.cuts(line_id, [len(s.words) for s in self.shots if s.line.id == line_id])

    def page_cuts(self, line_id: str) -> list[int]:
        "Where its pages of captions end; a word that no page can draw belongs to the page before."
        words, counts, at = self.script.line(line_id).text.split(), [], 0
        for p in (p for p in self.pages if p.line_id == line_id):
            begin = at
            for w in p.words:
                at = words.index(w.shown, at) + 1
            counts.append(at - begin)
        return self.cuts(line_id, counts)

    def said_in(self, shot: Shot) -> tuple[int, int]:
        "The part of its line's text (made even) that is said in a shot."
        mine = [s for s in self.shots if s.line.id == shot.line.id]
        ends = [0, *self.shot_cuts(shot.line.id), len(even(shot.line.text))]
        k = mine.index(shot)
        return (ends[min(k, len(ends) - 2)], ends[min(k + 1, len(ends) - 1)])


def film_of(path: Path, store: Store) -> Film:
    "The film of a brief up to its shots, by the writer, the voice and the scenes that stand as defaults."
    d = Draft(path, store=store, music="none")
    return Film(d.brief.title, d.brief.notes, d.script, d.shots, d.pages, style(d.brief.style).display)


# Judging --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    "One expectation, met or not."

    brief: str  # "06"
    kind: str
    entry: str
    met: bool
    why: str = ""  # what was found instead, and where
    drawn: bool = False  # of a quantity: whether it is drawn as a figure


DENIALS = re.compile(r"\b(?:myth|not|never|no|wrong|cannot|nobody|none)\b|n't\b")
QUALIFIERS = ("about", "at least", "at most", "between", "cannot", "do not", "even if", "except", "fewer than", "from", "less than", "longer than",
              "may not", "minus", "more than", "nearly", "never", "next to", "no", "no longer", "no more than", "nobody", "none", "not", "only",
              "smaller than", "under", "unless", "up to")  # fmt: skip


def _quoted(text: str, about: tuple[int, int] | None = None) -> str:
    "A text in a report, around what matters."
    a, z = about or (0, 0)
    part = text[max(0, a - 40) : z + 50]
    return f"“{'…' * (a > 40)}{part}{'…' * (z + 50 < len(text))}”"


def _somewhere(film: Film, entry: str) -> bool:
    return any(spans(entry, text) for text in film.said)


def _answer(film: Film, entries: list[str]) -> Iterator[tuple[str, bool, str]]:
    yield " / ".join(entries), any(_somewhere(film, e) for e in entries), "the title's promise: no line says it"


def _must_say(film: Film, entries: list[str]) -> Iterator[tuple[str, bool, str]]:
    for e in entries:
        yield e, _somewhere(film, e), "no line says it"


def _must_not_say(film: Film, entries: list[str]) -> Iterator[tuple[str, bool, str]]:
    pages = [even(p.text) for p in film.pages]
    for e in entries:
        found = next(((where, t, at[0]) for where, texts in (("said", film.said), ("shown", film.shown), ("captioned", pages)) for t in texts if (at := spans(e, t))), None)
        yield e, found is None, f"{found[0]}: {_quoted(*found[1:])}" if found else ""


def _denied(film: Film, entries: list[str]) -> Iterator[tuple[str, bool, str]]:
    for e in entries:
        bad = next((t for t in film.said if spans(e, t) and not DENIALS.search(_pattern(e).sub(" ", t))), None)
        yield e, bad is None, f"told as true: {_quoted(bad, spans(e, bad)[0])}" if bad else ""


_ANY_NUMBER = re.compile(r"\d(?:[\d.,:/]*\d)?")


def _superseded(film: Film, entries: list[dict]) -> Iterator[tuple[str, bool, str]]:
    for e in entries:
        old, new = e["old"], e["new"]
        olds, news = ([n for n, t in enumerate(film.said) if spans(x, t)] for x in (old, new))
        why = f"line {olds[-1] + 1} says it, and none after it says {new}" if olds and not (news and news[-1] >= olds[-1]) else ""
        if not why and (big := next((s for s, f in film.figures if _is_figure(f, old) and holds(s.line.text, old)), None)):
            why = f"drawn as a big number in {big.id}"
        if not why and re.search(r"\d", old):
            last = next(((t, m.span()) for t in reversed(film.said) for m in reversed([*_ANY_NUMBER.finditer(t)])), None)
            if last and any(a <= last[1][0] and last[1][1] <= z for a, z in spans(old, last[0])):
                why = f"it is the last figure: {_quoted(last[0], last[1])}"
        yield f"{old} → {new}", not why, why


def _needs(film: Film, entries: list[dict]) -> Iterator[tuple[str, bool, str]]:
    for e in entries:
        yield f"{e['say']} + {e['also']}", not _somewhere(film, e["say"]) or _somewhere(film, e["also"]), "said without what it needs"


def _order(film: Film, entries: list[str]) -> Iterator[tuple[str, bool, str]]:
    places = [(next(((n, at[0][0]) for n, t in enumerate(film.said[1:], 1) if (at := spans(e, t))), None), e) for e in entries]
    told = [(at, e) for at, e in places if at]
    wrong = next(((e, then) for (a, e), (b, then) in zip(told, told[1:], strict=False) if b < a), None)
    yield " → ".join(entries), wrong is None, f"{wrong[1]!r} comes before {wrong[0]!r}" if wrong else ""


def _whole(film: Film, entries: list[str]) -> Iterator[tuple[str, bool, str]]:
    for e in entries:
        yield e, not (why := _torn(film, e)), why


def _torn(film: Film, entry: str) -> str:
    "Where something ends inside an entry."
    for a, b in zip(film.said, film.said[1:], strict=False):
        if any(x < len(a) < y for x, y in spans(entry, f"{a} {b}")):
            return f"a line ends inside it: {_quoted(a, (len(a), len(a)))}"
    for line, text in zip(film.script.lines, film.said, strict=True):
        for what, cuts in (("shot", film.shot_cuts(line.id)), ("page of captions", film.page_cuts(line.id))):
            for a, z in spans(entry, text):
                if any(a < c < z for c in cuts):
                    return f"a {what} ends inside it: {_quoted(text, (a, z))}"
    return ""


def _number(text: str) -> list[str]:
    "Numbers in a text, with sign, coin and percent."
    return re.findall(r"(?:(?<!\w)-)?[$€£¥]?\d+(?:[.,:/]\d+)*%?", even(text))


def _is_figure(figure: Figure, entry: str) -> bool:
    "Whether a big number is the number of an entry; its unit may be missing."
    return bool(_number(entry)) and _number(entry) == _number(f"{figure.text} {figure.unit}")[: len(_number(entry))]


def _not_a_quantity(film: Film, entries: list[str]) -> Iterator[tuple[str, bool, str]]:
    for e in entries:
        yield e, not (why := next(filter(None, (_mistaken(film, s, f, e) for s, f in film.figures)), "")), why


def _mistaken(film: Film, shot: Shot, figure: Figure, entry: str) -> str:
    "How a figure, of which all that is said in its shot belongs to an entry, is taken for a quantity."
    text, (a, z) = even(shot.line.text), film.said_in(shot)
    own = [p for n in _number(figure.text)[:1] for p in spans(n, text) if a <= p[0] < z]
    names = spans(entry, text)
    if not own or not all(any(x <= p[0] and p[1] <= y for x, y in names) for p in own):
        return ""
    unit = [w for w in tokens(figure.unit) if w not in tokens(entry)]
    if not figure.counts and not unit:
        return ""
    return f"{shot.id} {'counts up to' if figure.counts else 'shows'} {f'{figure.text} {figure.unit}'.strip()}" + f", label “{figure.label}”" * bool(figure.label)


def _quantity(film: Film, entries: list[dict]) -> Iterator[tuple[str, bool, str, bool]]:
    for e in entries:
        entry, drawn, why = e["figure"], False, ""
        for s, f in film.figures:
            if not (_is_figure(f, entry) and holds(s.line.text, entry)):
                continue
            beside = f"{f.unit} {f.label}"
            units = [w for w in tokens(entry) if not re.search(r"\d", w)]
            if lost := [w for w in units if w not in tokens(f"{f.text} {beside}") and not holds(f"{f.text} {beside}", w)]:
                why = why or f"{s.id} shows “{f.text}” without {' '.join(lost)}, beside it “{beside.strip()}”"
            elif not holds(beside, e["of"]):
                why = why or f"{s.id} shows “{f.text}”, and beside it “{beside.strip()}”"
            else:
                drawn = True
        yield f"{entry} of {e['of']}", not why, why, drawn


def _parted(entry: str) -> tuple[list[str], list[str]]:
    "The words of an entry's qualifiers, and the words after them."
    words, taken = even(entry).split(), 0
    while found := max((q for q in QUALIFIERS if " ".join(words[taken:]).startswith(q + " ")), key=len, default=""):
        taken += len(found.split())
    return words[:taken], words[taken:]


def _keep_together(film: Film, entries: list[str]) -> Iterator[tuple[str, bool, str]]:
    for e in entries:
        yield e, not (why := next(filter(None, (_unbound(film, s, t, e) for s, t in zip(film.shots, film.shown, strict=True))), "")), why


def _unbound(film: Film, shot: Shot, type_: str, entry: str) -> str:
    "How a shot shows the words after a qualifier without it."
    line, drawn = even(shot.line.text), tokens(type_)
    begin, end = film.said_in(shot)
    said = any(a < end and begin < z for a, z in spans(entry, line))
    shows = lambda words: bool(words) and {*words} <= {*drawn}
    if (change := re.fullmatch(r"from (.+?) to (.+)", even(entry))) and said:
        ends = [tokens(x) for x in change.groups()]
        if any(map(shows, ends)) and not all(map(shows, ends)):
            return f"{shot.id} shows one end of it: “{shown(shot)}”"
        return ""
    first, rest = _parted(entry)
    if not first:  # a sign: minus 14
        return f"{shot.id} shows it without its sign: “{shown(shot)}”" if said and shows([w.lstrip("-") for w in tokens(entry)]) and not shows(tokens(entry)) else ""
    first, rest = tokens(" ".join(first)), tokens(" ".join(rest))
    if (said or (len(rest) > 1 and spans(" ".join(rest), type_) and not _free(film.notes, entry))) and shows(rest) and not shows(first):
        return f"{shot.id} shows “{shown(shot)}”"
    return ""


@cache
def _free(notes: str, entry: str) -> bool:
    "Whether the notes themselves say what follows a qualifier without it somewhere."
    _, rest = _parted(entry)
    text = even(notes)
    return len(spans(" ".join(rest), text)) > len(spans(entry, text))


# The expectations name icons; an illustration of the same thing has a name of its own.
SAME = {
    icon: tuple(drawn.split())
    for icon, drawn in {
        "apple": "red-apple green-apple", "armchair": "seat chair", "atom": "atom-symbol", "bath": "bathtub person-taking-bath", "beer": "beer-mug clinking-beer-mugs",
        "bell": "bell bellhop-bell", "biceps-flexed": "flexed-biceps mechanical-arm", "bike": "bicycle person-biking", "book": "open-book closed-book books blue-book green-book orange-book",
        "book-open": "open-book", "bot": "robot", "bridge": "bridge-at-night", "bus": "oncoming-bus trolleybus", "bus-front": "oncoming-bus bus", "cake": "birthday-cake shortcake",
        "can-soda": "cup-with-straw", "cup-soda": "cup-with-straw", "car": "automobile oncoming-automobile", "cat": "cat-face black-cat", "chart-bar": "bar-chart", "chef-hat": "cook",
        "cherry": "cherries", "clapperboard": "clapper-board", "clipboard-list": "clipboard", "clock": "mantelpiece-clock alarm-clock watch", "cloud-fog": "fog foggy",
        "cloud-rain": "cloud-with-rain sun-behind-rain-cloud", "cloud-snow": "cloud-with-snow", "coffee": "hot-beverage teacup-without-handle", "coins": "coin money-bag",
        "construction": "construction building-construction", "cooking-pot": "pot-of-food", "cross": "latin-cross orthodox-cross", "currency": "currency-exchange heavy-dollar-sign coin",
        "dog": "dog-face guide-dog service-dog", "drama": "performing-arts", "theater": "performing-arts", "droplets": "droplet sweat-droplets", "drum": "long-drum", "dumbbell": "person-lifting-weights",
        "earth": "globe-showing-europe-africa globe-showing-americas globe-showing-asia-australia", "globe": "globe-showing-europe-africa globe-showing-americas globe-showing-asia-australia globe-with-meridians",
        "eighth-notes": "musical-note musical-notes musical-score", "list-music": "musical-score", "eye": "eyes", "faucet": "potable-water", "file-text": "memo page-facing-up",
        "film": "film-frames film-projector", "fish": "tropical-fish blowfish", "flame": "fire", "flask-conical": "test-tube alembic", "frame": "framed-picture", "fuel": "fuel-pump oil-drum",
        "gavel": "judge", "gem": "gem-stone ring", "goal": "goal-net", "heart": "red-heart anatomical-heart beating-heart sparkling-heart growing-heart blue-heart heart-suit",
        "heart-pulse": "beating-heart", "hourglass": "hourglass-done hourglass-not-done", "house": "house-with-garden houses", "ice-cream-cone": "ice-cream soft-ice-cream", "key": "old-key",
        "keyboard-music": "musical-keyboard", "piano": "musical-keyboard", "landmark": "classical-building bank", "lightbulb": "light-bulb", "lock": "locked locked-with-key",
        "mail": "envelope e-mail love-letter", "stamp": "envelope", "mailbox": "closed-mailbox-with-lowered-flag closed-mailbox-with-raised-flag postbox", "map": "world-map", "map-pin": "round-pushpin pushpin",
        "martini": "cocktail-glass tropical-drink", "mic": "microphone studio-microphone", "milk": "glass-of-milk", "monitor": "desktop-computer", "moon": "full-moon crescent-moon new-moon-face first-quarter-moon",
        "mountain-snow": "snow-capped-mountain mount-fuji", "mountain": "snow-capped-mountain mount-fuji", "notebook": "notebook-with-decorative-cover spiral-notepad", "sticky-note": "spiral-notepad memo",
        "octagon": "stop-sign", "palette": "artist-palette", "paw-print": "paw-prints", "phone": "telephone telephone-receiver", "plane": "airplane small-airplane", "plane-landing": "airplane-arrival",
        "plug": "electric-plug", "plug-zap": "electric-plug", "quote": "speech-balloon left-speech-bubble", "robot-arm": "mechanical-arm", "road": "motorway", "ruler": "straight-ruler triangular-ruler", "satellite-dish": "satellite-antenna",
        "scale": "balance-scale", "search": "magnifying-glass-tilted-left magnifying-glass-tilted-right", "ship": "ship passenger-ship ferry", "shirt": "t-shirt running-shirt", "shrimp": "fried-shrimp",
        "skull": "skull-and-crossbones", "smartphone": "mobile-phone mobile-phone-with-arrow", "sofa": "couch-and-lamp", "sport-shoe": "running-shoe", "star": "glowing-star shooting-star", "sun": "sun-with-face",
        "sunrise": "sunrise-over-mountains sunset", "tag": "label", "timer": "timer-clock stopwatch", "train-front": "train locomotive station metro",
        "tram-front": "tram tram-car", "trending-up": "chart-increasing", "tv": "television", "umbrella": "umbrella-with-rain-drops closed-umbrella", "users": "busts-in-silhouette people-hugging", "virus": "microbe",
        "wand-sparkles": "magic-wand", "waves-horizontal": "water-wave", "wheat": "sheaf-of-rice", "wine": "wine-glass", "zap": "high-voltage", "hammer": "hammer-and-wrench hammer-and-pick",
        "wrench": "hammer-and-wrench", "calendar": "spiral-calendar tear-off-calendar", "croissant": "croissant baguette-bread", "banknote": "dollar-banknote euro-banknote pound-banknote", "orbit": "ringed-planet",
        "badge": "name-badge", "egg": "nest-with-eggs", "bird": "dove eagle owl", 
    }.items()
}  # fmt: skip


def _same(name: str, drawn: str) -> bool:
    "Whether something drawn is a subject, or a variant of it."
    return drawn == name or drawn.startswith(f"{name}-") or drawn in SAME.get(name, ())


def _wrong_picture(film: Film, entries: list[str]) -> Iterator[tuple[str, bool, str]]:
    for e in entries:
        bad = next(((s, p) for s in film.shots for p in pictures(s) if _same(e, p)), None)
        yield e, bad is None, f"{bad[1]} is drawn in {bad[0].id}: “{' '.join(w.shown for w in bad[0].words)}”" if bad else ""


def _good_picture(film: Film, entries: list[str], wrong: Iterable[str]) -> Iterator[tuple[str, bool, str]]:
    drawn = sorted({p for s in film.shots for p in pictures(s) if not any(_same(w, p) for w in wrong)})
    yield " / ".join(entries), any(_same(e, p) for e in entries for p in drawn), f"drawn: {', '.join(drawn) or 'nothing'}"


def _hook_bad(film: Film, entries: list[str]) -> Iterator[tuple[str, bool, str]]:
    for e in entries:
        yield e, not spans(e, film.said[0]), f"the first line is “{film.script.lines[0].text}”"


JUDGES = {"answer": _answer, "must_say": _must_say, "must_not_say": _must_not_say, "denied": _denied, "superseded": _superseded, "needs": _needs,
          "order": _order, "whole": _whole, "not_a_quantity": _not_a_quantity, "quantity": _quantity, "keep_together": _keep_together,
          "wrong_picture": _wrong_picture, "good_picture": _good_picture, "hook_bad": _hook_bad}  # fmt: skip


def briefs() -> list[Path]:
    "The briefs of the development set."
    return sorted(BRIEFS.glob("[0-9]*.md"))


@cache
def expected(path: Path) -> dict:
    "What is expected of the film of a brief."
    return tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8"))


def judge(film: Film, asked: dict, brief: str = "") -> list[Found]:
    "A film against its expectations."
    out = []
    for kind, entries in asked.items():
        if kind not in TEXTS:
            more = (asked.get("wrong_picture", ()),) if kind == "good_picture" else ()
            out += [Found(brief, kind, entry, met, "" if met else why, *drawn) for entry, met, why, *drawn in JUDGES[kind](film, entries, *more)]
    return out


def judge_all(only: str = "") -> tuple[list[Found], dict[str, Film]]:
    "All films, or those whose name begins so, against their expectations; the films by number."
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / ".store")
        films = {p.stem[:2]: film_of(p, store) for p in briefs() if p.stem.startswith(only)}
    return [f for p in briefs() if (n := p.stem[:2]) in films for f in judge(films[n], expected(p), n)], films


# Reporting ------------------------------------------------------------------------------------------------------------


def counts(found: list[Found]) -> dict[str, tuple[int, int]]:
    "How many are met, and how many there are, by kind; all but pictures that would fit together; quantities that are drawn."
    of = lambda rows: (sum(f.met for f in rows), len(rows))
    out = {k: of([f for f in found if f.kind == k]) for k in KINDS}
    quantities = [f for f in found if f.kind == "quantity"]
    return out | {"all but good_picture": of([f for f in found if f.kind != "good_picture"]), "drawn as a figure": (sum(f.drawn for f in quantities), len(quantities))}


def table(found: list[Found]) -> str:
    "The counts, a line each."
    return "\n".join(f"{k:22}{m:5} / {n:<5}{100 * m / n:6.1f} %" for k, (m, n) in counts(found).items() if n)


def told(film: Film) -> str:
    "A film in text."
    out = []
    for s in film.shots:
        if s.first:
            out.append(f"\n{s.line.role}: {s.line.text}")
        drawn = ", ".join(dict.fromkeys(pictures(s)))
        big = "; ".join(f"[{f.text}{'↑' * f.counts} {f.unit} | {f.label}]" for f in figures(s, film.display))
        out.append(f"  {s.id:20} {getattr(s.visual, 'template', ''):10} {' '.join(w.shown for w in s.words)}\n{'':33}“{shown(s)}” {big} {drawn}")
    return "\n".join(out)


def main() -> None:
    p = argparse.ArgumentParser(description="What an editor would expect, and what the films are.")
    p.add_argument("--brief", default="", help="the first digits of its name")
    p.add_argument("--kind", default="", choices=("", *KINDS))
    p.add_argument("--film", action="store_true", help="show the films too")
    asked, began = p.parse_args(), time.perf_counter()
    with open(os.devnull, "w") as quiet:  # no bars of progress between the lines
        kept, sys.stderr = sys.stderr, quiet
        try:
            found, films = judge_all(asked.brief)
        finally:
            sys.stderr = kept
    if asked.film:
        print("\n\n".join(f"== {n} {f.title}\n{told(f)}" for n, f in films.items()), end="\n\n")
    found = [f for f in found if asked.kind in ("", f.kind)]
    for f in found:
        if not f.met:
            print(f"{f.brief} {f.kind}: {f.entry}: {f.why}")
    print(f"\n{table(found)}\n{len(films)} films in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
