"Field cases of what is delivered: shots without a word, headlines on a strip, music, upload rules, full disks."

import errno
import itertools
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from test_motion import STILLS, asked, layouts, made, still
from test_motion import shot as a_shot
from test_shots import film, speech

from viralforge.backends.motion import scene
from viralforge.core import BadInput, cannot_write, copy_atomic
from viralforge.film import container, ebur128, encode_sound, planes, probe, sound
from viralforge.looks import platform, styles
from viralforge.pipeline import Draft
from viralforge.shots import cut
from viralforge.templates import _between, chart
from viralforge.types import Sequence, Text, Word


def case(root, name):
    return root / "tests" / "field" / name


def texts(layers):
    "All words that stand in text layers, in small letters and without their punctuation."
    flat = itertools.chain.from_iterable(x.items if isinstance(x, Sequence) else (x,) for x in layers)
    words = " ".join(" ".join(t.lines) for t in flat if isinstance(t, Text)).lower().split()
    return [bare for w in words if (bare := re.sub(r"\W", "", w))]


# A shot in which no word begins.


@pytest.mark.parametrize("brief", ["amount", "hash", "isbn"])
def test_a_word_longer_than_a_shot_stays_on_the_screen(root, tmp_path, brief):
    d = Draft(case(root, "10-shot-without-word") / f"{brief}.md")
    assert d.timeline.frames == sum(p.frames for p in d.timeline.places)
    longest = max((w for s in d.voiceover.lines for w in s.words), key=lambda w: w.end - w.start)
    held = [s for s in d.shots if longest in s.words]
    assert len(held) > (longest.end - longest.start > 6) and all(s.frames <= 180 for s in d.shots)
    bare = re.sub(r"\W", "", longest.shown.lower())
    for s in held[1:]:
        assert s.words == (longest,) and bare in texts(s.visual.layers), s.id


def spoken_at(text, *times):
    "A line whose words have these times in s: (start, end) each."
    s = speech(text)
    words = tuple(Word(shown=w, spoken=w, start=a, end=b) for w, (a, b) in zip(text.split(), times, strict=True))
    return replace(s, seconds=max(b for _, b in times) + 0.1, words=words)


def test_what_was_said_stays_through_a_long_pause():
    s = spoken_at("Hold it. Breathe.", (0.1, 0.4), (0.4, 0.8), (15.0, 15.5))
    shots = cut(film(s))
    silent = [n for n, x in enumerate(shots) if not any(0 <= round(w.start * 30) - x.start < x.frames for w in x.words)]
    assert silent and all(shots[n].words == shots[n - 1].words != () for n in silent)
    for x in shots:
        assert texts(made(x, title="Two words here").layers), x.id


def test_the_last_word_may_be_the_long_one():
    shots = cut(film(spoken_at("It is 299,792,458.", (0.1, 0.3), (0.3, 0.5), (0.6, 16.0))))
    assert len(shots) > 2
    for x in shots[-2:]:
        assert [w.shown for w in x.words] == ["299,792,458."]
        assert "299792458" in texts(made(x, title="Two words").layers)


@pytest.mark.parametrize("template", ["hook", "phrase"])
@pytest.mark.parametrize("title", ["Two words", "…", "🐙 🐙", "The quick brown fox jumps over the lazy dog and runs far away"])
def test_a_shot_that_says_nothing_shows_words_of_the_title(template, title):
    for m in layouts(a_shot("", template), title=title).values():
        shown = texts(m.layers)
        if re.search(r"[a-z]", title):
            assert shown and set(shown) <= {w.lower() for w in title.split()}


# A headline on a strip.


def test_every_word_of_a_headline_is_on_the_strip(root):
    d = Draft(case(root, "34-tape-headline") / "pic.md")
    first = d.shots[0]
    assert (first.visual.template, first.visual.layout) == ("photo", 2)
    assert texts(first.visual.layers) == [re.sub(r"\W", "", w.shown.lower()) for w in first.words]


HEADS = ["Bees", "A bee remembers", "What do you know about an arrow under the sun?", "Extraordinary transformations characterise metropolitan neighbourhoods everywhere, unquestionably, notwithstanding inconveniences."]


@pytest.mark.parametrize("look", sorted(styles()))
@pytest.mark.parametrize("where", ["everywhere", "square"])
@pytest.mark.parametrize("text", HEADS)
def test_a_strip_holds_any_headline_in_any_style(look, where, text):
    p = platform(where)
    for kind in ("small", "tiny"):
        m = layouts(a_shot(text, "photo", role="hook"), keyframe=still(*STILLS[kind]), style=look, platform=where, width=p.width, height=p.height)[2]
        assert texts(m.layers) == [re.sub(r"\W", "", w.lower()) for w in text.split()]
        rows = [x for x in m.layers if isinstance(x, Text)]
        assert all(p.scene.holds(x.box, 1) for x in rows), (look, where, [x.box for x in rows])
        assert min(x.size for x in rows) >= 40
        assert not any(a.box.inset(0, 0.2 * a.box.h).meets(b.box.inset(0, 0.2 * b.box.h)) for a, b in itertools.combinations(rows, 2))


def test_a_sign_and_a_figure_are_whole_where_there_is_no_room():
    shot = a_shot("It carries oxygen with copper instead of iron.", "comparison")
    s = scene(asked(shot, frames=90))
    sign = [s.sign[0]._replace(shown=w) for w in "which is considerably more comfortable and less expensive than".split()]
    s.sign = sign
    assert texts(_between(s, 600)) == [b.shown for b in sign]
    for variant in range(3):
        s = scene(asked(a_shot("A giraffe sleeps 2 hours, a brown bat 20 hours.", "chart"), frames=90))
        s.variant, long = variant, "123,456,789.12 trillion"
        s.parts = tuple(p._replace(figure=long) for p in (*s.parts, *s.parts))
        assert texts(chart(s)).count("trillion") == 4


# What platforms ask of an upload.


@pytest.fixture(scope="module")
def bees(root, tmp_path_factory):
    "A film of the default export."
    return Draft(case(root, "22-upload-rules") / "brief.md").make(out=tmp_path_factory.mktemp("out"))


def test_the_default_export_is_as_platforms_ask(bees):
    c, p = container(bees.video), probe(bees.video)
    assert bees.video.read_bytes().count(b"elst") == c.edit_lists == c.others == 0 and c.index_first and c.kind == "mp4"
    assert 100 < c.sound_rate <= 128 and (p.audio, p.rate, p.channels) == ("aac", 48000, 2)
    assert p.start == p.sound_start == 0 and p.seconds == p.sound_seconds
    assert ebur128(bees.video)["true_peak"] <= -1.0 and -15 < ebur128(bees.video)["integrated"] < -13
    row = bees.quality.row(19)
    assert row.state == "pass" and row.value.startswith("16 of 16 rules"), row
    assert "19" in (bees.folder / "quality.json").read_text()


def test_sound_is_heard_where_it_was_planned(bees):
    "The delivered sound against the mix that was kept, to the sample: nothing but an edit list would move it afterwards."
    heard, mix = sound(bees.video)[:, 0], sound(bees.folder / "stems" / "mix.flac")[:, 0]
    assert len(heard) == len(mix)
    for first in (4800, len(mix) // 2, len(mix) - 60_000):
        a = mix[first : first + 48_000]
        near = [float(np.dot(a, heard[first + k : first + k + 48_000])) for k in range(-2000, 2001)]
        assert int(np.argmax(near)) - 2000 == 0
    assert [round(t * 30) for t, _ in planes(bees.video, 36, 64)] == list(range(probe(bees.video).frames))


# Music of one's own.


def test_three_seconds_of_music_last_for_the_whole_film(root):
    d = Draft(case(root, "21-short-music") / "three.md")
    laid = sound(d.run.path(d.music.files["music"]))
    assert abs(len(laid) - d.voiceover.seconds * 48000) < 2 and d.voiceover.seconds > 5
    own = sound(case(root, "21-short-music") / "three.wav")
    step = np.abs(np.diff(laid, axis=0)).max() / np.abs(laid).max()
    assert step <= 1.2 * np.abs(np.diff(own, axis=0)).max() / np.abs(own).max(), "no click where it is repeated"
    seconds = np.sqrt(np.square(laid[2400 : 2400 + 4 * 48_000]).reshape(4, -1).mean(axis=1))
    assert seconds.min() > 0.7 * seconds.max(), "no hole"
    assert d.timeline.seconds == d.voiceover.seconds


def test_silent_music_is_named_before_anything_is_made(root, tmp_path):
    d = Draft(case(root, "21-short-music") / "silent.md")
    with pytest.raises(BadInput, match=r"silent\.wav is silent") as said:
        d.make(out=tmp_path)
    assert "field music" in said.value.where and not list(tmp_path.rglob("*.wav")) and not list(tmp_path.rglob("run.json"))


# Disks that are full, and files that may not grow.

MAKE = """
import resource, sys
from viralforge.core import ForgeError
from viralforge.pipeline import Draft
if limit := int(sys.argv[3]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    Draft(sys.argv[1]).make(out=sys.argv[2])
except ForgeError as e:
    seen, one = set(), e
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    print(e, "| a ring of causes" if one is not None else "")
"""


def half_written(folder):
    return [p for p in folder.rglob("*") if p.name.startswith(".part") or "tmp" in p.relative_to(folder).parts[:-1]]


def run_make(root, out, limit=0, before=()):
    command = [*before, sys.executable, "-c", MAKE, str(case(root, "25-disk-full") / "brief.md"), str(out), str(limit)]
    env = {k: v for k, v in os.environ.items() if k != "VIRALFORGE_STORE"}
    return subprocess.run(command, capture_output=True, text=True, timeout=200, cwd=out.parent, env=env)


@pytest.mark.parametrize("limit", [800_000, 400_000])
def test_a_file_size_limit_is_one_line_and_leaves_nothing(root, tmp_path, limit):
    ran = run_make(root, tmp_path / "out", limit)
    assert "Traceback" not in ran.stderr and ran.returncode == 0, ran.stderr[-2000:]
    said = ran.stdout.strip()
    assert said.count("\n") == 0 and "Mend: " in said and ("ulimit -f" in said) and "ring" not in said, said
    assert not half_written(tmp_path / "out")


@pytest.mark.parametrize("size", ["6m"])
def test_a_full_disk_is_one_line_and_leaves_nothing(root, tmp_path, size):
    mount, out = tmp_path / "small", tmp_path / "left"
    mount.mkdir()
    within = f"mount -t tmpfs -o size={size} none {mount} && \"$@\"; rc=$?; cd {mount} && find . > {out}; exit $rc"
    before = ["unshare", "-m", "bash", "-c", within, "--"]
    if os.geteuid() or subprocess.run([*before, "true"], capture_output=True).returncode:
        pytest.skip("only root may mount a small disk here")
    out.unlink(missing_ok=True)
    ran = run_make(root, mount / "out", before=before)
    assert ran.returncode == 0 and "Traceback" not in ran.stderr, ran.stderr[-2000:]
    assert "full" in ran.stdout and "free some space" in ran.stdout and "ring" not in ran.stdout, ran.stdout
    left = [Path(p) for p in out.read_text().split("\n") if p]
    assert not [p for p in left if p.name.startswith(".part") or p.parent.name.startswith("tmp")], left


@pytest.mark.parametrize("name", ["a.wav", "a.m4a", "a.mp4"])
def test_a_writer_that_meets_a_limit_says_so_and_leaves_nothing(tmp_path, name):
    code = f"""
import resource, numpy as np
from viralforge import film
from viralforge.core import BadInput
r = np.random.default_rng(0)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
try:
    if {name!r}.endswith("mp4"):
        noise = (tuple(r.integers(16, 235, s, dtype=np.uint8) for s in ((256, 256), (128, 128), (128, 128))) for _ in range(30))
        film.encode(noise, {str(tmp_path / name)!r}, 256, 256)
    else:
        film.encode_sound(r.uniform(-0.3, 0.3, (600_000, 2)).astype(np.float32), {str(tmp_path / name)!r})
except BadInput as e:
    print(e)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "larger than files may be" in ran.stdout and not ran.stderr, ran.stderr[-1500:]
    assert not list(tmp_path.iterdir())


def test_joining_says_that_the_film_cannot_be_written_not_that_a_segment_is_broken(tmp_path):
    from test_film import write

    parts = [write(tmp_path / f"{i}.mp4", 60, 60 * i) for i in range(3)]
    heard = encode_sound(np.random.default_rng(0).uniform(-0.3, 0.3, (180 * 1600, 2)).astype(np.float32), tmp_path / "s.m4a")
    code = f"""
import resource, pathlib
from viralforge import film
from viralforge.core import BadInput
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
try:
    film.join({[str(p) for p in parts]!r}, pathlib.Path({str(heard)!r}), {str(tmp_path / "film.mp4")!r})
except BadInput as e:
    print(e)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "film.mp4: the file would be larger" in ran.stdout and not ran.stderr, ran.stdout + ran.stderr[-1500:]
    assert not list(tmp_path.glob(".part*"))


def test_a_second_name_for_a_file_is_no_second_copy(tmp_path):
    kept = tmp_path / "kept.mp4"
    kept.write_bytes(b"x" * 1000)
    made = copy_atomic(kept, tmp_path / "run" / "film.mp4")
    assert made.samefile(kept) and copy_atomic(kept, made) == made
    other = tmp_path / "other.mp4"
    other.write_bytes(b"y")
    assert copy_atomic(other, made).read_bytes() == b"y" and kept.read_bytes() == b"x" * 1000
    assert [p.name for p in made.parent.iterdir()] == ["film.mp4"]
    with pytest.raises(BadInput, match="cannot be written"):
        copy_atomic(tmp_path / "none.mp4", made)
    assert [p.name for p in made.parent.iterdir()] == ["film.mp4"] and made.read_bytes() == b"y"
    if Path("/dev/shm").is_dir() and os.stat("/dev/shm").st_dev != os.stat(tmp_path).st_dev:
        with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
            assert copy_atomic(kept, Path(elsewhere) / "film.mp4").read_bytes() == kept.read_bytes()


@pytest.mark.parametrize(
    "number,said,mend",
    [
        (errno.ENOSPC, "disk is full", "free some space"), (errno.EDQUOT, "share of the disk", "free some space"), (errno.EFBIG, "larger", "ulimit -f"),
        (errno.EROFS, "only be read", "--out DIR"), (errno.EACCES, "cannot be written", "--out DIR"), (errno.EMFILE, "too many files", "ulimit -n"),
    ],
)  # fmt: skip
def test_each_thing_that_stops_writing_has_its_mend(number, said, mend):
    e = cannot_write("film.mp4", OSError(number, os.strerror(number)))
    assert said in str(e) and mend in e.mend and "\n" not in str(e)
