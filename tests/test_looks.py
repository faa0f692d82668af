"Styles, platforms, icons and the user's own pictures."

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from viralforge.backends.images import FLOOR, OwnMedia, faces, focus_point, scores, upright
from viralforge.briefs import runs_dir
from viralforge.core import BadInput, file_digest, from_json
from viralforge.looks import (
    coloured,
    contrast,
    icon,
    icon_list,
    icon_svg,
    platform,
    platforms,
    stem,
    style,
    styles,
    unreadable,
)
from viralforge.ports import StillRequest
from viralforge.types import Line, Material, Shot, Still, Word


def shot(text, keywords=(), visual=""):
    words = tuple(Word(shown=w, spoken=w, start=i / 3, end=(i + 0.9) / 3) for i, w in enumerate(text.split()))
    line = Line(id="beat-1", role="beat", text=text, keywords=keywords, visual=visual)
    return Shot(id="beat-1", line=line, start=0, frames=10 * len(words), words=words, first=True)


def material(words, file="/m/a.jpg", digest="a" * 32):
    return Material(file=str(file), words=words, digest=digest, width=1600, height=1200)


@pytest.mark.parametrize("name", styles())
def test_every_style_can_be_read(name):
    assert not unreadable(style(name))
    assert contrast(style(name).accent_ink, style(name).accent) >= 4.5


@pytest.mark.parametrize("name", styles())
@pytest.mark.parametrize("word", ["red", "Blue,", "green", "yellow", "brown"])
def test_a_named_colour_can_be_seen(name, word):
    look = coloured(style(name), word)
    assert look.accent != style(name).accent and contrast(look.accent_ink, look.accent) >= 4
    assert all(contrast(look.accent, ground) >= 2.5 for ground in look.gradient)


def test_a_colour_that_could_not_be_seen_is_left():
    "On grounds from black to white."
    mottled = replace(style("aurora"), gradient=("#000000", "#777777", "#ffffff"))
    assert coloured(mottled, "blue") == mottled


@pytest.mark.parametrize("name", platforms())
def test_every_platform_keeps_its_boxes_apart(name):
    p = platform(name)
    assert p.safe.holds(p.scene) and p.safe.holds(p.band) and not p.scene.meets(p.band)
    assert all(f.source and f.checked and f.sure in ("official", "third party", "derived") for f in p.figures.values())


@pytest.mark.parametrize("call,near", [(lambda: style("aurara"), "aurora"), (lambda: platform("tik tok"), "tiktok"), (lambda: icon_svg("haert", "#fff000"), "heart")])
def test_a_wrong_name_gets_the_nearest(call, near):
    with pytest.raises(BadInput, match=near):
        call()


@pytest.mark.parametrize(
    "word,name",
    [("hearts", "heart"), ("Octopus", "octopus"), ("stars", "star"), ("degrees", "thermometer"), ("brain.", "brain"), ("blood", "droplet"), ("moonlight", None), ("moon", "moon"), ("rockets", "rocket"),
     ("sleeping", "bed"), ("money", "coins"), ("water", "droplets"), ("temperature", "thermometer"), ("clock", "clock"), ("volcano", "mountain"),
     ("bees", "bug"), ("Kings", "crown"), ("freezing", "snowflake"), ("swimming", "waves-horizontal"), ("oxygen", "wind"), ("neurons", "brain")],
)  # fmt: skip
def test_icons_by_word(word, name):
    assert (icon(word) or (None,))[0] == name


@pytest.mark.parametrize("word", "the and because country list every third 500 one it's qwertz 🐙 … – follow more list text".split())
def test_words_that_show_nothing_get_no_icon(word):
    assert icon(word) is None


def test_the_first_telling_word_wins():
    assert icon("hearts brain")[0] == "heart" and icon(("the", "brain", "hearts"))[0] == "brain"


def test_stems_meet():
    for a, b in [("swimming", "swims"), ("bodies", "body"), ("freezing", "freezes"), ("hearts", "heart's"), ("boxes", "box")]:
        assert stem(a) == stem(b), (a, b)


def test_a_name_beats_any_score_and_reuse_is_penalised():
    a, b = material("an octopus"), material("a heart", "/m/heart 2.jpg", "b" * 32)
    media = OwnMedia()
    assert media.request(StillRequest(shot=shot("An octopus hides"), materials=(a, b)))["material"]["digest"] == a.digest
    assert media.request(StillRequest(shot=shot("An octopus hides", visual="heart 2.jpg"), materials=(a, b)))["material"]["digest"] == b.digest
    assert media.request(StillRequest(shot=shot("An octopus hides"), materials=(a, b), used=(a.digest,)))["material"] is None
    assert media.request(StillRequest(shot=shot("Nothing fits"), materials=(a, b)))["material"] is None
    assert scores(shot("An octopus hides"), (a, b))[0]["score"] >= FLOOR


def test_rare_words_decide():
    same = tuple(material(f"a galaxy {w}", f"/m/{i}.jpg", str(i) * 32) for i, w in enumerate(["spiral", "cluster", "dust"]))
    assert scores(shot("The galaxy has dust"), same)[0]["digest"] == "2" * 32


@pytest.mark.parametrize("size", [(3, 5), (5000, 40)])
def test_odd_pictures_are_made_ready(tmp_path, size):
    Image.new("RGBA", size, (255, 0, 0, 0)).save(tmp_path / "a.png")
    im = upright(tmp_path / "a.png", "#00ff00")
    assert im.mode == "RGB" and max(im.size) <= 4096 and im.getpixel((1, 1)) == (0, 255, 0)


def test_a_truncated_picture_is_an_error(tmp_path):
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 255, (300, 300, 3), np.uint8)).save(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:3000])
    with pytest.raises(BadInput, match="cannot be read"):
        upright(tmp_path / "b.jpg")


def test_the_back_end_gives_a_still_with_its_licence(tmp_path):
    Image.new("L", (400, 300), 90).save(tmp_path / "grey owl.png")
    m = Material(file=str(tmp_path / "grey owl.png"), words="an owl", source="drawn", licence="CC0-1.0", digest=file_digest(tmp_path / "grey owl.png"), width=400, height=300)
    media, out = OwnMedia(), tmp_path / "out"
    out.mkdir()
    answer = media.send(media.request(StillRequest(shot=shot("The owl waits"), materials=(m,))), out)
    still = from_json(Still, answer["data"])
    made = out / answer["files"]["image"]
    assert still.image.digest == file_digest(made) and still.image.suffix == made.suffix and still.licence == "CC0-1.0" and "owl" in still.why


def portrait(size):
    with Image.open(runs_dir() / "briefs/media/astronaut.jpg") as im:
        return im.convert("RGB").resize((size, size))


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "CMYK"])
def test_a_face_matters_more_than_what_stands_out(mode):
    wide = Image.new("RGB", (1200, 400), "#3a4a3a")
    wide.paste((255, 240, 0), (60, 60, 180, 180))
    wide.paste(portrait(400), (800, 0))
    face = (800 + 0.438 * 400) / 1200, 0.233
    assert np.abs(np.subtract(focus_point(wide.convert(mode)), face)).max() < 0.02
    wide.paste("#3a4a3a", (800, 0, 1200, 400))
    assert focus_point(wide.convert(mode))[0] < 0.2 and faces(wide) == ()


def test_two_faces_are_kept_together_and_small_ones_behind_do_not_count():
    two = Image.new("RGB", (1000, 500), "#555555")
    two.paste(portrait(480), (0, 10))
    near = two.copy()
    near.paste(portrait(480).crop((100, 0, 480, 480)), (260, 10))
    (x, _), found = focus_point(near), faces(near)
    assert len(found) == 2 and abs(x - (0.438 * 480 + 260 - 100 + 0.438 * 480) / 2000) < 0.02
    two.paste(portrait(180), (700, 200))
    assert len(faces(two)) == 2 and abs(focus_point(two)[0] - 0.438 * 480 / 1000) < 0.02
    two.paste(portrait(300), (700, 100))
    assert len(faces(two)) == 2 and abs(focus_point(two)[0] - 0.438 * 480 / 1000) < 0.02, "no crop holds both: the larger one"
    assert [faces(two) for _ in range(3)] == [faces(two)] * 3


def test_focus_finds_the_odd_one_out():
    im = Image.new("RGB", (800, 600), "#204060")
    im.paste("#ffffff", (560, 120, 640, 200))
    x, y = focus_point(im)
    assert x > 0.6 and y < 0.45


def test_capitals_leave_the_symbols_of_units_alone():
    from viralforge.looks import style

    look = style("aurora")
    assert look.upper and look.set("weighs 78 g, uses 0.077 kWh at 30 km/h") == "WEIGHS 78 g, USES 0.077 kWh AT 30 km/h"
    assert look.set("a man, 90 minutes, 78g") == "A MAN, 90 MINUTES, 78g"


@pytest.mark.parametrize("word, never", [("cycle", "bike"), ("attack", "sword"), ("red", "palette"), ("energy", "flame"), ("sky", "cloud"), ("oyster", "shell"), ("find", "search"), ("honey", "droplets"), ("study", "book-open"), ("rose", "rose")])
def test_a_word_with_several_meanings_does_not_get_the_wrong_thing(word, never):
    "A sleep cycle is no bicycle, and a heart attack no sword."
    assert (icon((word,), 0.85) or ("",))[0] != never


def test_a_word_stands_under_one_icon():
    "Of two, the second one would never be chosen."
    places = {}
    for name, words in icon_list()["icons"].items():
        for word in words.split():
            places.setdefault(stem(word), set()).add(name)
    assert not {w: names for w, names in places.items() if len(names) > 1}
