"Formulas, signs and names in notes: what is shown and said keeps its value."

import pytest

from viralforge.briefs import read_brief
from viralforge.notes import read_notes
from viralforge.spoken import speakable

LINES = {  # as written: as shown, and what is heard of it
    "A tower is 10^10^10 high.": ("A tower is 10^10^10 high.", "ten to the power of ten to the power of ten"),
    "So e^(iπ) + 1 = 0 holds.": ("So e^(iπ) + 1 = 0 holds.", "e to the power of i pi plus one equals zero"),
    "Its length is √(x² + y²) here.": ("Its length is √(x² + y²) here.", "the square root of x squared plus y squared"),
    "The square (a+b)² is large.": ("The square (a+b)² is large.", "a plus b, squared"),
    "Solve x = (−b)/2a today.": ("Solve x = (−b)/2a today.", "minus b, over two a"),
    "The area is πr² here.": ("The area is πr² here.", "pi r squared"),
    "The change Δt is small.": ("The change Δt is small.", "delta t"),
    "f(x) = 2x + 1 is a line.": ("f(x) = 2x + 1 is a line.", "f of x equals two x plus one"),
    "It was 20˚C warm.": ("It was 20°C warm.", "twenty degrees Celsius"),
    "It was 20ºC warm.": ("It was 20°C warm.", "twenty degrees Celsius"),
    "It is about ~20% more.": ("It is about 20% more.", "about twenty percent"),
    "Order #A1234 came late.": ("Order #A1234 came late.", "number A one two three four"),
    "Order #1482 came late.": ("Order #1482 came late.", "number one thousand four hundred eighty-two"),
    "iPhone sales fell by 3%.": ("iPhone sales fell by 3%.", "three percent"),
    "pH 7 is neutral.": ("pH 7 is neutral.", "seven"),
    "The film (see page 3) is long.": ("The film is long.", "The film is long."),
}


@pytest.mark.parametrize("written", LINES)
def test_a_formula_keeps_its_brackets_and_its_value(written):
    shown, heard = LINES[written]
    (note,) = read_notes(read_brief(f"---\ntitle: A line\n---\n{written}\n").notes).notes
    assert note.text == shown
    assert heard in " ".join(w.spoken for w in speakable(note.text))


def test_what_stood_in_a_bracket_is_told():
    found = read_notes("The band (1962–1970) was British. It grew (by 20%) in 2020.")
    assert [n.text for n in found.notes] == ["The band was British.", "It grew in 2020."]
    assert "1962–1970" in found.left_out[0] and "by 20%" in found.left_out[0]


def test_greek_letters_alone_are_signs_and_greek_words_are_not():
    found = read_notes("The angle α is 45°. Το σπίτι είναι μεγάλο.")
    assert [n.text for n in found.notes] == ["The angle α is 45°."]
    assert "σπίτι" in found.left_out[0]
