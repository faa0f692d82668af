"A brief becomes a film through papermill; the file is decoded and measured."

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from measure import tree
from speech import aligned, heard, word_errors

from viralforge import film as fm
from viralforge.audio import write_wav
from viralforge.core import BadInput, ForgeError, digest, from_json
from viralforge.pipeline import Draft, find_brief, licences
from viralforge.record import Film, RunRecord
from viralforge.render import draw_frame, stems
from viralforge.runs import run_brief
from viralforge.store import Store, run_index
from viralforge.timeline import Timeline

ROOT = Path(__file__).resolve().parent.parent
OCTOPUS = ROOT / "papermill_runs/briefs/octopus.md"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    "The example film, made by the run notebook."
    out = tmp_path_factory.mktemp("out")
    return run_brief("octopus", {"seconds": 20}, out=out, quiet=True)


@pytest.fixture(scope="module")
def timeline(made):
    return from_json(Timeline, (made / "timeline.json").read_text())


@pytest.fixture(scope="module")
def record(made):
    return from_json(RunRecord, (made / "run.json").read_text())


@pytest.fixture(scope="module")
def draft(made, record):
    return Draft(record.brief, store=Store(made.parent / ".store"))


def test_the_folder_holds_the_film_and_all_that_belongs_to_it(made, record):
    for name in ("film.mp4", "cover.jpg", "captions.srt", "captions.vtt", "script.md", "timeline.json", "run.json", "quality.json",
                 "stems/voice.flac", "stems/music.flac", "make_video.ipynb", "make_video.html"):  # fmt: skip
        assert (made / name).stat().st_size > 0, name
    assert record.state == "done" and record.licences and record.versions["numpy"]
    assert not [p for p in made.rglob(".part-*")]


def test_the_container_is_what_platforms_take(made, timeline):
    p = fm.probe(made / "film.mp4")
    assert (p.width, p.height, p.fps, p.frames) == (1080, 1920, 30, timeline.frames)
    assert (p.codec, p.profile, p.pix_fmt) == ("h264", "High", "yuv420p") and p.faststart
    assert p.constant and p.start == 0 and p.square and p.colour == ("limited", "bt709", "bt709", "bt709")
    assert (p.audio, p.rate, p.channels) == ("aac", 48_000, 2) and p.sound_start == 0
    assert abs(p.sound_seconds - timeline.seconds) <= 1 / 30 and timeline.seconds == pytest.approx(p.seconds, abs=1 / 30)


def test_the_length_is_that_of_the_voice(made, timeline, draft):
    last = draft.voiceover.starts[-1] / 30 + draft.voiceover.lines[-1].words[-1].end
    assert 0.2 <= timeline.seconds - last <= 1.2
    assert timeline.seconds == pytest.approx(20, rel=0.15)


def test_loudness_and_peak_of_the_delivered_file(made):
    measured = fm.ebur128(made / "film.mp4")
    assert -15 <= measured["integrated"] <= -13 and measured["true_peak"] <= -1.0


def test_the_stems_sum_to_the_mix(made):
    mix = fm.sound(made / "stems/mix.flac")
    total = sum(fm.sound(made / f"stems/{n}.flac") for n in ("voice", "music"))
    assert 20 * np.log10(np.abs(mix - total).max() + 1e-12) < -60


def test_nothing_is_black_and_nothing_stands_still(made):
    small = np.stack([f.mean(axis=2) for _, f in fm.frames(made / "film.mp4", width=96)])
    assert small.mean(axis=(1, 2)).min() > 12
    moving = np.abs(np.diff(small, axis=0)).mean(axis=(1, 2))
    assert (moving > 0.02).mean() > 0.95


def test_there_is_sound_in_every_second_of_speech(made, timeline):
    array = fm.sound(made / "film.mp4", 48_000)
    for a, b in timeline.speech:
        for t in range(a, b - 48_000, 48_000):
            assert np.sqrt((array[t : t + 48_000] ** 2).mean()) > 0.01


def test_an_independent_recogniser_hears_the_script(made, draft):
    words = heard(fm.sound(made / "film.mp4", 48_000), 48_000)
    wanted = " ".join(line.text for line in draft.script.lines)
    assert word_errors(wanted, " ".join(w for w, *_ in words)) <= 0.05


def test_captions_lie_in_the_safe_rectangle_by_decoded_pixels(made, timeline, draft):
    "The film is made again without captions; where the two differ, there is a caption."
    plain = draft.set(captions=False)
    bare = plain.run.path(plain.film.video)
    assert not plain.timeline.overlays and plain.timeline.places == timeline.places
    s = timeline.safe
    for o in timeline.overlays[::3]:
        at = (o.start + o.frames // 2) / timeline.fps
        a, b = (fm.still(f, at).astype(int) for f in (made / "film.mp4", bare))
        differs = (np.abs(a - b).max(axis=2) > 60).astype(np.uint8)
        ys, xs = np.nonzero(cv2.medianBlur(differs, 5))  # without single pixels that the two encodes quantise otherwise
        assert len(xs) > 500, o.text
        assert s.x <= xs.min() and xs.max() <= s.right and s.y <= ys.min() and ys.max() <= s.bottom, o.text
        assert timeline.band.y - 4 <= ys.min() and ys.max() <= timeline.band.bottom + 4, o.text


def test_the_decoded_frame_is_the_planned_one(made, timeline, draft):
    for n in (5, timeline.frames // 2, timeline.frames - 3):
        got = fm.still(made / "film.mp4", n / 30)
        want = draw_frame(timeline, n, draft.run)
        mse = ((got.astype(float) - want) ** 2).mean()
        assert 10 * np.log10(255**2 / mse) > 32


def test_every_word_is_captioned_once_and_in_order(timeline, draft):
    shown = " ".join(o.text for o in timeline.overlays).split()
    assert shown == " ".join(line.text for line in draft.script.lines).split()


def test_captions_light_up_when_an_aligner_hears_their_words(made, timeline, draft):
    "Over three films of other words: the frames at which captions light a word, against the delivered voice."
    errors = []
    for t, voice in [(timeline, made / "stems/voice.flac"), *(spoken(draft, name) for name in ("sleep", "hubble"))]:
        sound, rate = fm.sound(voice).mean(axis=1), 48000
        for a, b in t.speech:
            first, last = a / 48000 - 0.1, b / 48000 + 0.1
            states = [(o.start + i.start, o, k) for o in t.overlays for k, i in enumerate(o.layers[0].items)]
            own = [(at / t.fps, o.text.split()[k]) for at, o, k in states if first <= at / t.fps < last and len(o.text.split()) == len(o.layers[0].items)]
            words = [w for o in t.overlays if first <= o.start / t.fps < last for w in o.text.split()]
            begin = max(first, 0.0)
            found = aligned(words, sound[int(begin * rate) : int(last * rate)], rate) if len(own) == len(words) else None
            errors += [at - (begin + f) for (at, _), f in zip(own, found or (), strict=bool(found))]
    assert len(errors) > 60, "too few words to judge by"
    off = np.abs(np.array(errors) - np.median(errors))
    print(f"{len(errors)} words, bias {np.median(errors) * 1000:.0f} ms, median {np.median(off) * 1000:.0f}, p95 {np.percentile(off, 95) * 1000:.0f}")
    assert np.median(off) <= 0.08 and np.percentile(off, 95) <= 0.15


def spoken(draft, name):
    "The timeline of another brief, and its voice as a file."
    other = Draft(find_brief(name), store=draft.store, seconds=30, visuals=("motion",))
    path = draft.store.root / f"{name}.wav"
    sounds, total = stems(other.timeline, other.run)
    write_wav(path, sounds["voice"](0, total), 48000)
    return other.timeline, path


def test_a_draft_takes_what_the_command_takes(tmp_path):
    store = Store(tmp_path / ".store")
    d = Draft("octopus", store=store, seconds=8)
    assert d.brief.title == Draft(find_brief("octopus"), store=store).brief.title and d.brief.notes
    for wrong in ({"seconds": 500}, {"seconds": "abc"}, {"secnods": 3}):
        with pytest.raises(BadInput):
            Draft(d.brief, store=store, **wrong)
    with pytest.raises(BadInput):
        d.make(budget=-1)
    with pytest.raises(BadInput, match="nonsense"):
        d.make(allow=("nonsense",))
    with pytest.raises(BadInput, match="frame"):
        d.frame(float("nan"))


def test_sidecars_are_valid(made, timeline):
    stamp = r"(\d\d):(\d\d):(\d\d)[,.](\d{3})"
    for name in ("captions.srt", "captions.vtt"):
        spans = re.findall(f"{stamp} --> {stamp}", (made / name).read_text())
        seconds = [[int(h) * 3600 + int(m) * 60 + int(s) + int(ms) / 1000 for h, m, s, ms in (x[:4], x[4:])] for x in spans]
        assert seconds and all(a < b for a, b in seconds) and seconds[-1][1] <= timeline.seconds + 0.01
        assert all(p[1] <= q[0] + 1e-9 for p, q in zip(seconds, seconds[1:], strict=False))
    assert (made / "captions.vtt").read_text().startswith("WEBVTT\n")


def test_the_page_shows_all_of_it_and_needs_no_network(made):
    page = (made / "make_video.html").read_text()
    assert 'src="film.mp4"' in page and "checks passed" in page and "Conformance" in page and "saved s" in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert page.count("data:image/") >= 3
    nb = json.loads((made / "make_video.ipynb").read_text())
    assert not [o for c in nb["cells"] if c["cell_type"] == "code" for o in c["outputs"] if o["output_type"] == "error"]
    assert (made / "make_video.ipynb").stat().st_size < 2**20  # the film is linked, not embedded


def test_an_editor_opens_the_film(made, record, timeline):
    otio = pytest.importorskip("opentimelineio", reason="pip install -e '.[interchange]'")
    path = Film(record).to_otio()
    back = otio.adapters.read_from_file(str(path))
    clips = list(back.tracks[0])
    assert [c.source_range.start_time.to_frames() for c in clips] == [p.start for p in timeline.places]
    urls = {c.media_reference.target_url for c in back.find_clips()}
    assert "film.mp4" in urls and all((path.parent / u).exists() for u in urls)


def test_the_second_run_recalls_everything(made, record):
    again = run_brief("octopus", {"seconds": 20}, out=made.parent, quiet=True)
    second = from_json(RunRecord, (again / "run.json").read_text())
    assert again != made and {c.state for c in second.bill.charges} == {"hit"}
    assert second.outputs["film.mp4"] == record.outputs["film.mp4"]


def test_an_inserted_line_voices_one_line_and_renders_what_it_touches(made, draft):
    import uuid

    after = draft.script.lines[1].id
    longer = draft.insert(after, "Nobody expected that, not even the people who look after them.")
    longer.run.id = f"draft-{uuid.uuid4()}"
    assert longer.film.frames > draft.timeline.frames
    steps = longer.run.bill().charges
    done = lambda stage: [c.of for c in steps if c.stage == stage and c.state == "done"]
    new = next(x.id for x in longer.script.lines if x not in draft.script.lines)
    assert done("narration") == [new]
    ids = [x.id for x in longer.script.lines]
    following, then = (ids + ["none"])[ids.index(new) + 1 : ids.index(new) + 3]
    last_shot = [p.id for p in draft.timeline.places if p.line_id == after][-1]  # its pause may have changed
    others = [of for of in done("segment") if not of.startswith(new)]
    assert len(done("segment")) > len(others)
    anew = any(of.startswith(following) and not of.endswith("+0") for of in others)  # it would look like the line that was inserted
    assert all(of.startswith((f"{last_shot}+", following, *((f"{then}+0",) if anew else ()))) for of in others), others


def test_same_brief_same_seed_same_bytes(tmp_path, made, record):
    "A store of its own, nothing recalled: the film is the same to the byte."
    other = Draft(record.brief, store=Store(tmp_path / ".store")).film
    assert other.video.digest == record.outputs["film.mp4"]


# ---- stopping and going on


def start(out, *more, seconds=10):
    "The command, from a folder that is not the checkout's. It hears Ctrl-C even where the tests run in the background of a script, which ignores it."
    code = "import sys; from viralforge.cli import main; sys.exit(main(sys.argv[1:]))"
    args = [sys.executable, "-c", code, "make", str(OCTOPUS), "--out", str(out), "--set", f"seconds={seconds}", *more]
    return subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, cwd=out,
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # fmt: skip


def wait_for(out, stage, seconds=90):
    "Until a step of that stage is in the ledger, or a file of that name is in the run's folder."
    import sqlite3

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if "." in stage and list(out.glob(f"*/{stage}")):
                return
            with sqlite3.connect(f"file:{out}/.store/ledger.db?mode=ro", uri=True, timeout=5) as c:
                if c.execute("select count(*) from steps where stage = ?", (stage,)).fetchone()[0]:
                    return
        except sqlite3.OperationalError:
            pass
        time.sleep(0.01)
    raise AssertionError(f"no {stage} within {seconds} s")


STAGES = ("script", "narration", "music", "direction", "picture", "shot", "segment", "mix", "join", "quality", "captions.srt")


def test_killed_at_each_stage_the_next_run_goes_on(tmp_path):
    "With the kernel, or the command alone: then the kernel takes a moment to notice, and the next run waits for it."
    ids = set()
    for stage in STAGES:
        p = start(tmp_path)
        wait_for(tmp_path, stage)
        for pid in [p.pid] if stage in ("narration", "segment") else tree(p.pid):
            os.kill(pid, signal.SIGKILL)
        p.communicate()
        ids |= {r["id"] for r in run_index(Store(tmp_path / ".store"))}
    p = start(tmp_path)
    out, err = p.communicate(timeout=300)
    assert p.returncode == 0, err
    assert "continuing run" in err and len(ids) == 1
    (run,) = run_index(Store(tmp_path / ".store"))
    assert run["state"] == "done" and run["id"] in ids
    record = from_json(RunRecord, (Path(run["folder"]) / "run.json").read_text())
    keys = [(c.stage, c.of) for c in record.bill.charges if c.state == "done"]
    assert len(keys) == len(set(keys)), "a finished step was made twice"
    assert {c.stage for c in record.bill.charges} == set(STAGES[:-1])


def test_a_killed_run_leaves_nothing_in_the_folder_it_was_started_from(tmp_path):
    p = start(tmp_path)
    wait_for(tmp_path, "narration")
    for pid in tree(p.pid):
        os.kill(pid, signal.SIGKILL)
    p.communicate()
    left = [x.name for x in tmp_path.iterdir() if x.name != ".store" and not re.fullmatch(r"\d{8}-\d{6}-\w{6}", x.name)]
    assert not left, left


def test_ctrl_c_is_one_line_and_the_next_run_goes_on(tmp_path):
    p = start(tmp_path)
    wait_for(tmp_path, "segment")
    os.killpg(p.pid, signal.SIGINT)
    out, err = p.communicate(timeout=60)
    assert p.returncode == 130 and "goes on from the finished steps" in err and "Traceback" not in err
    (run,) = run_index(Store(tmp_path / ".store"))
    assert run["state"] == "interrupted" and not list(Path(run["folder"]).glob("film.mp4"))


BROKEN_OFF = """
import asyncio, sys
from viralforge import cli

def run(**_):
    "Stand in for a command."
    broken = asyncio.new_event_loop().create_future()
    broken.set_exception(RuntimeError("Kernel died"))
    raise KeyboardInterrupt

cli.cli.commands["doctor"].callback = run
sys.exit(cli.main(["doctor"]))
"""


def test_a_call_broken_off_by_ctrl_c_leaves_no_traceback(tmp_path):
    p = subprocess.run([sys.executable, "-c", BROKEN_OFF], cwd=tmp_path, capture_output=True, text=True)
    assert p.returncode == 130 and "goes on from the finished steps" in p.stderr and "Kernel died" not in p.stderr, p.stderr


# ---- wrong input


@pytest.mark.parametrize(
    "text, names",
    [
        ("", ["empty"]),
        ("---\ntitel: x\n---\nAn octopus has three hearts.", ["titel", "title"]),
        ("---\ntitle: x\nseconds: 400\n---\nAn octopus has three hearts.", ["seconds", "5", "180"]),
        ("---\ntitle: x\nseconds: long\n---\nAn octopus has three hearts.", ["seconds"]),
        ("---\ntitle: Octopuses\nlanguage: fi\n---\nAn octopus has three hearts.", ["language", "en"]),
        ("---\ntitle: Octopuses\n---\n![x](no.jpg)\nAn octopus has three hearts.", ["no.jpg"]),
        ("---\ntitle: Octopuses\n---\n", ["notes", "writer"]),
        ("---\ntitle: x\nstyle: aurorra\n---\nAn octopus has three hearts.", ["aurorra", "aurora"]),
        ("---\ntitle: x\nmusic: hapy\n---\nAn octopus has three hearts.", ["hapy", "happy"]),
    ],
)
def test_a_wrong_brief_is_one_line_and_leaves_nothing(tmp_path, text, names):
    brief = tmp_path / "brief.md"
    brief.write_text(text)
    with pytest.raises(ForgeError) as e:
        run_brief(brief, out=tmp_path / "out", quiet=True)
    assert "\n" not in str(e.value) and all(n in str(e.value) for n in names), str(e.value)
    assert not (tmp_path / "out").exists(), "a wrong brief is found before anything is written"


def test_a_misspelt_parameter_is_an_error_also_with_papermill_alone(tmp_path):
    import papermill

    with pytest.raises(papermill.PapermillExecutionError, match="did you mean seconds"):
        papermill.execute_notebook(str(ROOT / "papermill_runs/make_video.ipynb"), str(tmp_path / "x.ipynb"), {"secnods": 20, "out": str(tmp_path)},
                                   kernel_name="python3", progress_bar=False)  # fmt: skip
    assert not list(tmp_path.glob("*/film.mp4"))


def test_a_misspelt_parameter_is_an_error_before_anything_runs(tmp_path):
    with pytest.raises(BadInput, match="did you mean seconds"):
        run_brief("octopus", {"secnods": 20}, out=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_one_line_and_the_next_run_goes_on(tmp_path):
    "A file system of a few MB, where one can be mounted."
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(small)], capture_output=True).returncode:
        pytest.skip("no file system can be mounted here: needs root")
    try:
        store = Store(small / ".store")
        notes = OCTOPUS.read_text().split("---")[2]
        brief = {"title": "Three hearts", "seconds": 8, "notes": notes}
        with pytest.raises(ForgeError, match="disk is full|ledger cannot be used.*full"):
            Draft(brief, store=store).make()
        assert not list(small.rglob("film.mp4"))
        subprocess.run(["mount", "-o", "remount,size=200m", str(small)], check=True)
        film = Draft(brief, store=store).make()
        assert film.record.resumed and film.video.exists()
        made = [(c.stage, c.of) for c in film.bill.charges if c.state == "done"]
        assert len(made) == len(set(made)), "a finished step was made twice"
        store.ledger.db.dispose()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def test_a_script_that_nobody_edited_is_not_taken_for_an_edit(tmp_path):
    "The page of an interrupted export, met by a writer that writes otherwise now."
    draft = Draft(find_brief("octopus"), store=Store(tmp_path / ".store"), seconds=10)
    page = draft.review()
    old = page.read_text()
    other = old.replace(draft.script.lines[0].text, "What would an older writer have said?")
    mark = other.rpartition("\n<!-- as written: ")[0]
    page.write_text(f"{mark}\n<!-- as written: {digest(mark)} -->\n")  # as an older writer would have left it
    assert not draft.begin().edits
    page.write_text(other)  # as a person would
    assert draft.begin().script.lines[0].text == "What would an older writer have said?"


def test_what_a_person_edited_outlives_a_second_review_and_a_failed_export(tmp_path):
    draft = Draft(find_brief("octopus"), store=Store(tmp_path / ".store"), seconds=8, music="none")
    page = draft.review()
    page.write_text(page.read_text() + "\n## beat\n\nNobody expected that.\n")  # below the mark, where a person adds
    draft.review()
    assert "Nobody expected that." in page.read_text()
    (page.parent / "film.mp4" / "in-the-way").mkdir(parents=True)
    with pytest.raises(ForgeError, match="film.mp4"):
        draft.begin().make()
    shutil.rmtree(page.parent / "film.mp4")
    film = draft.begin().make()
    assert "Nobody expected that." in (film.folder / "captions.vtt").read_text().replace("\n", " ") and film.record.edits


def test_a_script_page_that_is_no_text_is_one_clear_error(tmp_path):
    draft = Draft(find_brief("octopus"), store=Store(tmp_path / ".store"), seconds=8)
    draft.review().write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="script.md.*UTF-8"):
        draft.begin()


def test_what_the_voice_cannot_say_is_told(tmp_path):
    draft = Draft({"title": "Signs", "notes": "It is written as 💥💥 in the old book of signs. Nobody reads it today."}, store=Store(tmp_path / ".store"), seconds=8)
    said = draft.edit("payoff", "It is written as 💥 in the book.")
    assert any("not spoken in line payoff: 💥" in n for n in said.notices), said.notices


def test_a_picture_named_in_the_script_page_is_shown(tmp_path):
    draft = Draft(find_brief("octopus"), store=Store(tmp_path / ".store"), seconds=10)
    page, photo = draft.review(), find_brief("hubble").parent / "media/deep-field.jpg"
    line = draft.script.lines[1]
    page.write_text(page.read_text().replace(f"\n{line.text}\n", f"\n{line.text}\nvisual: {photo}\n"))
    shots = [s for s in draft.begin().shots if s.line.id == line.id]
    assert shots and all(s.visual.template == "photo" for s in shots)
    assert "deep-field.jpg" in " ".join(licences(draft.begin()))


# ---- the faces


def test_review_stops_before_the_voice_and_goes_on_from_the_edited_script(tmp_path):
    p = start(tmp_path, "--review")
    out, err = p.communicate(timeout=60)
    assert p.returncode == 0, err
    (page,) = tmp_path.glob("*/script.md")
    text = page.read_text()
    first = next(line for line in text.splitlines() if line.strip() and text.split("## hook")[1].strip().startswith(line.strip()))
    page.write_text(text.replace(first, "Three hearts. One of them quits."))
    p = start(tmp_path)
    out, err = p.communicate(timeout=300)
    assert p.returncode == 0, err
    record = from_json(RunRecord, (page.parent / "run.json").read_text())
    assert record.edits and "One of them quits." in (page.parent / "captions.srt").read_text()


def test_the_wheel_works_from_an_empty_folder(tmp_path):
    pytest.importorskip("build", reason="pip install -e '.[dev]'")
    copy = tmp_path / "source"
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for f in files:
        if (ROOT / f).is_file():
            (copy / f).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / f, copy / f)
    subprocess.run([sys.executable, "-m", "build", "-q", "-o", str(tmp_path / "dist"), str(copy)], check=True, capture_output=True)
    assert len(list((tmp_path / "dist").glob("*.tar.gz"))) == 1  # the wheel was built from the sdist
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert {f"viralforge/data/art/{f}" for f in ("colour.zip", "flat.zip", "names.json", "english.toml", "homographs.toml", "LICENSES.md")} <= packed
    assert wheel.stat().st_size <= 12e6
    env = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", str(env)], check=True)
    pip = [str(env / "bin/python"), "-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    empty = tmp_path / "empty"
    empty.mkdir()
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRALFORGE_STORE")} | {"PATH": f"{env / 'bin'}:/usr/bin:/bin"}
    run = lambda *a: subprocess.run([str(env / "bin/viralforge"), *a], cwd=empty, env=clean, capture_output=True, text=True)
    assert run("doctor").returncode == 0
    code = "import pathlib, sys; from viralforge.ledger import upgrade_ledger; print(upgrade_ledger(pathlib.Path(sys.argv[1])))"
    old = shutil.copytree(ROOT / "tests/fixtures/store-1", tmp_path / "old")
    told = subprocess.run([str(env / "bin/python"), "-c", code, str(old)], cwd=empty, env=clean, capture_output=True, text=True)
    assert "upgraded from make 0001" in told.stdout, told.stderr
    done = run("make", "octopus", "--set", "seconds=8")
    assert done.returncode == 0, done.stderr
    assert list(empty.glob("papermill_runs/out/*/film.mp4"))
    assert run("new", "shorts").returncode == 0 and (empty / "shorts/briefs/octopus.md").exists() and (empty / "shorts/make_video.ipynb").exists()


def test_a_brief_can_come_from_parameters_alone(tmp_path):
    notes = "An octopus has three hearts. Two of them pump blood through the gills. The third stops when the octopus swims."
    folder = run_brief("", {"title": "Three hearts", "notes": notes, "seconds": 6, "music": "none"}, out=tmp_path, quiet=True)
    record = from_json(RunRecord, (folder / "run.json").read_text())
    assert record.title == "Three hearts" and record.seconds < 12 and not (folder / "stems/music.flac").exists()


def test_a_workspace_has_notebooks_and_briefs_of_its_own(tmp_path, monkeypatch):
    from viralforge.cli import main
    from viralforge.runs import execute, run_notebook

    assert main(["new", str(tmp_path / "w")]) == 0
    monkeypatch.chdir(tmp_path / "w")
    assert run_notebook() == tmp_path / "w/make_video.ipynb"
    own = tmp_path / "w/briefs/octopus.md"
    own.write_text(own.read_text().replace("title:", "title: Mine,", 1))
    assert Draft("octopus", store=Store(tmp_path / ".store")).brief.title.startswith("Mine,")
    page = execute("look_and_edit.ipynb", {"brief": "octopus", "seconds": 8, "out": str(tmp_path / "out")}, tmp_path / "looked.ipynb", quiet=True)
    shown = [list(o["data"]) for c in json.loads(page.read_text())["cells"] if c["cell_type"] == "code" for o in c["outputs"] if "data" in o]
    assert sum("text/html" in kinds for kinds in shown) >= 4 and any("text/markdown" in kinds for kinds in shown)
