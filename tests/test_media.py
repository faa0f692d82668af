"Clips of every kind are looked at, placed and drawn; media folders, and input that is bad."

import dataclasses
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from viralforge import media
from viralforge.backends.images import OwnMedia, upright
from viralforge.briefs import read_brief
from viralforge.clips import ENOUGH, FASTEST, SLOWEST, clip_layers, moving, parts
from viralforge.core import BadInput, file_digest, from_json, plain, to_json
from viralforge.film import planes, probe
from viralforge.media import media_folder, probe_clip, probe_media
from viralforge.pipeline import Draft, licences
from viralforge.ports import StillRequest
from viralforge.record import RunRecord
from viralforge.render import ClipReader, check, render, segments
from viralforge.shots import TAIL, shared_out, shots
from viralforge.store import Store, scratch_run
from viralforge.timeline import Overlay, Place, Timeline, assemble
from viralforge.types import (
    Artefact,
    Box,
    Brief,
    Clip,
    Field,
    Footage,
    Line,
    Motion,
    Shot,
    Speech,
    Voiceover,
    Word,
)

AUDIO = Artefact(digest="0" * 32, suffix=".wav", size=0)


def light(n):
    "The luma of picture n."
    return 40 + 3 * (n % 60)


def write(path, count=60, w=96, h=160, codec="libx264", pix="yuv420p", times=None, sounds=0, turn=0, fps=30):
    "A clip in which picture n has a luma of `light(n)`; `times` in ms where they are not even."
    with av.open(str(path), "w") as out:
        video = out.add_stream(codec, rate=fps)
        video.width, video.height, video.pix_fmt = w, h, pix
        tick = Fraction(1, 1000 if times else fps)
        video.codec_context.time_base = video.time_base = tick
        video.bit_rate = 4_000_000
        if turn:
            video.set_display_rotation(turn)
        voices = [out.add_stream("aac" if path.suffix != ".webm" else "libopus", rate=48000, layout="mono") for _ in range(sounds)]
        for voice in voices:
            for at in range(0, 48000, 960):
                frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.float32), "fltp", "mono")
                frame.sample_rate, frame.pts, frame.time_base = 48000, at, Fraction(1, 48000)
                out.mux(voice.encode(frame))
            out.mux(voice.encode(None))
        for n in range(count):
            frame = av.VideoFrame.from_ndarray(np.stack([np.full((h, w), y, np.uint8) for y in (light(n), 128, 128)]), format="yuv444p")
            frame = frame.reformat(format=pix)
            frame.pts, frame.time_base = (times[n] if times else n), tick
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return path


def seen(path, second):
    "The luma of a clip's picture at a time."
    return float(ClipReader()(Path(path), second).y.mean())


KINDS = {
    "plain.mp4": {},
    "plain.mkv": {},
    "plain.mov": {"codec": "mpeg4"},
    "plain.avi": {"codec": "mpeg4"},
    "plain.ts": {},
    "vp9.webm": {"codec": "libvpx-vp9"},
    "ten bits.mkv": {"codec": "libx265", "pix": "yuv420p10le"},
    "prores.mov": {"codec": "prores_ks", "pix": "yuv422p10le"},
    "odd.mkv": {"codec": "ffv1", "pix": "yuv444p", "w": 97, "h": 161},
    "two tracks.mp4": {"sounds": 2},
    "turned.mp4": {"turn": 90, "w": 160, "h": 96},
}


@pytest.mark.parametrize("name", KINDS)
def test_clips_of_every_kind_are_taken_and_read_by_time(tmp_path, name):
    path = write(tmp_path / name, **KINDS[name])
    m = probe_media(path)
    assert abs(m.seconds - 2) < 0.1 and (m.width // 2, m.height // 2) == (48, 80), m
    reader = ClipReader()
    for n in (0, 1, 20, 21, 22, 40, 59, 10):
        picture = reader(path, n / 30 + 0.005)
        assert picture.y.shape == (160, 96) and abs(float(picture.y.mean()) - light(n)) < 4, (n, picture.y.mean(), light(n))


def test_a_moving_gif_is_a_clip_and_a_still_one_a_picture(tmp_path):
    frames = [Image.new("L", (64, 64), 50 + 30 * n) for n in range(5)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=200)
    frames[0].save(tmp_path / "b.gif")
    assert 0.9 < probe_media(tmp_path / "a.gif").seconds < 1.1 and probe_media(tmp_path / "b.gif").seconds == 0


def test_pictures_of_uneven_length_stay_on(tmp_path):
    times = [0, 33, 67, 1500, 1533, 4000, 4033, 4900]  # ms: pictures that stay on for seconds, as in a screen recording
    for name in ("v.mp4", "v.mkv"):
        path = write(tmp_path / name, len(times), times=times)
        probe_media(path)
        for second, n in ((0.0, 0), (0.05, 1), (1.2, 2), (1.49, 2), (1.51, 3), (3.9, 4), (4.5, 6), (4.95, 7), (2.0, 4)):
            assert abs(seen(path, second) - light(n)) < 4, (name, second)


def test_past_its_end_the_last_picture_stays_on_and_little_is_decoded(tmp_path, monkeypatch):
    path = write(tmp_path / "a.mp4", 90)
    assert abs(seen(path, 60.0) - light(89)) < 4
    reader = ClipReader()
    reader(path, 2.9)
    assert abs(float(reader(path, 9.0).y.mean()) - light(89)) < 4


@pytest.mark.parametrize("name,says", [
    ("half.mp4", "clip half.mp4"), ("half.mkv", "breaks off after"), ("text.mp4", "cannot be read as media"), ("empty.mp4", "the file is empty"),
    ("sound.mp4", "has no picture"), ("gone.mp4", "there is no such file"), ("one.mp4", "a single picture"), ("big.mp4", "above 2 GB"),
    ("folder.mp4", "there is no such file"),
])  # fmt: skip
def test_a_bad_clip_is_one_clear_line(tmp_path, monkeypatch, name, says):
    path = tmp_path / name
    (tmp_path / "folder.mp4").mkdir()
    whole = write(tmp_path / f"whole{path.suffix}", 1 if name == "one.mp4" else 150)
    if name.startswith("half"):
        raw = whole.read_bytes()
        if path.suffix == ".mp4":  # with its index first, as downloads have it
            with av.open(str(whole)) as source, av.open(str(tmp_path / "fast.mp4"), "w", options={"movflags": "+faststart"}) as out:
                stream = out.add_stream_from_template(source.streams.video[0])
                for packet in source.demux(video=0):
                    if packet.size:
                        packet.stream = stream
                        out.mux(packet)
            raw = (tmp_path / "fast.mp4").read_bytes()
        path.write_bytes(raw[: len(raw) * 6 // 10])
    elif name in ("one.mp4", "big.mp4"):
        whole.rename(path)
    elif name == "sound.mp4":
        with av.open(str(path), "w") as out:
            voice = out.add_stream("aac", rate=48000, layout="mono")
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.sample_rate = 48000
            out.mux(voice.encode(frame))
            out.mux(voice.encode(None))
    elif name in ("text.mp4", "empty.mp4"):
        path.write_text("not a clip" if name == "text.mp4" else "")
    if name == "big.mp4":
        monkeypatch.setattr(media, "MAX_CLIP", 100)
    brief = tmp_path / "brief.md"
    brief.write_text(f"---\ntitle: Sea\n---\nWaves roll.\n\n![waves]({name})\n")
    with pytest.raises(BadInput) as e:
        read_brief(brief)
    text = str(e.value)
    assert says in text and str(brief) in text and name in text and "\n" not in text and "Mend: " in text


def test_too_many_pixels_are_refused_before_they_are_decoded(tmp_path, monkeypatch):
    monkeypatch.setattr(media, "MAX_CLIP_PIXELS", 1000)
    monkeypatch.setattr(media, "planes", None)
    with pytest.raises(BadInput, match="larger than 8K"):
        probe_clip(write(tmp_path / "a.mp4", 5))


# ---- which part of a clip, and how fast


def test_a_clip_is_shared_out_without_overlap():
    rng = np.random.default_rng(4)
    for _ in range(300):
        clip, needs = float(rng.uniform(0.2, 30)), [float(x) for x in rng.uniform(0.5, 6, rng.integers(1, 6))]
        got = parts(clip, needs)
        assert len({v for *_, v in got}) == 1 and SLOWEST <= got[0][2] <= FASTEST
        at = 0.0
        for begin, until, _ in got:
            assert at - 1e-3 <= begin < until <= clip + 1e-3
            at = until


def footage(path, **more):
    m = probe_clip(path)
    art = Artefact(digest=m.digest, suffix=path.suffix, size=path.stat().st_size)
    return Footage(media=art, seconds=m.seconds, fps=30, width=m.width, height=m.height, material=m.digest, **more)


def a_shot(id, frames, visual, line="beat-1"):
    return Shot(id=id, line=Line(id=line, role="beat", text="Waves roll"), start=0, frames=frames, words=(), visual=visual)


def test_two_shots_of_a_clip_show_different_parts(tmp_path):
    clip = footage(write(tmp_path / "a.mp4", 240))
    other = Motion(template="phrase", layers=())
    plan = (a_shot("a", 60, clip), a_shot("a.2", 45, clip), a_shot("b", 60, other, "beat-2"), a_shot("c", 60, clip, "beat-3"))
    with scratch_run() as run:
        a, a2, _, c = (s.visual for s in shared_out(plan, run, Brief(title="Sea")))
    assert abs(a2.begin - (a.begin + 2)) < 1e-3 and a.until == a2.until  # it goes on where the shot before was
    assert c.begin > a.until >= a2.begin + 1.5 and c.begin + 2 + TAIL / 30 <= 8.01 and a.speed == 1
    assert "of 8.0 s" in c.why


def test_a_short_clip_runs_slower_then_is_held_and_never_begins_again(tmp_path):
    clip = footage(write(tmp_path / "a.mp4", 12))  # 0.4 s
    with scratch_run() as run:
        only = shared_out((a_shot("a", 75, clip),), run, Brief(title="Sea"))[0].visual
    layers = clip_layers(only, 75, 1080, 1920)
    assert [x.speed for x in layers] == [SLOWEST, 0.0] and layers[0].end == layers[1].start == 20
    assert layers[1].begin < 0.4 and layers[1].move.scale[-1].to > 1  # the picture that is held grows
    assert moving(0.4, 2.5) < ENOUGH


# ---- drawn


def timeline(places, frames, w=216, h=384, **more):
    return Timeline(title="Sea", width=w, height=h, fps=30, frames=frames, style="aurora", platform="everywhere", language="en", safe=Box(x=0, y=0, w=w, h=h),
                    band=Box(x=0, y=0, w=w, h=h), places=places, overlays=(), cues=(), speech=(), **more)  # fmt: skip


def drawn(run, clips, w=216, h=384):
    "A film of shots that each show a clip: (footage, frames, ...)."
    at, places = 0, []
    for n, (clip, frames) in enumerate(clips):
        layers = clip_layers(clip, frames, w, h)
        places.append(Place(id=f"s{n}", line_id=f"l{n}", start=at, frames=frames, layers=layers, transition="fade" if n else "cut", lead=8 if n else 0))
        at += frames
    return render(timeline(tuple(places), at, w, h), run)


def test_a_film_shows_the_part_of_the_clip_that_was_planned(tmp_path):
    with scratch_run() as run:
        path = write(tmp_path / "a.mp4", 60, sounds=1)
        art = run.put(path, ".mp4")
        base = dataclasses.replace(footage(path), media=art)
        plan = ((dataclasses.replace(base, begin=0.5, until=1.5, speed=0.8), 30), (dataclasses.replace(base, begin=1.4, until=2.0, speed=0.6), 80))
        film = drawn(run, plan)
        got = [float(y.mean()) for _, (y, _, _) in planes(run.path(film.video))]
        assert len(got) == 110
        for n in range(30):
            assert abs(got[n] - light(int((0.5 + 0.8 * n / 30 + 1e-4) * 30))) < 4, n
        for n in range(8, 80):
            due = light(59) if n >= 30 else light(int((1.4 + 0.6 * n / 30 + 1e-4) * 30))
            assert abs(got[30 + n] - due) < 4, n
        assert "voice" not in film.stems and film.loudness is None  # a clip's sound is left out


def test_a_turned_ten_bit_clip_in_a_film(tmp_path):
    with scratch_run() as run:
        path = write(tmp_path / "a.mp4", 40, w=160, h=96, turn=90, codec="libx265", pix="yuv420p10le")
        clip = dataclasses.replace(footage(path), media=run.put(path, ".mp4"))
        got = [float(y.mean()) for _, (y, _, _) in planes(run.path(drawn(run, ((clip, 30),)).video))]
        assert all(abs(y - light(n)) < 4 for n, y in enumerate(got))


# ---- chosen


def speech(text, id="beat-1", role="beat", visual="", pace=2.6):
    words, at = [], 0.05
    for w in text.split():
        words.append(Word(shown=w, spoken=w, start=at, end=at + 0.85 / pace))
        at += 1 / pace
    return Speech(line=Line(id=id, role=role, text=text, visual=visual), audio=AUDIO, rate=22050, seconds=at + 0.1, words=tuple(words))


def film_of(*lines, gap=10):
    starts, at = [], 0
    for s in lines:
        starts.append(at)
        at += int(s.seconds * 30) + gap
    return Voiceover(lines=lines, starts=tuple(starts), frames=at)


def test_a_clip_is_chosen_by_its_words_and_framed_by_its_shape(tmp_path):
    write(tmp_path / "waves.mp4", 120, 480, 800)
    write(tmp_path / "school of fish.mkv", 150, 160, 96)
    said = film_of(speech("Waves roll over the beach"), speech("A school of fish turns at once", "beat-2"), speech("Nobody knows any of that", "beat-3"))
    brief = Brief(title="Sea", materials=tuple(probe_media(p) for p in sorted(tmp_path.iterdir())))
    with scratch_run() as run:
        fish, waves = brief.materials
        made = {s.line.id: s for s in shots(said, run, brief)}
        tall, wide = made["beat-1"].visual, made["beat-2"].visual
        assert (made["beat-1"].material, made["beat-2"].material, made["beat-3"].material) == (waves.digest, fish.digest, "")
        assert isinstance(tall, Footage) and tall.ground is None and tall.layers[0].box.w == 1080 and "waves" in tall.why
        assert wide.ground and probe(run.path(wide.ground)).frames == made["beat-2"].frames + TAIL
        t = assemble("Sea", said, tuple(shots(said, run, brief)), (), style="aurora")
        assert from_json(Timeline, to_json(t)) == t
        check(dataclasses.replace(t, cues=()), run)
        clips = [x for x in t.places[1].layers if isinstance(x, Clip)]
        assert clips[0].media == wide.ground and clips[0].box.h == 1920 and clips[1].box.h < 700


def test_a_clip_too_short_gives_way_to_motion_and_says_so(tmp_path):
    write(tmp_path / "waves.mp4", 12)
    brief = Brief(title="Sea", materials=(probe_media(tmp_path / "waves.mp4"),))
    with scratch_run() as run:
        made = shots(film_of(speech("Waves roll over the beach")), run, brief)
        assert all(isinstance(s.visual, Motion) for s in made)
        why = OwnMedia().request(StillRequest(shot=made[0], materials=brief.materials))["why"]
        assert "waves.mp4: 0.4 s are too short" in why
        asked = shots(film_of(speech("Waves roll over the beach", visual="waves.mp4")), run, brief)
        assert all(isinstance(s.visual, Footage) for s in asked)  # what is asked for by name is shown


def test_a_clip_asked_for_on_a_line(tmp_path):
    path = write(tmp_path / "my sea.webm", 90, codec="libvpx-vp9")
    draft = Draft("---\ntitle: Sea\nmusic: none\n---\nWaves carry energy. They roll for thousands of kilometres. Old waves still travel.",
                  store=Store(tmp_path / ".store"), seconds=8)  # fmt: skip
    line = draft.script.lines[1].id
    with pytest.raises(BadInput, match="cannot be read as media"):
        (tmp_path / "text.mp4").write_text("no")
        draft.shot(line, tmp_path / "text.mp4")
    other = draft.shot(line, path)
    assert [m.seconds for m in other.materials] == [3.0]
    own = [s.visual for s in other.shots if s.line.id == line]
    assert own and all(isinstance(v, Footage) and v.material == file_digest(path) for v in own)
    page = draft.review()
    text = draft.script.lines[1].text
    page.write_text(page.read_text().replace(f"\n{text}\n", f"\n{text}\nvisual: {path}\n"))
    assert "clip my sea.webm" in " ".join(licences(draft.begin()))


# ---- a folder


def shelf(folder):
    folder.mkdir()
    write(folder / "waves.mp4", 150, 480, 800)
    (folder / "waves.mp4.txt").write_text("caption: waves roll onto a beach\nsource: Jo Lind\nlicence: CC BY 4.0\n")
    Image.effect_noise((1200, 2000), 60).convert("RGB").save(folder / "IMG_0001.jpg")
    (folder / "IMG_0001.txt").write_text("caption: salt and clouds\nlicense: CC0-1.0\n")
    Image.new("RGB", (300, 300), "#888").save(folder / "castle.png")
    (folder / "broken.mov").write_text("no clip")
    (folder / "terms.pdf").write_text("…")
    return folder


def test_type_is_named_with_its_licence_where_it_is_used(tmp_path):
    draft = Draft("---\ntitle: Sea\nmusic: none\n---\nAn octopus has three hearts. One of them stops when it swims.", store=Store(tmp_path / ".store"), seconds=8)
    plain, emoji = licences(draft), licences(draft.edit(draft.script.lines[0].id, "An octopus 🐙 has three hearts."))
    assert "type Montserrat: OFL-1.1" in plain and not any("OpenMoji" in x for x in plain)
    assert "type OpenMoji: CC-BY-SA-4.0 (openmoji.org)" in emoji
    titled = Draft("---\ntitle: Sea 🐙\nmusic: none\n---\nAn octopus has three hearts. One of them stops when it swims.", store=Store(tmp_path / ".store"), seconds=8)
    assert any("OpenMoji" in x for x in licences(titled)), "the cover counts"


def test_a_folder_becomes_a_film_whose_record_names_its_licences(tmp_path):
    shelf(tmp_path / "shelf")
    (tmp_path / "sea.md").write_text("---\ntitle: Why the sea never rests\nmedia: shelf\nmusic: none\n---\nWaves roll onto every beach on the planet. "
                                     "Breaking waves throw salt high into the clouds. Old waves still travel on a calm day.")  # fmt: skip
    film = Draft(tmp_path / "sea.md", store=Store(tmp_path / ".store"), seconds=6).make()
    record = from_json(RunRecord, (film.folder / "run.json").read_text())
    used = [x for x in record.licences if x.startswith(("clip", "picture"))]
    assert "clip waves.mp4: CC BY 4.0 (Jo Lind)" in used and not any("castle" in x for x in used)
    assert any("broken.mov is left out: cannot be read as media" in n for n in record.notices)
    assert any("terms.pdf" in n for n in record.notices)
    t = from_json(Timeline, (film.folder / "timeline.json").read_text())
    p = next(p for p in t.places if any(isinstance(x, Clip) for x in p.layers))
    clip = next(x for x in p.layers if isinstance(x, Clip))
    pictures = [y[40:200].mean() for _, (y, _, _) in planes(film.video)]
    due = [light(int((clip.begin + clip.speed * n / 30 + 1e-4) * 30)) for n in range(10, p.frames)]
    assert np.corrcoef(pictures[p.start + 10 : p.start + p.frames], due)[0, 1] > 0.999  # under a scrim


def test_a_folder_is_looked_at_again_when_something_in_it_changes(tmp_path):
    folder = shelf(tmp_path / "shelf")
    found, notices = media_folder(folder)
    assert [Path(m.file).name for m in found] == ["IMG_0001.jpg", "castle.png", "waves.mp4"] and all(m.home == str(folder) for m in found)
    (folder / "castle.png.txt").write_text("an old castle by the sea")
    assert {m.words for m in media_folder(folder)[0]} == {"salt and clouds", "an old castle by the sea", "waves roll onto a beach"}
    (folder / "copy.png").write_bytes((folder / "castle.png").read_bytes())
    assert len(media_folder(folder)[0]) == 3
    (folder / "waves.mp4").unlink()
    found, notices = media_folder(folder)
    assert len(found) == 2 and any("waves.mp4.txt" in n for n in notices)


def test_a_folder_that_is_none_or_too_full(tmp_path, monkeypatch):
    with pytest.raises(BadInput, match="field media: there is no such folder"):
        read_brief({"title": "Sea", "notes": "Waves.", "media": str(tmp_path / "none")})
    monkeypatch.setattr(media, "MOST_FILES", 1)
    with pytest.raises(BadInput, match="above 1"):
        media_folder(shelf(tmp_path / "shelf"))
    (tmp_path / "bare").mkdir()
    assert "holds no picture or clip" in media_folder(tmp_path / "bare")[1][0]


def test_another_folder_replaces_the_first(tmp_path):
    shelf(tmp_path / "one")
    (tmp_path / "two").mkdir()
    write(tmp_path / "two/reef.mp4", 30)
    draft = Draft({"title": "Sea", "notes": "Waves.", "media": str(tmp_path / "one")}, store=Store(tmp_path / ".store"))
    other = draft.set(media=str(tmp_path / "two"))
    assert [Path(m.file).name for m in other.brief.materials] == ["reef.mp4"]
    assert read_brief(plain(draft.brief)) == draft.brief
    assert draft.identity != other.identity


# ---- stills of every kind


def test_awkward_stills(tmp_path):
    grey = np.repeat(np.linspace(255, 0, 120).astype(np.uint8)[:, None], 80, 1)
    base = Image.fromarray(grey)
    kinds = {"grey.png": base, "sixteen.png": Image.fromarray(grey.astype(np.uint16) * 257), "cmyk.jpg": base.convert("RGB").convert("CMYK"),
             "alpha.png": Image.merge("LA", (base, Image.new("L", base.size, 255))), "clear.png": Image.new("RGBA", base.size, (0, 0, 0, 0))}  # fmt: skip
    turned = Image.Exif()
    turned[0x0112] = 6
    base.convert("RGB").rotate(90, expand=True).save(tmp_path / "turned.jpg", exif=turned)
    for name, im in kinds.items():
        im.save(tmp_path / name)
    for name in (*kinds, "turned.jpg"):
        m = probe_media(tmp_path / name)
        im = upright(tmp_path / name, "#204060")
        assert (m.width, m.height) == im.size == (80, 120) and im.mode == "RGB", name
        top, foot = np.asarray(im)[:30].mean(), np.asarray(im)[-30:].mean()
        assert (top > 180 and foot < 60) if name != "clear.png" else tuple(im.getpixel((5, 5))) == (0x20, 0x40, 0x60), name


# ---- bad input


FIELD = Field(box=Box(x=0, y=0, w=64, h=64), gradient=("#102030", "#204060"))


def place(n, start, frames):
    return Place(id=f"s{n}", line_id=f"l{n}", start=start, frames=frames, layers=(FIELD,))


@pytest.mark.parametrize("spans,says", [
    ((), "the shots cover 0 of"), (((0, 10), (8, 10)), "frame 10 was due"), (((0, 10), (12, 10)), "frame 10 was due"),
    (((0, 10), (10, 0)), "shot s1"), (((0, 10), (10, 5)), "cover 15 of 20"), (((5, 15),), "frame 0 was due"),
])  # fmt: skip
def test_places_that_do_not_fit_together(spans, says):
    with pytest.raises(BadInput, match=says):
        timeline(tuple(place(n, *s) for n, s in enumerate(spans)), 20, 64, 64)


def test_captions_that_overlap():
    both = (Overlay(id="a", start=0, frames=10, text="one", layers=()), Overlay(id="b", start=8, frames=10, text="two", layers=()))
    with pytest.raises(BadInput, match="'two' at frame 8"):
        dataclasses.replace(timeline((place(0, 0, 20),), 20, 64, 64), overlays=both)


def test_no_shots_a_shot_of_no_length_and_one_without_a_visual():
    said = film_of(speech("Waves roll"))
    with pytest.raises(BadInput, match="the shots cover 0 of"):
        assemble("Sea", said, (), ())
    with pytest.raises(BadInput, match="a shot of 0 frames"):
        a_shot("a", 0, None)
    with pytest.raises(BadInput, match="without a visual"):
        assemble("Sea", said, (a_shot("a", said.frames, None),), ())
    with pytest.raises(BadInput, match="frame 10 was due"):
        twice = (a_shot("a", 10, Motion(template="phrase", layers=(FIELD,))),) * 2
        assemble("Sea", dataclasses.replace(said, frames=20), twice, ())


def test_a_hundred_shots(tmp_path):
    with scratch_run() as run:
        t = timeline(tuple(place(n, 2 * n, 2) for n in range(100)), 200, 64, 64)
        assert len(segments(t)) == 100
        film = render(t, run)
        assert film.frames == 200 == probe(run.path(film.video)).frames


@pytest.mark.parametrize("kind", ["clip", "still"])
def test_what_is_gone_before_the_render_is_named(tmp_path, kind):
    path = write(tmp_path / "waves.mp4", 150) if kind == "clip" else tmp_path / "waves.png"
    if kind == "still":
        Image.effect_noise((1200, 2000), 60).convert("RGB").save(path)
    said = film_of(speech("Waves roll over the beach"))
    brief = Brief(title="Sea", materials=(probe_media(path),))
    with scratch_run() as run:
        raw = path.read_bytes()
        path.unlink()
        with pytest.raises(BadInput, match="waves"):
            shots(said, run, brief)  # gone between the brief and the plan
        path.write_bytes(raw)
        made = shots(said, run, brief)
        path.unlink()
        t = dataclasses.replace(assemble("Sea", said, made, ()), cues=())
        check(t, run)  # the film no longer needs the file itself
        visual = made[0].visual
        art = visual.media if isinstance(visual, Footage) else next(x.image for x in visual.layers if hasattr(x, "image"))
        run.path(art).unlink()
        with pytest.raises(BadInput, match="gone from the store") as e:
            render(t, run)
        assert "shot beat-1" in str(e.value)


def test_a_clip_that_was_changed_since_the_brief_was_read(tmp_path):
    path = write(tmp_path / "waves.mp4", 150)
    brief = Brief(title="Sea", materials=(probe_media(path),))
    write(path, 140)
    with scratch_run() as run, pytest.raises(BadInput, match="has changed since the brief was read"):
        shots(film_of(speech("Waves roll over the beach")), run, brief)
