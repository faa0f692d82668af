"No figure changes its value: how numbers of every kind are shown, said, and chosen to be shown large."

import re
from pathlib import Path

import pytest

from viralforge.captions import groups, pages
from viralforge.headlines import ending, headline
from viralforge.notes import read_notes
from viralforge.scenes import amount, figure_words
from viralforge.spoken import speakable
from viralforge.types import Artefact, Line, Speech, Word
from viralforge.words import figure_in, figures_in, inside_figure

HERE = Path(__file__).parent
ROWS = [row.split("\t") for row in (HERE / "numbers.tsv").read_text(encoding="utf-8").splitlines()[1:] if not row.startswith("# ")]
FIELD = [row.split("\t") for row in (HERE / "field/09-numbers/lines.txt").read_text(encoding="utf-8").splitlines()]


def test_the_table_is_large():
    assert len(ROWS) > 1000 and all(len(row) == 3 for row in ROWS)


@pytest.mark.parametrize("written, shown, spoken", ROWS, ids=[row[0] for row in ROWS])
def test_written_shown_spoken(written, shown, spoken):
    words = speakable(written)
    assert " ".join(w.shown for w in words) == shown, "shown as written"
    assert " ".join(w.spoken for w in words if w.spoken) == spoken
    assert not any(w.why_dropped for w in words), "all of it is said"


@pytest.mark.parametrize("shown", ["x ∈ A", "∫x² dx", "word¹", "a^b^c", "$foo", "5∙10", "n → m"])
def test_a_sign_that_has_no_words_is_named(shown):
    assert any(w.why_dropped in ("sign", "symbol") for w in speakable(shown))


@pytest.mark.parametrize("shown", ["5|6", "5‑10", "5*6", "10∙20", "5\\6", "1•2"])
def test_figures_never_run_together(shown):
    "A sign that falls away between two figures leaves two figures."
    assert len(re.findall("five|six|ten|one|two|twenty", " ".join(w.spoken for w in speakable(shown)))) == 2
    assert not re.search("fifty|hundred|thousand", " ".join(w.spoken for w in speakable(shown)))


def plain(text):
    return re.sub(r"[^a-z ]", "", text.lower().replace("-", " "))


@pytest.mark.parametrize("shown, expected", FIELD, ids=[row[0] for row in FIELD])
def test_field_line(shown, expected):
    words = speakable(shown)
    assert [w.shown for w in words] == shown.split()
    said = " ".join(w.spoken for w in words)
    assert plain(re.split(r" \(|, not ", expected)[0]) in plain(said), said
    assert said.lower().count("version") <= 1 and "o'clock" not in said


def voiced(text):
    "A line whose words last 0.3 s each."
    said = speakable(text)
    words = tuple(Word(shown=w.shown, spoken=w.spoken, start=0.3 * k, end=0.3 * k + 0.3) for k, w in enumerate(said))
    return Speech(line=Line(id="beat-1", role="beat", text=text), audio=Artefact(digest="0" * 32, suffix=".wav", size=1), rate=16000, seconds=0.3 * len(words), words=words)


@pytest.mark.parametrize("style", ["aurora", "ember", "paper"])
def test_captions_show_what_was_written(style):
    "Every form of the table stands on its page, in a style with capitals, too: *mW* is no *MW*, *mc²* no *MC²*."
    for shown in dict.fromkeys([*(row[1] for row in ROWS[::7]), *(row[0] for row in FIELD), "It needs 5 mW and 10 ms at 3 kbit/s.", "E = mc² is 2.9e-3 of x²."]):
        made = pages(voiced(f"Now {shown} here."), style=style)
        assert " ".join(p.text for p in made) == f"Now {shown} here."
        set_ = " ".join(line for p in made for line in p.lines)
        for unit in re.findall(r"(?<![^ ])(?:mW|ms|kbit/s|mc²|2\.9e-3|x²|mg|ml|mm|kg|km/h|10\^9)(?![^ ])", shown):
            assert unit in set_.split(), (style, set_)


FIGURES = """
It has about 500 million neurons. | 500 million
In 2012 it held 5,500 galaxies. | 5,500
Heart attacks rose by 24%. | 24%
One adult in three sleeps less, or one in three. | one in three
On 12 February 1956 it stopped at 3:17. |
It lasts 90 minutes. | 90 minutes
A cell has 10^9 atoms. |
A cell has 10⁹ atoms. |
It has 5 × 10^6 times the mass. |
It weighs 6.02 × 10²³ kg. |
Call +1 (555) 010-4477 today. |
Call 0800 123 4567 today. |
Call 555 0100 today. |
Call 911 now. |
The 401(k) plan grew. |
Section 230(c) protects sites. |
Section 230 protects sites. |
It burns 2.9e-3 of it. |
The train left at 00:00. |
The lap took 1'30". |
Version v2.10.3 is out. |
Python 3.10 came last. |
The link runs at 100 Mbit/s. | 100 Mbit/s
The network is 10.0.0.0/8. |
They won 21-14 in the end. |
It takes 5–10 minutes. | 5–10 minutes
It takes 5 to 10 minutes. |
It takes 5 – 10 minutes. |
Between 5 and 10 million people came. |
It rose from 24% to 40%. |
See pp. 13–17 for more. |
ISBN 978-3-16-148410-0 is out. |
The server is 192.168.10.20. |
Ticket #1482 is open. |
Order 12345 has shipped. |
It was −40 °C outside. | −40 °C
It fell to minus 40 degrees. | minus 40 degrees
It fell to 40 degrees below zero. |
It costs $1.2bn. | $1.2bn
It costs $1.2–1.5bn. | $1.2–1.5bn
It costs US$5 million a year. | US$5 million
It costs 5 million dollars. | 5 million dollars
It costs 20 €. | 20 €
It costs €5.– today. |
It costs 1.234,56 € today. |
It earned 12 percentage points more. | 12 percentage points
It rose 25 basis points. | 25 basis points
Light moves at 300,000 km/s. | 300,000 km/s
The car does 60 miles per hour. | 60 miles per hour
It covers 20 square kilometers. | 20 square kilometers
In 1969 40% of them watched. | 40%
In 1969, 500 million people watched. | 500 million
World War 2 took 70 million lives. | 70 million
Apollo 11 landed on the moon. |
Boeing 747 flights end. |
A 747 landed here. |
The 27 amendments still stand. | 27
Route 66 is 2,448 miles long. | 2,448 miles
iOS 17.4.1 fixes it. |
Windows 11 needs it. |
In 44 BC he died. |
He was born on May 12 in Rome. |
It opens at 10 am and closes at 11 pm. |
On 12/05/2024 it began. |
E = mc² is 100 years old. | 100 years
Add 3 + 12 apples. |
It is 10x faster. | 10x
It's 3.5x cheaper. | 3.5x
Its mass is 2½ tons. |
It takes 12 and a half hours. |
The ratio is 16:9. |
At 51.5° N it rains. |
The tower leans 4 degrees. | 4 degrees
It has 1 000 000 members. |
It has 1,000,000 members. | 1,000,000
It lost 10k followers. | 10k
Chapter 12 begins. |
In the 1990s it was new. |
On page 42 it ends. |
It ranks No. 12 in the world. |
9 out of 10 dentists agree. | 9 out of 10
1 in 5 adults smoke. | 1 in 5
3 in 10 minutes is a lot. | 10 minutes
He ran 100 m in 9.58 s. | 100 m
± 5 % is normal. |
It is 100 ± 5 km away. |
Over 300 species live here. | 300
It weighs 3.2 tonnes. | 3.2 tonnes
The price fell below $0.99. | $0.99
It pays $15/hour. | $15/hour
We need 1.21 GW. | 1.21 GW
It holds 42 people. | 42 people
RFC 9457 defines it. |
It has 0x1F entries. |
n = 120 people took part. |
He wore size 44 shoes. |
Today 1,200 remain. | 1,200
About 40 million bats live here. | 40 million
In 79 AD it blew up. |
He is 5'11" tall. |
The 5G network is here. |
It needs 16 GB of RAM. | 16 GB
"""


@pytest.mark.parametrize("row", [r for r in FIGURES.splitlines() if r.strip()])
def test_figure_worth_showing(row):
    said, _, shown = (part.strip() for part in row.partition("|"))
    assert figure_in(said) == shown


@pytest.mark.parametrize("written", [row[0] for row in ROWS])
def test_a_figure_is_whole(written):
    "What is shown large is a number with all its parts: never a stretch of digits out of a longer form."
    for said in (written, f"It is {written} today.", f"We saw {written}"):
        shown = figure_in(said)
        if shown:
            rest = said.replace(shown, "\0", 1)
            assert not re.search(r"[\d/^×·√]\s?\0|[+−–-]\0|\0\s?[-–/^×÷=√(]?\d|\0[-–/^'’′°(]", rest), (said, shown)


def test_the_shot_shows_the_same_figure_and_no_other():
    assert figure_words("It fell to minus 40 degrees.".split(), "minus 40 degrees") == (3, 5)
    for said in ("Call 0800 123 4567 today.", "A cell has 10^9 atoms.", "The 401(k) plan grew.", "It took 5 to 10 minutes.", "Python 3.10 came last."):
        assert figure_words(said.split()) is None, said
    assert figure_words("In 2012 it held 5,500 galaxies.".split()) == (4, 4)


@pytest.mark.parametrize("figure", ["5–10 minutes", "9 out of 10", "$5/month", "minus 40 degrees", "US$5 million"])
def test_what_cannot_be_counted_up_to_is_shown_as_written(figure):
    assert amount(figure) is None


def test_kinds_of_figures():
    words = "In 1969 40% of them paid $1.2bn for 5 square kilometers and 300 million people watched one in three.".split()
    assert [(f.kind, " ".join(words[f.first : f.last + 1])) for f in figures_in(words)] == [
        ("share", "40%"), ("money", "$1.2bn"), ("unit", "5 square kilometers"), ("large", "300 million"), ("ratio", "one in three."),
    ]  # fmt: skip


LONG = """
It takes 5 – 10 minutes to boil an egg in this pot.
Between 5 and 10 million people came to the fair.
The city has 1 000 000 members today, and they all vote.
Call us now at +1 (555) 010-4477 and ask for the band.
Call the office at 0800 123 4567 and ask for the band.
Our own galaxy weighs about 1.5 × 10^12 times the sun.
It costs $1.2 – 1.5 billion to build a dam like this one.
The share of owls went from 24% to 40% in the last year.
It fell to minus 40 degrees on the night of the storm.
"""


@pytest.mark.parametrize("line", [x for x in LONG.splitlines() if x])
def test_no_page_ends_and_no_headline_begins_inside_a_number(line):
    words = tuple(line.split())
    inside = {k for k in range(len(words)) if inside_figure(words, k)}
    assert inside, "there is something to keep together"
    ends = [len(page) for page in groups(voiced(line).words)]
    cuts = {sum(ends[: k + 1]) - 1 for k in range(len(ends) - 1)}
    assert not inside & cuts, [line.split()[k] for k in inside & cuts]
    found = headline(words)
    assert found is None or not inside & {found[0] - 1, found[1]}, words[found[0] : found[1] + 1]
    assert ending(words) - 1 not in inside


def test_a_year_before_a_share_is_no_part_of_it():
    words = "In 1969 40% of them watched 3 hearts.".split()
    assert not any(inside_figure(words, k) for k in range(len(words)))


@pytest.mark.parametrize("part", [FIELD[:7], FIELD[7:]], ids=["first", "second"])
def test_from_the_brief_to_the_lines(part, tmp_path, monkeypatch):
    "Each line of the case comes out of the notes and the writer as it was written, and none of its numbers is shown large in part."
    monkeypatch.chdir(tmp_path)
    from viralforge import Draft

    brief = "---\ntitle: Numbers in the wild\nseconds: 60\n---\n" + "\n\n".join(shown for shown, _ in part) + "\n"
    made = Draft(brief).script.lines
    told = " ".join(line.text for line in made)
    assert [shown for shown, _ in part if shown not in told] == []
    assert {line.figure for line in made} <= {"", "1,024", "100 Mbit/s"}


def test_notes_leave_numbers_alone():
    "Whatever stands in a sentence, brackets and foreign letters aside, comes out of the notes as it was written."
    for _, shown, _ in ROWS:
        if not re.search(r"[()\[\]~≈&α-ωΔΣ˚ⁿ]|\^\d+\^|#[A-Za-z]", shown):
            text = f"We read {shown} on the old sign today."
            assert " ".join(note.text for note in read_notes(text).notes) == text
