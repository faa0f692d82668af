"What is said for what is shown: a table of cases, and what must hold for any text."

import pytest

from viralforge.numerals import cardinal, number, ordinal, year
from viralforge.spoken import speakable

# shown | spoken, the shown words parted by " / "
CASES = """
1,250 | one thousand two hundred fifty
2,300,000 | two million three hundred thousand
-42 | minus forty-two
3.14 | three point one four
.5 | point five
007 | zero zero seven
12345678901234567 | one two three four five six seven eight nine zero one two three four five six seven
10 000 | ten thousand /
1.000.000 | one million
3.5M | three point five million
2k | two thousand
1.2B | one point two billion
2 million people | two / million / people
4K | four K
10+ | ten plus
~5 | about five
<5 | less than five
±2 | plus or minus two
10^6 | ten to the power of six
10⁶ | ten to the power of six
5% | five percent
100 % | one hundred / percent
5–10 % | five to ten / percent
5 – 10 % | five / to / ten / percent
90%-95% | ninety percent to ninety-five percent
$3.5 million | three point five / million dollars
$3.5M | three point five million dollars
$5m | five million dollars
€20 | twenty euros
20 € | twenty / euros
£1.50 | one pound and fifty pence
$1 | one dollar
$0.99 | ninety-nine cents
99¢ | ninety-nine cents
$19.99 | nineteen dollars and ninety-nine cents
$1,000.50 | one thousand dollars and fifty cents
US$5bn | five billion dollars
$10-20 | ten to twenty dollars
$10–$20 billion | ten to twenty / billion dollars
-$5 | minus five dollars
$3.50/kg | three dollars and fifty cents per kilogram
€5/month | five euros per month
$5-a-day | five dollars a day
10 km | ten / kilometers
1 km | one / kilometer
50km/h | fifty kilometers per hour
a 5-km run | a / five kilometer / run
9.8 m/s² | nine point eight / meters per second squared
20 m² | twenty / square meters
-5 °C | minus five / degrees Celsius
32°F | thirty-two degrees Fahrenheit
100 mph | one hundred / miles per hour
16 GB | sixteen / gigabytes
2.4 GHz | two point four / gigahertz
250 ml | two hundred fifty / milliliters
6 ft | six / feet
10 lb | ten / pounds
1 min | one / minute
5'8" | five foot eight
27" screen | twenty-seven inches / screen
3x | three times
3 × 4 | three / by / four
1st | first
21st | twenty-first
1,000th | one thousandth
19th-century | nineteenth century
in 1969 | in / nineteen sixty-nine
2007 | two thousand seven
2024's | twenty twenty-four's
1500 ships | one thousand five hundred / ships
in 1500 ships | in / fifteen hundred / ships
1990s | nineteen nineties
the '90s | the / nineties
mid-1990s | mid nineteen nineties
30s | thirty seconds
1914–1918 | nineteen fourteen to nineteen eighteen
1914-18 | nineteen fourteen to eighteen
500 BC | five hundred / BC
10-20 | ten to twenty
1-2 weeks | one to two / weeks
1/2 | one half
3/4 | three quarters
2/3 | two thirds
7/10 | seven out of ten
50/50 | fifty fifty
24/7 | twenty-four seven
9/11 | nine eleven
½ | one half
2½ | two and a half
1 1/2 cups | one and / a half / cups
16:9 | sixteen to nine
7:30 | seven thirty
7:30 pm | seven thirty / PM
7 p.m. | seven / PM.
7:00 | seven o'clock
at 7:05 | at / seven oh five
12 May 2024 | the twelfth of / May / twenty twenty-four
the 3 July | the / third of / July
May 12, 2024 | May / twelfth, / twenty twenty-four
May 12–14 | May / twelfth to fourteenth
May 2024 | May / twenty twenty-four
2024-05-12 | May twelfth, twenty twenty-four
Jan. 5 | January / fifth
555-1234 | five five five, one two three four
192.168.0.1 | one hundred ninety-two point one hundred sixty-eight point zero point one
e.g. cats | for example / cats
i.e. now | that is / now
cats vs. dogs | cats / versus / dogs
cats, dogs, etc. | cats, / dogs, / et cetera.
Dr. Smith | Doctor / Smith
Mr. Lee | Mister / Lee
St. Paul | Saint / Paul
Main St. | Main / Street.
approx. 5 | approximately / five
No. 5 | number / five
They said no. | They / said / no.
The Sun. | The / Sun.
a fig. | a / fig.
Fig. 3 | figure / three
Gen. Lee | General / Lee
pp. 5-10 | pages / five to ten
the U.S. Army | the / US / Army
the U.S. The end | the / US. / The / end
the U.S. | the / US.
NASA's | Nasa's
DNA | DNA
A.I. is | AI / is
URLs | URL's
WHO says | W-H-O / says
STOP IT NOW | stop / it / now
NEVER again | never / again
R&D | R and D
salt & pepper | salt / and / pepper
2 + 2 = 4 | two / plus / two / equals / four
C++ | C plus plus
H2O | H two O
CO₂ | C-O two
COVID-19 | Covid nineteen
MP3 | MP three
A4 | A-four
B-52 | B fifty-two
v2.0 | version two point zero
Boeing 747 | Boeing / seven forty-seven
World War II | World / War / two
Henry VIII | Henry / the eighth
octopus.org | octopus dot org
https://www.nasa.gov/missions. | nasa dot gov slash missions.
me@site.io | me at site dot IO
film.pdf | film dot PDF
#OctopusFacts | hashtag Octopus Facts
#1 | number one
@nasa | at nasa
Wait... what | Wait… / what
Wait...what | Wait … what
word (an aside) word | word, / an / aside, / word
"quoted," he said | quoted, / he / said
space—program | space — program
she — said | she / — / said
— said | / said
Monday–Friday | Monday to Friday
and/or | and or
well-known | well-known
5-year-old | five year old
**bold** text | bold / text
café | café
don’t | don't
π | pi
hearts🐙 | hearts
🐙 | 
東京 | 
1️⃣ | one
"""


@pytest.mark.parametrize("case", [c for c in CASES.splitlines() if c.strip()])
def test_case(case):
    shown, _, spoken = case.partition(" | ")
    assert [w.spoken for w in speakable(shown)] == [part.strip() for part in spoken.split("/")]


@pytest.mark.parametrize(
    "text, why",
    [
        ("🐙", "emoji"),
        ("❤️", "emoji"),
        ("👩🏽‍🚀", "emoji"),
        ("🇫🇷", "emoji"),
        ("東京", "Chinese script"),
        ("Привет", "Cyrillic script"),
        ("שלום", "Hebrew script"),
        ("नमस्ते", "Devanagari script"),
        ("Tokyo(東京)", "Chinese script"),
        ("→", "symbol"),
    ],
)
def test_dropped_with_a_reason(text, why):
    (word,) = speakable(text)
    assert word.why_dropped == why and not any(ord(c) > 0x2100 for c in word.spoken)


@pytest.mark.parametrize(
    "text",
    [
        "In 1969, $3.5M went to the U.S. space program — 50/50 odds!",
        "<b>Bold</b> &amp; (12 May – 14 May), e.g. 5' 8\" ... “why?!”",
        "مرحبا 123 ١٢٣ ~ ~ | || ** # @ % $ € 5€ 5 € -- - — … . , 1. 2) [3] {4} <5> 6/ /7 8- -9 :10 11: 1:2:3 99:99 0/0 1/0",
        "   ",
        "a",
        "\u200bzero\u200dwidth\u00adsoft\ufeff",
    ],
)
def test_every_shown_word_has_an_entry_and_no_figure_is_left(text):
    words = speakable(text)
    assert [w.shown for w in words] == text.split()
    assert not any(c.isdigit() for w in words for c in w.spoken), [w.spoken for w in words]
    assert not any(c in "<>*_|#@$€%&\u200b" for w in words for c in w.spoken), [w.spoken for w in words]


def test_number_words():
    assert cardinal(10**6 + 1) == "one million one" and cardinal(999_999).startswith(
        "nine hundred ninety-nine thousand"
    )
    assert [ordinal(n) for n in (1, 2, 3, 5, 8, 9, 12, 20, 40, 100)] == (
        "first second third fifth eighth ninth twelfth twentieth fortieth".split() + ["one hundredth"]
    )
    assert [year(y) for y in (79, 1000, 1066, 1900, 1901, 2000, 2001, 2010)] == [
        "seventy-nine", "one thousand", "ten sixty-six", "nineteen hundred", "nineteen oh one", "two thousand",
        "two thousand one", "twenty ten",
    ]  # fmt: skip
    assert number("0.05") == "zero point zero five"
