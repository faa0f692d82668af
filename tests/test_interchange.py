"A film leaves for other tools and comes back."

import numpy as np
import pytest

from viralforge import interchange
from viralforge.core import BadInput, Missing
from viralforge.film import frames, probe
from viralforge.interchange import from_moviepy, to_otio, write_otio
from viralforge.pipeline import Draft, find_brief
from viralforge.render import draw_frame
from viralforge.store import Store, scratch_run


@pytest.fixture(scope="module")
def draft(tmp_path_factory):
    return Draft(find_brief("octopus"), store=Store(tmp_path_factory.mktemp("out") / ".store"), seconds=10)


def test_an_editor_reads_the_same_cuts(draft, tmp_path):
    otio = pytest.importorskip("opentimelineio", reason="pip install -e '.[interchange]'")
    t = draft.timeline
    (tmp_path / "stems").mkdir()
    (tmp_path / "stems/voice.flac").touch()
    back = otio.adapters.read_from_file(str(write_otio(t, tmp_path / "film.otio")))
    video, voice = back.tracks
    for n, (p, c) in enumerate(zip(t.places, video, strict=True)):
        assert (c.name, c.metadata["viralforge"]["line"]) == (p.id, p.line_id)
        assert c.source_range.start_time.to_frames() == p.start == video.range_of_child_at_index(n).start_time.to_frames()
        assert c.duration().to_frames() == p.frames
    assert [m.name for m in video.markers] == [o.text for o in t.overlays]
    assert voice[0].media_reference.target_url == "stems/voice.flac" and back.duration().to_frames() == t.frames


def test_moviepy_sees_the_same_pictures_and_hears_the_same_sound(draft):
    pytest.importorskip("moviepy", reason="pip install -e '.[interchange]'")
    t = draft.timeline
    clip = t.to_moviepy(draft.run, scale=0.25)
    assert clip.duration == pytest.approx(t.seconds) and clip.audio.duration == pytest.approx(t.seconds, abs=0.05)
    for n in (0, t.places[1].start - 1, t.places[1].start, t.frames - 1):
        assert (clip.get_frame(n / t.fps) == draw_frame(t, n, draft.run, 0.25)).all(), n
    begin = t.speech[0][0] / 48000
    loud = np.abs(clip.audio.subclipped(begin, begin + 1).to_soundarray(fps=48000)).max()
    assert loud > 0.05


def test_a_moviepy_clip_comes_in_without_loss_and_the_same_clip_is_the_same_file():
    mp = pytest.importorskip("moviepy", reason="pip install -e '.[interchange]'")
    noise = np.random.default_rng(1).integers(0, 256, (8, 62, 34, 3), np.uint8)
    clip = mp.VideoClip(lambda t: noise[min(int(t * 30 + 1e-6), 7)], duration=8 / 30)
    with scratch_run() as run:
        path = from_moviepy(clip, run)
        assert (np.stack([f for _, f in frames(path)]) == noise).all() and probe(path).frames == 8
        assert from_moviepy(clip, run) == path


def test_without_the_libraries_the_error_says_what_to_install(draft, monkeypatch):
    monkeypatch.setattr(interchange, "find_spec", lambda name: None)
    with pytest.raises(Missing, match="interchange"):
        to_otio(draft.timeline)
    with pytest.raises(Missing, match="interchange"):
        draft.timeline.to_moviepy(draft.run)


def test_a_still_is_no_clip():
    mp = pytest.importorskip("moviepy", reason="pip install -e '.[interchange]'")
    with scratch_run() as run, pytest.raises(BadInput, match="duration"):
        from_moviepy(mp.ColorClip((8, 8), (1, 2, 3)), run)


def test_a_moviepy_clip_goes_on_a_line(draft):
    mp = pytest.importorskip("moviepy", reason="pip install -e '.[interchange]'")
    clip = mp.VideoClip(lambda t: np.full((960, 540, 3), (20, 60 + int(t * 20), 160), np.uint8), duration=5)
    line = draft.script.lines[-2].id
    put = draft.shot(line, clip)
    shown = [s for s in put.shots if s.line.id == line]
    assert shown and all(s.visual.kind == "footage" for s in shown)
    t = put.timeline
    first, last = t.span(line)
    middle = draw_frame(t, (first + last) // 2, put.run, 0.25, captions=False)
    assert middle[-40:-5].mean(axis=(0, 1)).argmax() == 2  # blue, as the clip is
