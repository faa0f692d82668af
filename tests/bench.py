"""How fast films are made on this machine: `make bench`, or `python tests/bench.py --quick` for a short look.

Two timelines of 40 s are built from the library's own values. *stills*: pictures with a slow zoom, word captions, no
sound. *mixed*: half pictures, a tenth clips, the rest designed scenes; captions, cross-fades, a voice and music. Each is
measured three ways, in turns, in processes of their own, with x264 preset veryfast and CRF 20 on every side (a film is
made at CRF 17, and VMAF is measured at that; our encoder, and so the bare one, looks 5 frames ahead where the preset says 10):

(a) bare: the finished frames lie in memory and are only encoded, in the same segments and order by as many workers;
(b) ours: `render` from an empty store, from opening the pictures to the delivered mp4 with its mastered sound;
(c) MoviePy: `tests/bench_moviepy.py`.

Medians of wall and CPU seconds and their ratios are printed, the ratios beside their targets, and written to `bench.json`, and the peak
memory of the process tree (PSS), which is read in a run of its own: reading it slows what is read.

What a second of a longer film takes is measured on *verses*: `mixed` in verses of 30 s, the same words and as many frames of
each kind in every verse, with other pictures, layouts and parts of the clip, so nothing is made once for two verses. A machine drifts by a
fifth within minutes; so a film of 30 s is made before and after each longer one, and the longer is divided by the two.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from measure import pss, tree

from viralforge.core import from_json, to_json
from viralforge.film import Encoder, encode
from viralforge.picture import Canvas, Composer, blank
from viralforge.render import Painter, draft, draw_frame, in_turn, render, segments
from viralforge.store import scratch_run
from viralforge.timeline import Timeline, assemble
from viralforge.types import Artefact, Box, Footage, Key, Line, Move, Picture, Script, Still

W, H, FPS = 1080, 1920, 30
MATERIAL = Path(os.environ.get("VIRALFORGE_BENCH", "."))  # pictures and a clip, made once for all runs
WORDS = (
    "An octopus has three hearts, and two of them stop when it swims.",
    "Each arm tastes what it touches with hundreds of suckers.",
    "Most of its 500 million neurons lie in the arms, not in the head.",
    "Its skin changes colour in less than a second, although it sees no colour.",
    "It can press its whole body through a hole the size of a coin.",
    "A mother guards her eggs for months, and she never eats again.",
    "Some carry coconut shells along as a house for later.",
    "Follow for more of what lives below the surface.",
)  # fmt: skip
VERSE, VERSE_SHOTS = 7, 11  # lines and shots of a verse: 30 s with the pause after it

TARGETS = {
    "stills_over_encode": ("at most", 1.25),
    "mixed_over_encode": ("at most", 1.5),
    "moviepy_over_ours_wall": ("at least", 10),
    "moviepy_over_ours_cpu": ("at least", 5),
    "two_workers": ("at least", 1.8),  # one worker's time over that of two
    "peak_mb": ("at most", 600),
    "peak_spread": ("at most", 1.15),  # from 30 to 180 s of film
    "time_spread": ("at most", 1.1),  # per second of film
    "edit_over_full": ("at most", 0.2),
    "caption_over_full": ("at most", 0.12),
    "draft_line_s": ("at most", 3),
    "frame_s": ("at most", 0.3),
    "hooks_over_one": ("at most", 3),
    "vmaf": ("at least", 95),
}  # what is written to bench.json

HOOKS = (
    "Why does an octopus need three hearts?",
    "Three hearts, nine brains and blue blood.",
    "An octopus has more hearts than you.",
    "Two of its three hearts stop when it swims.",
    "What beats three times in one body?",
    "This animal thinks with its arms.",
    "Its blood is blue, and that is why.",
    "Nobody expected three hearts in there.",
    "One heart is not enough for this animal.",
    "Would you swim if your heart stopped?",
    "The cleverest thing without a bone.",
    "How many hearts are in an octopus?",
)  # first lines for the same film


# -- the films ---------------------------------------------------------------------------------------------------------


def photograph(seed: int) -> np.ndarray:  # uint8 BGR (2400, 1600, 3)
    "A picture like a photograph: as much contrast in every octave of detail, a part out of focus, edges, a little grain."
    rng, size = np.random.default_rng(seed), (2400, 1600)
    spread = lambda cell, depth: cv2.resize(rng.standard_normal((size[0] // cell + 2, size[1] // cell + 2, depth)).astype(np.float32), size[::-1], interpolation=cv2.INTER_CUBIC)
    out, sharp = np.full((*size, 3), 120, np.float32), np.clip(spread(500, 1) * 0.8 + 0.5, 0, 1)[..., None]
    for cell in (512, 256, 128, 64, 32, 16, 8, 4, 2):
        out += 15 * (0.35 * spread(cell, 3) + spread(cell, 1)[..., None]) * (sharp if cell < 64 else 1)
    for _ in range(14):
        centre, axes = tuple(int(n) for n in rng.integers(0, 1600, 2) * (1, 1.5)), tuple(int(n) for n in rng.integers(60, 420, 2))
        shade = np.zeros(size, np.uint8)
        cv2.ellipse(shade, centre, axes, float(rng.integers(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
        out += shade[..., None] / 255.0 * (rng.random(3).astype(np.float32) - 0.5) * 120
    return np.clip(out + rng.standard_normal((*size, 1)), 0, 255).astype(np.uint8)


def material() -> None:
    "Six pictures, and a clip of six seconds in 720x1280."
    for n in range(6):
        cv2.imwrite(str(MATERIAL / f"{n}.jpg"), photograph(n), [cv2.IMWRITE_JPEG_QUALITY, 92])
    zoom = Move(scale=(Key(at=0, to=1.0), Key(at=180, to=1.3, ease="linear")), rotate=(Key(at=0, to=-3), Key(at=180, to=3)))
    image = Artefact(digest="0" * 32, suffix=".jpg", size=0)
    stack = Composer((Picture(box=Box(x=-60, y=-100, w=840, h=1480), image=image, move=zoom),), lambda _: MATERIAL / "0.jpg", 720, 1280)
    encode((stack.draw(n) for n in range(180)), MATERIAL / "clip.mp4", 720, 1280, FPS)


def film(kind: str, seconds: int, run) -> Timeline:
    "A timeline of exactly so many seconds: `stills`, `mixed`, or `verses` (seconds in thirties)."
    from viralforge.briefs import read_brief
    from viralforge.captions import pages
    from viralforge.narration import narrate
    from viralforge.ports import MusicRequest, ask, backend
    from viralforge.shots import cut, picture

    said, frames, verses = [], seconds * FPS, kind == "verses"
    words = WORDS[:VERSE] if verses else WORDS
    for n in range(2 + seconds // 3):
        text, last = words[n % len(words)], n % len(words)
        said.append(Line(id=f"l{n}", role="hook" if n == 0 else "cta" if last == 7 else "beat", text=text, keywords=(text.split()[1],)))
    spoken = narrate(Script(title="Octopus", lines=tuple(said)), run)
    if verses:
        spoken = replace(spoken, starts=tuple(n // VERSE * 30 * FPS + spoken.starts[n % VERSE] for n in range(len(said))))
    fit = [n for n, (s, at) in enumerate(zip(spoken.lines, spoken.starts, strict=True)) if at + s.seconds * FPS < frames]
    spoken = replace(spoken, lines=spoken.lines[: fit[-1] + 1], starts=spoken.starts[: fit[-1] + 1], frames=frames)
    images = [run.put(MATERIAL / f"{n}.jpg") for n in range(6)]
    clip = Footage(media=run.put(MATERIAL / "clip.mp4"), seconds=6.0, fps=30.0, width=720, height=1280)
    brief, plan = read_brief({"title": "Octopus", "notes": " ".join(WORDS)}, visuals=("motion",)), cut(spoken)
    if verses and len(plan) * 30 != seconds * VERSE_SHOTS:
        raise SystemExit(f"{seconds} s of verses have {len(plan)} shots: a verse must have {VERSE_SHOTS}, or its verses are not alike")
    still = lambda n: Still(image=images[n % 6], width=1600, height=2400, focus=(0.5, 0.4))
    shown = []
    for n, shot in enumerate(plan):
        place = n % (VERSE_SHOTS if verses else 10)
        if kind == "stills" or place in (1, 3, 5, 7, 9):
            shown.append(replace(shot, visual=still(n)))
        else:
            part = replace(clip, begin=0.6 * (n // VERSE_SHOTS)) if verses else clip  # another one in each verse, or it would be made once
            shown.append(replace(shot, visual=part) if place == 4 else picture(shot, run, brief))
    music = None
    if kind != "stills":
        music = ask(run, "music", backend("music", "bundled"), MusicRequest(mood="happy", seconds=spoken.seconds)).files["music"]
    captions = tuple(p for s in spoken.lines for p in pages(s, fps=FPS))
    made = assemble("Octopus", spoken, tuple(shown), captions, music=music, transition="cut" if kind == "stills" else "fade")
    return made if kind != "stills" else replace(made, cues=(), speech=())


# -- measuring ---------------------------------------------------------------------------------------------------------


def cpu() -> float:
    "CPU seconds of this process and of its children."
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


@contextmanager
def clocked():
    "Wall and CPU seconds of a block, in the dict that it gives."
    out, began, used = {}, time.perf_counter(), cpu()
    yield out
    out |= {"wall": time.perf_counter() - began, "cpu": cpu() - used}


def planned(kind: str, seconds: int, run) -> Timeline:
    "The timeline, made by another process: here there shall be nothing but the renderer in memory."
    folder = MATERIAL / f"{kind}-{seconds}"
    if not (folder / "timeline.json").exists():
        with child("plan", kind, seconds, 0) as p:
            p.communicate()
    for file in folder.glob("*.*"):
        run.put(file)
    return from_json(Timeline, (folder / "timeline.json").read_text())


def plan(kind: str, seconds: int, workers: int) -> None:
    folder = MATERIAL / f"{kind}-{seconds}"
    folder.mkdir()
    with scratch_run() as run:
        made = film(kind, seconds, run)
        content = [to_json(s.content()) for s in segments(made)]
        if len({*content}) < len(content):
            raise SystemExit(f"{kind}, {seconds} s: {len(content) - len({*content})} segments are repeated and would be made once")
        for n, file in enumerate(p for p in (run.store.root / "objects").rglob("*.*") if p.is_file()):
            shutil.copy(file, folder / f"{n}{file.suffix}")
    (folder / "timeline.json").write_text(to_json(made))


def ours(kind: str, seconds: int, workers: int) -> None:
    with scratch_run() as run:
        timeline = planned(kind, seconds, run)
        print(json.dumps("begin"), flush=True)
        with clocked() as took:
            done = render(timeline, run, workers=workers, crf=20)
        print(json.dumps(took | {"mbit": done.video.size * 8e-6 / seconds}), flush=True)


def bare(kind: str, seconds: int, workers: int) -> None:
    "Composes all frames, then encodes them each time a line comes in."
    with scratch_run() as run, tempfile.TemporaryDirectory() as folder:
        cut, held = segments(planned(kind, seconds, run)), []
        for s in cut:
            painter = Painter(s, run)
            held.append([painter.draw(n, blank(W, H)) for n in range(s.frames)])
        place = {s.id: n for n, s in enumerate(cut)}
        turns = [place[s.id] for s in in_turn(cut, set(place), workers)]

        def one(n: int) -> None:
            with Encoder(Path(folder) / f"{n}.mp4", W, H, FPS, 20, "veryfast") as encoder:
                for frame in held[n]:
                    Canvas(*encoder.planes()).copy_from(frame)
                    encoder.add()

        print(json.dumps("ready"), flush=True)
        for line in sys.stdin:
            with clocked() as took, ThreadPoolExecutor(int(line)) as pool:
                list(pool.map(one, turns))
            print(json.dumps(took), flush=True)


def moviepy(kind: str, seconds: int, workers: int) -> None:
    from bench_moviepy import write

    with scratch_run() as run, tempfile.TemporaryDirectory() as folder:
        timeline = planned(kind, seconds, run)
        print(json.dumps("begin"), flush=True)
        with clocked() as took:
            write(timeline, run, Path(folder) / "film.mp4", workers)
        print(json.dumps(took), flush=True)


def edits(kind: str, seconds: int, workers: int) -> None:
    "A line said differently, lengthened, inserted, at a quarter, a half and three quarters of the film; a caption; a draft of a line; a still."
    from viralforge.pipeline import Draft

    out = {}
    with scratch_run() as run:
        draft_of = Draft("octopus" if Path("octopus").exists() else example("octopus"), run=run, seconds=seconds)
        with clocked() as full:
            draft_of.film  # noqa: B018
        changes = {
            "reworded": lambda d, line: d.edit(line.id, "Truly, " + line.text[0].lower() + line.text[1:]),
            "lengthened": lambda d, line: d.edit(line.id, line.text.rstrip(".") + ", and nobody knows why."),
            "inserted": lambda d, line: d.insert(line.id, "Few animals come close to that."),
        }
        lines = draft_of.script.lines
        for name, change in changes.items():
            rows = []
            for n in (len(lines) // 4, len(lines) // 2, 3 * len(lines) // 4):
                id = lines[n].id if name != "inserted" else change(draft_of, lines[n]).script.lines[n + 1].id
                bound = change(draft_of, lines[n])
                bound.run = run
                with clocked() as played:
                    bound.play(id)
                with clocked() as looked:
                    bound.frame(bound.timeline.span(id)[0] / FPS + 1.0)
                bound = change(draft_of, lines[n])
                bound.run = run
                with clocked() as again:
                    bound.film  # noqa: B018
                rows.append({"play": played["wall"], "frame": looked["wall"], "over_full": again["wall"] / full["wall"]})
            out[name] = middle(rows) | {"worst": max(r["over_full"] for r in rows)}
        line = lines[len(lines) // 2]
        t = draft_of.timeline
        overlays = list(t.overlays)
        n = len(overlays) // 2
        item = overlays[n].layers[0].items[0]
        seq = replace(overlays[n].layers[0], items=(replace(item, ink="#ffe0e0"), *overlays[n].layers[0].items[1:]))
        overlays[n] = replace(overlays[n], layers=(seq,))
        with clocked() as again:
            render(replace(t, overlays=tuple(overlays)), run)
        out["caption"] = {"over_full": again["wall"] / full["wall"]}
        looks = []
        for at in np.linspace(1, t.seconds - 1, 9):
            with clocked() as looked:
                draw_frame(t, int(at * FPS), run)
            looks.append(looked["wall"])
        out["frame_s"] = statistics.median(looks)
        first, last = t.span(line.id)
        with clocked() as played:
            draft(t, first, last, run)
        out["draft_s"], out["full_s"] = played["wall"], full["wall"]
    print(json.dumps(out), flush=True)


def hooks(kind: str, seconds: int, workers: int) -> None:
    "Twelve films that differ in their first line, beside one."
    from viralforge.pipeline import Draft

    with scratch_run() as run:
        draft_of = Draft(example("octopus"), run=run, seconds=seconds)
        with clocked() as full:
            draft_of.film  # noqa: B018
        hook = draft_of.script.lines[0].id
        with clocked() as twelve:
            for text in HOOKS:
                bound = draft_of.edit(hook, text)
                bound.run = run
                bound.film  # noqa: B018
    print(json.dumps({"one_s": full["wall"], "twelve_s": twelve["wall"], "over_one": twelve["wall"] / full["wall"]}), flush=True)


def example(name: str) -> Path:
    from viralforge.briefs import example_briefs

    return next(p for p in example_briefs() if p.stem == name)


def vmaf(kind: str, seconds: int, workers: int, every: int = 1) -> None:
    "VMAF of the delivered file against its own frames before the encoder."
    import imageio_ffmpeg

    with scratch_run() as run:
        timeline = planned(kind, seconds, run)
        done = render(timeline, run, workers=workers)
        raw = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{W}x{H}", "-r", str(FPS), "-i", "-"]
        log = run.folder / "vmaf.json"
        log.parent.mkdir(parents=True, exist_ok=True)
        tags = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"  # else it converts one side
        graph = f"[0:v]{tags}[a];[1:v]{tags}[b];[a][b]libvmaf=n_threads=2:n_subsample={every}:log_fmt=json:log_path={log}"
        p = subprocess.Popen([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(run.path(done.video)), *raw, "-lavfi", graph, "-f", "null", "-"], stdin=subprocess.PIPE)
        canvas = blank(W, H)
        for s in segments(timeline):
            painter = Painter(s, run)
            for n in range(s.frames):
                for plane in painter.draw(n, canvas):
                    p.stdin.write(plane.tobytes())
        p.stdin.close()
        if p.wait():
            raise SystemExit("VMAF failed")
        score = json.loads(log.read_text())["pooled_metrics"]["vmaf"]
        print(json.dumps({"mean": score["mean"], "low": score["min"], "mbit": done.video.size * 8e-6 / seconds}), flush=True)


# -- the runs ----------------------------------------------------------------------------------------------------------


def child(what: str, kind: str, seconds: int, workers: int, *more: str) -> subprocess.Popen:
    args = [sys.executable, __file__, "--child", what, kind, str(seconds), str(workers), *more]
    return subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def once(what: str, kind: str, seconds: int, workers: int = 2, *more: str, watched: bool = False) -> dict:
    "One measurement in a process of its own; `watched` adds the peak of its memory, and looking at that costs it time."
    p, peak, on = child(what, kind, seconds, workers, *more), [0], threading.Event()

    def watch() -> None:
        while p.poll() is None:
            if on.is_set():
                peak[0] = max(peak[0], sum(map(pss, tree(p.pid))))
            time.sleep(0.1)

    if watched:
        threading.Thread(target=watch, daemon=True).start()
    last = None
    for line in p.stdout:
        last = json.loads(line)
        on.set()
    if p.wait() or last is None:
        raise SystemExit(f"{what} {kind} failed")
    return last | ({"peak": peak[0] / 1e6} if watched else {})


def middle(rows: list[dict]) -> dict:
    return {k: statistics.median(r[k] for r in rows) for k in rows[0]}


def in_turns(kind: str, seconds: int, times: int, ways: tuple[str, ...]) -> dict[str, dict]:
    "Medians for each way of making a film (`bare`, `ours`, `alone` with one worker, `moviepy`), and of what it took over ours beside it."
    holder = child("bare", kind, seconds, 2) if "bare" in ways else None
    if holder:
        json.loads(holder.stdout.readline())

    def one(way: str) -> dict:
        if way != "bare":
            return once("ours" if way == "alone" else way, kind, seconds, 1 if way == "alone" else 2)
        holder.stdin.write("2\n")
        holder.stdin.flush()
        return json.loads(holder.stdout.readline())

    turns = [{way: one(way) for way in ways} for _ in range(times)]
    if holder:
        holder.communicate()
    over = lambda way: {f"{k} over ours": statistics.median(t[way][k] / t["ours"][k] for t in turns) for k in ("wall", "cpu")}
    return {way: middle([t[way] for t in turns]) | (over(way) if way != "ours" else {}) for way in ways}


def say(name: str, row: dict) -> None:
    print(f"{name:28} " + "  ".join(f"{k} {v:.3g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()), flush=True)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--quick", action="store_true", help="three times instead of five, MoviePy for 8 s, lengths 30 and 60 s")
    p.add_argument("--only", default="encode,moviepy,edits,hooks,length,workers,vmaf", help="parts, with commas")
    p.add_argument("--times", type=int, default=0)
    p.add_argument("--child", nargs=argparse.REMAINDER)
    o = p.parse_args()
    if o.child:
        what, kind, seconds, workers, *more = o.child
        return globals()[what](kind, int(seconds), int(workers), *map(int, more))
    with tempfile.TemporaryDirectory() as folder:
        global MATERIAL
        MATERIAL = Path(folder)
        os.environ["VIRALFORGE_BENCH"] = folder
        material()
        everything(o)


def compared(kind: str, seconds: int, times: int, ways: tuple[str, ...], out: dict) -> None:
    "A film made in several ways: says what it took, and notes the ratios."
    names = {"bare": "bare encode", "ours": "ours", "alone": "ours, one worker", "moviepy": "MoviePy (tests/bench_moviepy.py)"}
    rows = in_turns(kind, seconds, times, ways)
    ours = rows["ours"]
    if "bare" in rows:
        ours["own CPU ms/frame"] = (ours["cpu"] - rows["bare"]["cpu"]) / seconds / FPS * 1000
        out[f"{kind}_over_encode"] = ours["over bare"] = 1 / rows["bare"].pop("wall over ours")
        ours["peak"] = once("ours", kind, seconds, watched=True)["peak"]
        out["peak_mb"] = max(out.get("peak_mb", 0), ours["peak"])
    for way, row in rows.items():
        say(f"{kind} {seconds} s, {names[way]}", row)
    if "alone" in rows:
        out["two_workers"] = rows["alone"]["wall over ours"]
    for k in ("wall", "cpu") if "moviepy" in rows else ():
        out[f"moviepy_over_ours_{k}"] = min(out.get(f"moviepy_over_ours_{k}", 1e9), rows["moviepy"][f"{k} over ours"])


def everything(o: argparse.Namespace) -> None:
    "The parts that were asked for."
    times, parts, out = o.times or (3 if o.quick else 5), o.only.split(","), {}
    if "length" in parts:
        lengths = (30, 60) if o.quick else (30, 60, 120, 180)
        short, *longer = lengths
        made, over = {n: [] for n in lengths}, {n: [] for n in longer}
        for _ in range(1 if o.quick else times):
            made[short].append(once("ours", "verses", short))
            for n in longer:
                made[n].append(once("ours", "verses", n))
                made[short].append(once("ours", "verses", short))
                beside = statistics.mean(r["wall"] / short for r in made[short][-2:])
                over[n].append(made[n][-1]["wall"] / n / beside)
                print(f"verses {n} s took {over[n][-1]:.3f} of the time per second of the 30 s beside it", flush=True)
        over = {short: 1.0} | {n: statistics.median(v) for n, v in over.items()}
        rows = {n: middle(made[n]) | {"peak": once("ours", "verses", n, watched=True)["peak"]} for n in lengths}
        for n, row in rows.items():
            say(f"verses {n} s, ours", row | {"wall/s": row["wall"] / n, "over 30 s beside": over[n]})
        out["peak_mb"] = max(out.get("peak_mb", 0), *(r["peak"] for r in rows.values()))
        spread = lambda values: max(values) / min(values)
        out["peak_spread"] = spread([r["peak"] for r in rows.values()])
        out["time_spread"] = spread(over.values())
    if {"encode", "workers"} & {*parts} or ("moviepy" in parts and not o.quick):
        for kind in ("stills", "mixed"):
            asked = {"bare": "encode" in parts, "ours": True, "alone": "workers" in parts and kind == "mixed", "moviepy": "moviepy" in parts and not o.quick}
            compared(kind, 40, times, tuple(way for way, on in asked.items() if on), out)
    if "moviepy" in parts and o.quick:
        for kind in ("stills", "mixed"):
            compared(kind, 8, 1, ("ours", "moviepy"), out)
    if "edits" in parts:
        rows = [once("edits", "", 40) for _ in range(1 if o.quick else times)]
        names = ("reworded", "lengthened", "inserted")
        mid = lambda name, k: statistics.median(r[name][k] for r in rows)
        for name in names:
            say(f"a line {name}", {k: mid(name, k) for k in ("play", "frame", "over_full", "worst")})
        say("a caption changed", {"over_full": mid("caption", "over_full")})
        say("draft, still, full film (s)", {k: statistics.median(r[k] for r in rows) for k in ("draft_s", "frame_s", "full_s")})
        out |= {"edit_over_full": max(mid(n, "over_full") for n in names), "caption_over_full": mid("caption", "over_full"),
                "draft_line_s": max(mid(n, "play") for n in names), "frame_s": max(mid(n, "frame") for n in names)}  # fmt: skip
    if "hooks" in parts:
        row = middle([once("hooks", "", 40) for _ in range(1 if o.quick else min(times, 3))])
        say("twelve first lines", row)
        out["hooks_over_one"] = row["over_one"]
    if "vmaf" in parts:
        for kind in ("stills", "mixed"):
            row = once("vmaf", kind, 40, 2, "10" if o.quick else "1")
            say(f"{kind} 40 s, VMAF", row)
            out["vmaf"] = min(out.get("vmaf", 100.0), row["mean"])
    Path("bench.json").write_text(json.dumps({k: round(v, 3) for k, v in out.items()}, indent=1) + "\n")
    for k, (way, goal) in TARGETS.items():
        if k in out:
            met = out[k] <= goal if way == "at most" else out[k] >= goal
            print(f"{k:28} {out[k]:8.3f}   {way} {goal:<6} {'met' if met else 'MISSED'}")


if __name__ == "__main__":
    main()
