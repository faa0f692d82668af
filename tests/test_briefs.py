"Reading briefs: what is taken, and that every mistake is one clear line."

import re
from pathlib import Path

import pytest
from PIL import Image

from viralforge.briefs import example_brief, example_briefs, read_brief, runs_dir
from viralforge.core import BadInput
from viralforge.media import probe_picture
from viralforge.types import Brief


def one_line(error):
    text = str(error.value)
    assert "\n" not in text and "Mend: " in text and "Traceback" not in text
    return text


def write(folder, text, name="brief.md"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_examples_are_complete():
    assert runs_dir().name == "papermill_runs" and len(example_briefs()) == 3
    for path in example_briefs():
        brief = read_brief(path)
        assert brief.sources and brief.cta and len(brief.notes.split()) > 80 and 35 <= brief.seconds <= 55
        assert all(m.source and m.licence in ("CC0-1.0", "Public domain") for m in brief.materials)
    assert len(read_brief(example_brief("hubble")).materials) >= 4
    assert re.search(r"^\d\. ", read_brief(example_brief("sleep")).notes, re.MULTILINE)


def test_same_brief_from_file_text_dict_and_parameters(tmp_path):
    text = "---\ntitle: Three hearts\nseconds: 20\nvisuals: [motion]\nsources:\n  - NHM, London\n---\nIt has three.\n"
    from_file = read_brief(write(tmp_path, text))
    fields = {"title": "Three hearts", "seconds": 20, "visuals": "motion", "sources": ["NHM, London"], "notes": "It has three."}
    assert from_file == read_brief(text) == read_brief(fields)
    assert from_file == read_brief("# Three hearts\nIt has three.", seconds="20", visuals="motion", sources="NHM, London")
    assert isinstance(from_file, Brief) and from_file.visuals == ("motion",)


def test_windows_file_with_mark_and_crlf(tmp_path):
    brief = read_brief(write(tmp_path, b"\xef\xbb\xbf---\r\ntitle: Hearts\r\nseconds: 12\r\n---\r\nOne.\r\n\r\nTwo.\r\n"))
    assert brief.title == "Hearts" and brief.notes == "One.\n\nTwo."


def test_overrides_win_and_none_means_not_given():
    path = example_brief("octopus")
    brief = read_brief(path, seconds="15", captions="off", seed="7", budget="0.5", cta=None)
    assert (brief.seconds, brief.captions, brief.seed, brief.budget) == (15.0, False, 7, 0.5)
    assert brief.cta == read_brief(path).cta
    assert read_brief(path, budget="none").budget is None


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "empty"),
        ("   \n\n", "empty"),
        ("---\ntitel: Hearts\n---\nIt.", "did you mean title"),
        ("---\ntitle: Hearts\nsecond: 20\n---\nIt.", "did you mean seconds"),
        ("---\ntitle: Hearts\nseconds: soon\n---\nIt.", "field seconds"),
        ("---\ntitle: Hearts\nseconds: 4.9\n---\nIt.", "from 5 to 180"),
        ("---\ntitle: Hearts\nseconds: 181\n---\nIt.", "from 5 to 180"),
        ("---\ntitle: Hearts\nseconds: .nan\n---\nIt.", "field seconds"),
        ("---\ntitle: Hearts\nseconds: yes\n---\nIt.", "field seconds"),
        ("---\ntitle: Hearts\nseed: 1.5\n---\nIt.", "whole number"),
        ("---\ntitle: Hearts\nseed: -1\n---\nIt.", "whole number"),
        ("---\ntitle: Hearts\ncaptions: perhaps\n---\nIt.", "yes or no"),
        ("---\ntitle: Hearts\nbudget: -1\n---\nIt.", "USD"),
        ("---\ntitle: Hearts\nvisuals: {a: b}\n---\nIt.", "list of names"),
        ("---\ntitle: [a, b]\n---\nIt.", "field title"),
        ("---\ntitle: 'Hearts\n---\nIt.", "not YAML"),
        ('---\ntitle: "Sleep": five\n---\nIt.', "line 2"),
        ("---\n!!python/object/apply:os.system ['true']\n---\nIt.", "not YAML"),
        ("---\ntitle: Hearts\nIt has three.", "not closed"),
        ("---\njust words\n---\nIt.", "keys and values"),
        ("---\ntitle: Hearts\n---\n![x](gone.jpg)", "picture gone.jpg"),
        ("---\ntitle: Hearts\n---\n![x](https://example.org/x.jpg)", "not fetched"),
        ("---\ntitle: Hearts\n---\n![x](HTTPS://example.org/x.jpg)", "not fetched"),
        ("---\ntitle: Hearts\n---\n![x](my heart.jpg)", "<my picture.jpg>"),
        ("---\ntitle: Hearts\n---\n![x](" + "h" * 400 + ".jpg)", "no such file"),
        ("---\ntitle: Hearts\n---\n![x](~nobody-here/x.jpg)", "no such file"),
        ("---\ntitle: " + "[" * 2000 + "]" * 2000 + "\n---\nIt.", "not YAML"),
        ("---\ntitle: " + "x" * 101 + "\n---\nIt.", "101 letters"),
    ],
)
def test_mistakes_name_file_and_mend(tmp_path, text, says):
    path = write(tmp_path, text)
    with pytest.raises(BadInput) as e:
        read_brief(path)
    assert "brief.md" in one_line(e) and says in str(e.value)


def test_files_that_are_no_briefs(tmp_path):
    for source, says in (
        (tmp_path, "folder"),
        (tmp_path / "gone.md", "no such file"),
        (str(tmp_path / "gone.md"), "no such file"),
        (write(tmp_path, "Hearts – drei".encode("cp1252"), "latin.md"), "UTF-8"),
        (write(tmp_path, "title: x".encode("utf-16"), "wide.md"), "UTF-8"),
        (write(tmp_path, b"a\0b", "binary.md"), "not a text file"),
        (write(tmp_path, b"word " * 1_100_000, "huge.md"), "too much"),
    ):
        with pytest.raises(BadInput) as e:
            read_brief(source)
        assert says in one_line(e)


@pytest.mark.parametrize("seconds", [5, 180, "5", "180.0"])
def test_the_borders_of_seconds_are_inside(seconds):
    assert read_brief({"title": "T", "notes": "N.", "seconds": seconds}).seconds == float(seconds)


@pytest.mark.parametrize("length", [200, 300, 900, 3000])
def test_one_long_line_is_a_text_and_no_path(length):
    text = "An octopus has three hearts and blue blood. " * (length // 44)
    brief = read_brief(text)
    assert brief.title == "An octopus has three hearts and blue blood" and brief.notes == text.strip()


@pytest.mark.parametrize("source", ["x" * 600 + ".md", "a\0b.md", "~nobody-here/x.md", Path("x" * 600), "https://example.org/page"])
def test_paths_that_cannot_be(source):
    with pytest.raises(BadInput) as e:
        read_brief(source)
    one_line(e)


@pytest.mark.parametrize("source", [None, 5, ["T", "N."], b"It has three hearts."])
def test_what_a_brief_is_not_made_from(source):
    with pytest.raises(BadInput, match="a dict"):
        read_brief(source)


def test_files_without_permission(tmp_path, monkeypatch):
    def refuse(*args, **more):
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path, "It has three.")
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    with monkeypatch.context() as m:
        m.setattr(Path, "read_bytes", refuse)
        with pytest.raises(BadInput, match="permissions") as e:
            read_brief(path)
        assert str(path) in one_line(e)
    monkeypatch.setattr(Image, "open", refuse)
    with pytest.raises(BadInput, match="permissions") as e:
        probe_picture(tmp_path / "a.png", where="brief.md")
    assert one_line(e).startswith("brief.md, picture a.png")


def test_a_near_file_name_is_offered(tmp_path):
    write(tmp_path, "It.", "octopus.md")
    with pytest.raises(BadInput, match=r"did you mean .*octopus\.md"):
        read_brief(tmp_path / "octopsu.md")


def test_parameters_are_named_as_parameters():
    with pytest.raises(BadInput) as e:
        read_brief("It has three hearts.", seconds="400", where="--set")
    assert one_line(e).startswith("--set, parameter seconds")


def test_pictures_with_source_words_and_rotation(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (300, 200)).save(tmp_path / "a heart.jpg", exif=exif)
    Image.new("RGB", (300, 200)).save(tmp_path / "gills.png")
    (tmp_path / "gills.txt").write_text("Licence: CC0-1.0\nSource: https://example.org/gills\n")
    body = 'One.\n![a heart](<a heart.jpg> "Jo Sample; CC BY 4.0") Two.\n\n![the gills](gills.png)\n\n![again](gills.png)\n'
    brief = read_brief(write(tmp_path, "---\ntitle: Hearts\n---\n" + body))
    heart, gills = brief.materials
    assert (heart.width, heart.height, heart.words) == (200, 300, "a heart")
    assert (heart.source, heart.licence) == ("Jo Sample", "CC BY 4.0")
    assert (gills.source, gills.licence) == ("https://example.org/gills", "CC0-1.0")
    assert Path(gills.file).is_absolute() and "![" not in brief.notes and "gills.png" not in brief.notes


def test_bad_pictures(tmp_path):
    Image.effect_noise((400, 400), 90).save(tmp_path / "whole.jpg")
    whole = (tmp_path / "whole.jpg").read_bytes()
    write(tmp_path, whole[: len(whole) // 2], "half.jpg")
    write(tmp_path, b"", "nothing.jpg")
    write(tmp_path, b"<html>", "page.png")
    Image.new("1", (12000, 9000)).save(tmp_path / "huge.png")
    (tmp_path / "folder.jpg").mkdir()
    for name, says in (("half.jpg", "truncated"), ("nothing.jpg", "cannot be read"), ("page.png", "cannot be read"),
                       ("huge.png", "100 megapixels"), ("folder.jpg", "no such file")):  # fmt: skip
        with pytest.raises(BadInput) as e:
            probe_picture(tmp_path / name, where="brief.md")
        assert says in one_line(e) and name in str(e.value) and "brief.md" in str(e.value)


@pytest.mark.parametrize("end", ["jpg", "png", "gif", "webp", "bmp"])
def test_half_a_picture_of_any_kind(tmp_path, end):
    path = tmp_path / f"whole.{end}"
    Image.effect_noise((200, 200), 90).convert("RGB").save(path)
    assert probe_picture(path).width == 200
    write(tmp_path, path.read_bytes()[: path.stat().st_size // 2], path.name)
    with pytest.raises(BadInput) as e:
        probe_picture(path)
    assert path.name in one_line(e)


def test_the_limits_of_the_picture_library_are_as_before(tmp_path):
    limit = Image.MAX_IMAGE_PIXELS
    Image.new("1", (10_000, 10_000)).save(tmp_path / "largest.png")
    assert probe_picture(tmp_path / "largest.png").width == 10_000  # 100 megapixels are still taken
    Image.new("1", (10_001, 10_000)).save(tmp_path / "larger.png")
    with pytest.raises(BadInput, match="100 megapixels"):
        probe_picture(tmp_path / "larger.png")
    assert limit == Image.MAX_IMAGE_PIXELS


@pytest.mark.parametrize("mark", ["![x](<heart (1).jpg>)", "![x](heart%20(1).jpg)", "![x [y] z](<heart (1).jpg> 'Jo; CC0-1.0')"])
def test_spaces_and_brackets_in_an_image_mark(tmp_path, mark):
    Image.new("RGB", (9, 9)).save(tmp_path / "heart (1).jpg")
    brief = read_brief(write(tmp_path, f"# Hearts\n\nIt has three. {mark}\n"))
    assert Path(brief.materials[0].file).name == "heart (1).jpg" and brief.notes == "It has three."


def test_sidecars(tmp_path):
    Image.new("RGB", (9, 9)).save(tmp_path / "a.jpg")
    write(tmp_path, b"\xef\xbb\xbfSource: Jo: Hearts\r\nLicense: CC0-1.0\r\n", "a.txt")  # as Windows saves it
    assert (probe_picture(tmp_path / "a.jpg").source, probe_picture(tmp_path / "a.jpg").licence) == ("Jo: Hearts", "CC0-1.0")
    write(tmp_path, "source: Nearer\n", "a.jpg.txt")
    assert probe_picture(tmp_path / "a.jpg").source == "Nearer"
    assert probe_picture(tmp_path / "a.jpg", source="Nearest").source == "Nearest"


def test_html_goes_and_its_text_stays():
    brief = read_brief("---\ntitle: Coffee\n---\n<p>Two <b>seeds</b> &amp; a cherry.</p><script>x()</script><style>p{}</style><!-- no -->\n\n5 < 7 and <https://example.org>")
    assert brief.notes.split() == "Two seeds & a cherry. 5 < 7 and https://example.org".split()
    rows = read_brief({"title": "T", "notes": "<table><tr><th>Step</th><th>Days</th></tr><tr><td>Drying</td><td>14</td></tr></table>"}).notes
    assert "| Drying | 14 |" in rows


def test_title_from_heading_file_or_first_words(tmp_path):
    assert read_brief("# Three hearts\n\nIt has three.").title == "Three hearts"
    assert read_brief(write(tmp_path, "It has three hearts.", "blue-blood.md")).title == "Blue blood"
    assert read_brief("It has three hearts. One stops.\nThe other two do not.").title == "It has three hearts"
    assert read_brief("Why the sky is blue").notes == ""
    with pytest.raises(BadInput, match="field title"):
        read_brief("---\nseconds: 20\n---\n")


def test_materials_of_a_dict(tmp_path):
    Image.new("RGB", (50, 40)).save(tmp_path / "a.png")
    file = str(tmp_path / "a.png")
    one = read_brief({"title": "T", "notes": "N.", "materials": [{"file": file, "words": "a heart", "licence": "CC0-1.0"}]})
    assert one.materials[0].words == "a heart" and one.materials[0].licence == "CC0-1.0"
    assert read_brief({"title": "T", "notes": "N.", "materials": one.materials}) == one
    spelled = {"file": file, "words": None, "license": "CC0-1.0"}
    for materials in (file, Path(file), spelled, [spelled], one.materials[0]):
        found = read_brief({"title": "T", "notes": "N.", "materials": materials}).materials
        assert len(found) == 1 and found[0].words != "None" and (found[0].licence == "CC0-1.0") == (materials not in (file, Path(file)))


@pytest.mark.parametrize("materials", [5, [5], [{"words": "x"}], [{"file": "a.png", "licens": "CC0-1.0"}]])
def test_wrong_materials_name_the_field(materials):
    with pytest.raises(BadInput) as e:
        read_brief({"title": "T", "notes": "N.", "materials": materials}, where="x.md")
    assert one_line(e).startswith("x.md, field materials")


def test_notes_are_one_text():
    with pytest.raises(BadInput) as e:
        read_brief({"title": "T", "notes": ["One.", "Two."]})
    assert "field notes" in one_line(e)


@pytest.fixture
def heart(tmp_path):
    Image.new("RGB", (40, 30)).save(tmp_path / "my heart.png")
    return tmp_path


@pytest.mark.parametrize(
    "body",
    [
        "Text.\n\n![a heart][one]\n\n[one]: <my heart.png> \"Jo; CC0-1.0\"",
        "Text.\n\n![a heart][One  Two]\n\n[one two]: my%20heart.png 'Jo; CC0-1.0'",
        "Text.\n\n![a heart][]\n\n[A heart]: my%20heart.png (Jo; CC0-1.0)",
        "Text.\n\n![a heart]\n\n[a heart]: <my heart.png> \"Jo; CC0-1.0\"",
        'Text.\n\n<img src="my heart.png" alt="a heart" title="Jo; CC0-1.0">',
        "Text.\n\n<IMG width=3 SRC='my%20heart.png' ALT='a heart' TITLE='Jo; CC0-1.0' />",
        'Text.\n\n<figure><picture><source srcset="x.webp"><img alt="a\nheart" src="my heart.png" title="Jo; CC0-1.0"></picture></figure>',
    ],
)
def test_pictures_by_reference_and_by_tag(heart, body):
    brief = read_brief(write(heart, "---\ntitle: Hearts\n---\n" + body))
    (pic,) = brief.materials
    assert (Path(pic.file).name, pic.words, pic.source, pic.licence) == ("my heart.png", "a heart", "Jo", "CC0-1.0")
    assert brief.notes == "Text."


@pytest.mark.parametrize(
    "body, says",
    [
        ("![x][pic]", "no line says where [pic] lies"),
        ("![x][]", "no line says where [x] lies"),
        ("![x][pic]\n\n[pic]: gone.jpg", "picture gone.jpg"),
        ("![x][pic]\n\n[pic]: https://example.org/a.jpg", "not fetched"),
        ('<img src="gone.jpg">', "picture gone.jpg"),
        ('<img src="https://example.org/a.jpg" alt="[x]">', "not fetched"),
        ('<img src="data:image/png;base64,AAAA">', "not fetched"),
        ('<img alt="a ](x) b" src="brief.md">', "neither a picture nor a clip"),
    ],
)
def test_bad_pictures_by_reference_and_by_tag(heart, body, says):
    with pytest.raises(BadInput) as e:
        read_brief(write(heart, "---\ntitle: Hearts\n---\nText.\n\n" + body))
    assert says in one_line(e)


def test_what_only_looks_like_a_picture_stays(heart):
    brief = read_brief(write(heart, "---\ntitle: Hearts\n---\nLook![1] A script <script>'<img src=\"gone.jpg\">'</script> and <img>.\n\n[1]: https://example.org\n[^2]: A note."))
    assert not brief.materials and "Look![1]" in brief.notes and "[1]: https://example.org" in brief.notes and "[^2]: A note." in brief.notes


@pytest.mark.parametrize(
    "text, told",
    [
        ("---\ntitle: a\ntitle: b\n---\nAn octopus.", "title is written twice"),
        ("---\nseconds: 6\nSeconds: 90\n---\nAn octopus.", "seconds is written twice"),
        ('---\ntitle: "\\ud83d x"\n---\nAn octopus.', "half of a character"),
        ("# T\n" + "a" * 100000, "100000 letters"),
    ],
)
def test_what_no_person_meant_is_one_line(text, told):
    with pytest.raises(BadInput, match=told) as e:
        read_brief(text)
    assert "Mend:" in str(e.value)


def test_music_of_ones_own_lies_beside_the_brief(tmp_path):
    (tmp_path / "song.wav").write_bytes(b"RIFF")
    (tmp_path / "b.md").write_text("---\ntitle: A\nmusic: song.wav\n---\nAn octopus has three hearts.")
    assert read_brief(tmp_path / "b.md").music == str(tmp_path / "song.wav")
