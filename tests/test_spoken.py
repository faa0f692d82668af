"What is said for what is shown: a table of cases, and what must hold for any text."

import pytest

from viralforge.numbers import cardinal, number, ordinal, year
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
€3,50 | three euros and fifty cents
3,50 € | three euros and fifty cents /
€3.50 | three euros and fifty cents
1.234,56 € | one thousand two hundred thirty-four euros and fifty-six cents /
€1.234,56 | one thousand two hundred thirty-four euros and fifty-six cents
€1,234.56 | one thousand two hundred thirty-four euros and fifty-six cents
3½ km² | three and a half / square kilometers
3½ km | three and a half / kilometers
½ km² | one half / square kilometer
2½ hours | two and a half / hours
USD 5m |  / five million U-S dollars
USD 5 million |  / five / million U-S dollars
5 USD | five / U-S dollars
EUR 20 |  / twenty euros
20 EUR | twenty / euros
GBP 1.5bn |  / one point five billion pounds
US$ 5 |  / five dollars
A$20 | twenty Australian dollars
C$5m | five million Canadian dollars
CHF 100 |  / one hundred Swiss francs
100 CHF | one hundred / Swiss francs
Rs. 500 |  / five hundred rupees
₹500 | five hundred rupees
$5M–$10M | five million dollars to ten million dollars
$5–10m | five to ten million dollars
5–10 km | five to ten / kilometers
5-10°C | five to ten degrees Celsius
5 to 10 km | five / to / ten / kilometers
−5 °C | minus five / degrees Celsius
−5°C | minus five degrees Celsius
–5 °C | minus five / degrees Celsius
-40°F | minus forty degrees Fahrenheit
−3 | minus three
1.5x | one point five times
1.5× | one point five times
10x | ten times
2x faster | two times / faster
#AI | hashtag AI
#BlackLivesMatter | hashtag Black Lives Matter
@john_doe | at john doe
12.05.2024 | the twelfth of May, twenty twenty-four
12/05/2024 | December fifth, twenty twenty-four
05/12 | May twelfth
14:30 | fourteen thirty
14:30:05 | fourteen thirty oh five
3:05pm | three oh five PM
9am | nine AM
9 a.m. to 5 p.m. | nine / AM / to / five / PM.
9am–5pm | nine AM to five PM
8–10 pm | eight to ten / PM
+1 555-123-4567 | plus one, / five five five, one two three, four five six seven
(555) 123-4567 | five five five, / one two three, four five six seven
+44 20 7946 0958 | plus four four, / two zero, / seven nine four six, / zero nine five eight
1-800-555-0199 | one, eight zero zero, five five five, zero one nine nine
v2.0.1 | version two point zero point one
version 3.11 | version / three point eleven
Python 3.11 | Python / three point eleven
iOS 17.2 | iOS / seventeen point two
GPT-4 | GPT four
GPT-4o | GPT four o
iPhone 15 | iPhone / fifteen
1st, 2nd, 3rd | first, / second, / third
101st | one hundred first
Louis XIV | Louis / the fourteenth
Elizabeth II | Elizabeth / the second
Chapter IV | Chapter / four
World War I | World / War / one
Rocky IV | Rocky / four
Type II | Type / two
Super Bowl LVIII | Super / Bowl / fifty-eight
me@example.com | me at example dot com
info@shop.co.uk | info at shop dot co dot UK
48.8566° N, 2.3522° E | forty-eight point eight five six six degrees / north, / two point three five two two degrees / east
48°51'N | forty-eight degrees fifty-one minutes north
51°30′N | fifty-one degrees thirty minutes north
CO2 | C-O two
C6H12O6 | C six H twelve O six
NaCl | N-A-C-L
H₂SO₄ | H two S-O four
O2 | O two
N₂ | N two
PM2.5 | PM two point five
CH4 | C-H four
1️⃣ 2️⃣ | one / two
x² + y² | x squared / plus / y squared
E=mc² | E equals m c squared
10⁻⁶ | ten to the power of minus six
10^−6 | ten to the power of minus six
5 m³ | five / cubic meters
5 m/s | five / meters per second
9.81 m/s² | nine point eight one / meters per second squared
60 km/h | sixty / kilometers per hour
5 kg/m³ | five / kilograms per cubic meter
100 W/m² | one hundred / watts per square meter
5 µm | five / micrometers
5 μg/m³ | five / micrograms per cubic meter
1,5 million | one point five / million
2,5 Mio. | two point five / million.
0,75 l | zero point seven five / liters
3,14 | three point one four
12,5 % | twelve point five / percent
1'000 | one thousand
1 000 000 | one million /  /
12 345 | twelve thousand three hundred forty-five /
10k | ten thousand
10K | ten thousand
5M | five million
1.2M | one point two million
3bn | three billion
1/3 | one third
2/3 cup | two thirds / cup
1 1/2 | one and / a half
3 3/4 cups | three and / three quarters / cups
5/8 | five eighths
1⁄2 | one half
10/10 | ten out of ten
4.5/5 | four point five out of five
4/5 stars | four out of five / stars
1:1 | one to one
2:1 | two to one
3:17 | three seventeen
John 3:16 | John / three sixteen
1920s | nineteen twenties
'80s | eighties
80s | eighty seconds
1990–95 | nineteen ninety to ninety-five
1990/91 | nineteen ninety to ninety-one
2019-20 | twenty nineteen to twenty
c. 1850 | circa / eighteen fifty
AD 79 | AD / seventy-nine
79 AD | seventy-nine / AD
300 BCE | three hundred / BCE
5th century BC | fifth / century / BC
100m | one hundred meters
100 m | one hundred / meters
100% | one hundred percent
0.5% | zero point five percent
±5% | plus or minus five percent
+3.5%/yr | plus three point five percent per year
-0.3% | minus zero point three percent
~95% | about ninety-five percent
>90% | more than ninety percent
≥5 | at least five
≤ 3 | at most / three
< 2 W | less than / two / watts
1–2% | one to two percent
p < 0.05 | p / less than / zero point zero five
n = 12 | n / equals / twelve
5 + 3 | five / plus / three
5 − 3 | five / minus / three
10 W × 24 h | ten / watts / times / twenty-four / hours
6 ÷ 2 | six / divided by / two
5 * 3 | five / by / three
A+ | A plus
5G | five G
3D | three D
1080p | ten eighty p
4K60 | four K sixty
60fps | sixty frames per second
F-16 | F sixteen
Boeing 737 | Boeing / seven thirty-seven
Route 66 | Route / sixty-six
Area 51 | Area / fifty-one
Apollo 11 | Apollo / eleven
Covid-19 | Covid nineteen
Formula 1 | Formula / one
No. 1 | number / one
№ 5 | number / five
§ 5 | section / five
© 2024 |  / twenty twenty-four
37 °C | thirty-seven / degrees Celsius
98.6°F | ninety-eight point six degrees Fahrenheit
300 K | three hundred / kelvin
0 K | zero / kelvin
5 ° | five / degrees
90° | ninety degrees
45° angle | forty-five degrees / angle
$1.5 | one point five dollars
$1.50 | one dollar and fifty cents
$.99 | ninety-nine cents
$0.5 | zero point five dollars
$2.5m | two point five million dollars
£3.2k | three point two thousand pounds
£1bn | one billion pounds
€640,000 | six hundred forty thousand euros
€18 million | eighteen / million euros
¥1000 | one thousand yen
50¢ | fifty cents
$20/month | twenty dollars per month
$20/mo | twenty dollars per month
$1–2 | one to two dollars
5 lbs | five / pounds
5 lb | five / pounds
5 oz | five / ounces
5 ft | five / feet
5 sq ft | five / square / feet
5 sq. km | five / square / kilometers
5 mi | five / miles
5 mph | five / miles per hour
5 km² | five / square kilometers
5 km^2 | five / square kilometers
5km2 | five square kilometers
20 m2 | twenty / square meters
1 m2 | one / square meter
1 km² | one / square kilometer
1.0 km | one point zero / kilometers
0 km | zero / kilometers
1.5 km | one point five / kilometers
0.5 km | zero point five / kilometers
1/2 km | one half / kilometer
1,000 km | one thousand / kilometers
5 TB | five / terabytes
5 Mbps | five / megabits per second
5 MB/s | five / megabytes per second
5 GHz | five / gigahertz
3.5 GHz | three point five / gigahertz
5 min | five / minutes
5 mins | five / minutes
5 h | five / hours
5 hrs | five / hours
1 h 30 min | one / hour / thirty / minutes
1h30 | one hour thirty
1h 30m | one hour / thirty minutes
2h | two hours
30 s | thirty / seconds
5 ms | five / milliseconds
5 yr | five / years
5 yrs | five / years
10-year | ten year
10-year-old | ten year old
5-star | five star
3-in-1 | three in one
pre-2000 | pre two thousand
post-9/11 | post nine eleven
2020/21 | twenty twenty to twenty-one
Q3 | Q three
Q3 2024 | Q three / twenty twenty-four
FY24 | FY twenty-four
2024-05-12T14:30:00Z | May twelfth, twenty twenty-four, fourteen thirty
10¹² | ten to the power of twelve
1½ | one and a half
1 ½ cups | one and / a half / cups
3½% | three and a half percent
½-inch | one half inch
2½-hour | two and a half hour
word - 5 people | word / — / five / people
said – 5 people said | said / — / five / people / said
He lost -5 points | He / lost / minus five / points
€1.500 | one thousand five hundred euros
5.000 people | five thousand / people
SO₂ | S-O two
NO2 | N-O two
H1N1 | H one N one
B2B | B two B
snake_case | snake case
_emphasis_ | emphasis
file_name.txt | file underscore name dot TXT
12 345 people | twelve thousand three hundred forty-five /  / people
in 2024 345 people came | in / twenty twenty-four / three hundred forty-five / people / came
-5–-2 °C | minus five to minus two / degrees Celsius
10–12 July | the tenth to twelfth of / July
3:05 | three oh five
Rs 500 |  / five hundred rupees
#rev_2 | hashtag rev two
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
        "#4² @³ x²³ U2R³ax 2³3B ½€ 1⁄0 ²@ _a_²",
        "\u200bzero\u200dwidth\u00adsoft\ufeff",
    ],
)
def test_every_shown_word_has_an_entry_and_no_figure_is_left(text):
    words = speakable(text)
    assert [w.shown for w in words] == text.split()
    assert not any(c.isdigit() for w in words for c in w.spoken), [w.spoken for w in words]
    assert not any(c in "<>*_|#@$€%&²³½\u200b" for w in words for c in w.spoken), [w.spoken for w in words]


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
