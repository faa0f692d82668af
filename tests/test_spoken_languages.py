"Figures of other languages as words: tables of pairs, what holds for any line, and the voice that speaks them."

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viralforge import spoken_languages
from viralforge.core import to_json
from viralforge.narration import said_as, unheard
from viralforge.spoken_languages import figures_left, number_in, speakable_in, spoken_table
from viralforge.types import Line, Script

LANGUAGES = ("de", "es", "fr", "hi", "it", "pt")
PAIRS = {code: [row.split("\t") for row in (Path(__file__).parent / f"spoken/{code}.tsv").read_text().splitlines()] for code in LANGUAGES}
PLAIN = {  # sentences without a figure; each ends
    "es": "El pulpo piensa con ocho brazos. ¿Quién lo diría? Nadie lo esperaba.", "fr": "La pieuvre pense avec ses bras. L'eau la porte. Qui l'aurait cru?",
    "it": "Il polpo pensa con le braccia. L'acqua lo porta. Chi l'avrebbe detto?", "pt": "O polvo pensa com os braços. A água o leva. Quem diria?",
    "de": "Der Oktopus denkt mit den Armen. Das Wasser trägt ihn. Wer hätte das gedacht?", "hi": "ऑक्टोपस अपनी भुजाओं से सोचता है। पानी उसे ले जाता है।",
}  # fmt: skip


def said(text, code):
    return " ".join(w.spoken for w in speakable_in(text, code) if w.spoken)


@pytest.mark.parametrize(("code", "written", "spoken"), [(code, *pair) for code, pairs in PAIRS.items() for pair in pairs])
def test_a_figure_is_said_as_its_language_says_it(code, written, spoken):
    assert said(written, code) == spoken


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_language_has_its_pairs(code):
    assert len({written for written, _ in PAIRS[code]}) == len(PAIRS[code]) >= 60


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_written_word_has_its_place_and_no_figure_is_left(code):
    for written, _ in PAIRS[code]:
        words = speakable_in(written, code)
        assert [w.shown for w in words] == written.split()
        assert not any(c.isdecimal() for w in words for c in w.spoken), written


@pytest.mark.parametrize("code", LANGUAGES)
def test_words_without_a_figure_stay_as_they_are(code):
    left = [w for w in PLAIN[code].split() if any(c.isalpha() for c in w)]
    assert [w.spoken for w in speakable_in(PLAIN[code], code) if w.spoken] == [w.replace("।", ".") for w in left]


FIGURES = st.one_of(
    st.integers(0, 10**12).map(str),
    st.tuples(st.integers(0, 10**6), st.integers(0, 9999)).map(lambda p: f"{p[0]},{p[1]}"),
    st.tuples(st.integers(0, 99), st.integers(0, 59)).map(lambda p: f"{p[0]}:{p[1]:02}"),
    st.tuples(st.integers(0, 3000), st.sampled_from(["%", "km", "€", "°C", "kg", "h", "$", "M", "x", "º", "."])).map(lambda p: f"{p[0]} {p[1]}"),
    st.text("0123456789.,:/-–%€$°²½ ' IVXh", min_size=1, max_size=14),
)


@settings(max_examples=150, deadline=None)
@given(code=st.sampled_from(LANGUAGES), figure=FIGURES, at=st.integers(0, 20))
def test_a_figure_changes_no_word_around_it(code, figure, at):
    words = PLAIN[code].split()
    at = min(at, len(words))
    line = [*words[:at], "—", *figure.split(), "—", *words[at:]]
    spoken = speakable_in(" ".join(line), code)
    assert [w.shown for w in spoken] == line
    plain = lambda w: w.replace("।", ".") if any(c.isalpha() for c in w) else ""
    assert [w.spoken for w in spoken[:at]] == [plain(w) for w in words[:at]]
    assert [w.spoken for w in spoken[len(spoken) - (len(words) - at) :]] == [plain(w) for w in words[at:]]
    assert not any(c.isdecimal() for w in spoken for c in w.spoken)


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_follows_a_sentence_changes_nothing_before_it(code):
    for written, _ in PAIRS[code]:
        if not written.endswith("."):
            alone = speakable_in(f"{written}!", code)
            assert speakable_in(f"{written}! {PLAIN[code]}", code)[: len(alone)] == alone


@given(n=st.integers(0, 10**12 - 1), code=st.sampled_from(LANGUAGES))
@settings(max_examples=150, deadline=None)
def test_different_numbers_sound_different(n, code):
    assert number_in(str(n), code) != number_in(str(n + 1), code)


def test_hindi_counts_without_num2words_and_the_others_say_that_they_do_not(monkeypatch):
    monkeypatch.setattr(spoken_languages.importlib.util, "find_spec", lambda name: None)
    assert said("3 दिल", "hi") == "तीन दिल" and not figures_left("3 दिल", "hi")
    assert said("3 cœurs 🐙", "fr") == "3 cœurs"
    script = Script(title="", lines=(Line(id="hook", role="hook", text="La pieuvre a 3 cœurs."),))
    (told,) = unheard(script, "fr")
    assert "num2words is not installed" in told and "viralforge[languages]" in told


def test_a_language_without_a_table_leaves_its_figures_to_the_voice_and_says_so():
    script = Script(title="", lines=(Line(id="hook", role="hook", text="En bläckfisk har 3 hjärtan."), Line(id="cta", role="cta", text="Tack.")))
    assert unheard(script, "sv") == ("figures are read by the voice as they are written: there is no table for Swedish",)
    assert [w.spoken for w in said_as("har 3 hjärtan.", "sv")] == ["har", "3", "hjärtan."]
    assert unheard(Script(title="", lines=script.lines[1:]), "sv") == () == unheard(script, "en")


def test_a_country_may_have_marks_of_its_own():
    assert said("1,500 km y 3.5 kg", "es-MX") == "mil quinientos kilómetros y tres punto cinco kilos"
    assert said("16 horas", "pt-PT") == "dezasseis horas" and said("16 horas", "pt-BR") == "dezesseis horas"
    assert said("3,5 kg", "es-ES") == said("3,5 kg", "es")


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_table_names_each_month_and_writes_every_name_whole(code):
    t = spoken_table(code)
    assert len(t["dates"]["months"].split()) == 12 and len(t["dates"]["short"].split()) in (0, 12)
    for row in t["units"].values():
        assert row.count("|") == 2 and row.split("|")[0] and row.split("|")[2] in ("m", "f", "-"), row
    assert to_json(t)  # plain data
