"A plan buys nothing, and the bill lies within what it said."

import json
import math
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import av
import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image

from viralforge.audio import write_wav
from viralforge.backends.writers import outline
from viralforge.briefs import example_briefs, read_brief
from viralforge.budgets import DAY, purse, set_cap
from viralforge.calls import Local, Pace, Spec
from viralforge.cli import main
from viralforge.core import ForgeError, OverBudget, Permanent, utc_now
from viralforge.costs import Model, Price
from viralforge.ledger import recall, steps
from viralforge.pipeline import Draft, _drafted, _title, afford
from viralforge.plan import Scout, cheapest, factors, plan_data, span
from viralforge.ports import SpeechRequest, artefact_of, ask, backend, register
from viralforge.store import Store, open_run, run_index
from viralforge.types import Footage, Job, Line, Script, Still, Usage
from viralforge.words import usual_words

BRIEFS = {p.stem: p for p in (*example_briefs(), *sorted((Path(__file__).parent / "briefs").glob("*.md")))}
SIX = ("octopus", "hubble", "sleep", "figures", "product", "long")
PER = {  # USD
    "w": {"input_token": 2e-6, "output_token": 1e-5}, "v": {"character": 6e-5}, "i": {"image": 0.03}, "c": {"second": 0.1}, "m": {"output": 0.08},
    "s": {"second": 0.002},
}  # fmt: skip
NOTES = """Sea otters hold hands while they sleep, so that they do not drift apart. They wrap themselves in kelp as well.
An otter keeps a favourite stone in a pocket of loose skin under its arm. It uses the stone to open shells.
Its fur is the thickest of all animals, and it needs no fat to stay warm."""
PLAIN = "Nobody who saw them by the water ever forgot how calm they were and how close they stayed together through a cold night."


class Vendor(Local):
    "One of the paid back-ends; it counts what it is asked to do."

    after, version, pace_wpm, lays_out, needs_keyframe, price = "idempotent", "1", 0.0, False, False, ""

    def __init__(self):
        spec = {k: getattr(self, k) for k in ("version", "pace_wpm", "lays_out", "needs_keyframe")}
        self.spec = Spec(name=self.name, kind=self.name.partition(":")[0], local=False, price=self.price, after_crash=self.after, **spec)
        self.sent, self.lock = [], threading.Lock()

    def note(self, request):
        with self.lock:
            self.sent.append(request)


class Writer(Vendor):
    "Writes from the notes, a little longer or shorter than it was told, or in plain words without a figure."

    name, price, way = "writer:sold", "w", 1.08

    def request(self, asked):
        b = asked.brief
        return {"prompt": f"{b.title}\n{b.notes}", "words": asked.words, "title": b.title, "notes": b.notes, "language": b.language, "seconds": b.seconds,
                "cta": b.cta, "seed": b.seed}  # fmt: skip

    def estimate(self, request):
        return Usage(units={"input_token": len(request["prompt"]), "output_token": 4 * request["words"] + 400})

    def send(self, request, folder):
        self.note(request)
        script = outline(request | {"words": round(request["words"] * self.way)}) if self.way else self.plain(request)
        used = {"input_token": math.ceil(len(request["prompt"]) / 4), "output_token": 2 * script.words}
        return {"data": json.loads(json.dumps(script, default=lambda v: v.__dict__)), "usage": used}

    def plain(self, request):
        lines = []
        while usual_words(*(x.text for x in lines)) < request["words"] * 0.95:
            n = len(lines)
            lines.append(Line(id=f"beat-{n}" if n else "hook", role="beat" if n else "hook", text=f"{PLAIN[: -1 - n]}."))
        return Script(title=request["title"], lines=tuple(lines))


class Voice(Vendor):
    "Speaks, not quite as fast as it says."

    name, price, pace_wpm, way = "voice:sold", "v", 160.0, 0.93

    def request(self, asked):
        return {"words": list(asked.spoken)}

    def estimate(self, request):
        return Usage(units={"character": len(" ".join(filter(None, request["words"])))})

    def send(self, request, folder):
        self.note(request)
        each = max(0.12, (usual_words(" ".join(request["words"])) * 60 / self.pace_wpm / self.way - 0.3) / max(1, len(request["words"])))
        times = [[round(0.05 + each * n, 4), round(0.05 + each * (n + 1), 4)] for n in range(len(request["words"]))]
        seconds = times[-1][1] + 0.1
        t = np.arange(round(seconds * 16000)) / 16000
        write_wav(folder / "a.wav", (0.3 * np.sin(2 * np.pi * 180 * t) * (1 + np.sin(2 * np.pi * 4 * t)) / 2).astype(np.float32), 16000)
        return {"data": {"rate": 16000, "seconds": len(t) / 16000, "times": times}, "files": {"audio": "a.wav"}, "usage": self.estimate(request).units}


class Images(Vendor):
    name, price = "image:sold", "i"

    def request(self, asked):
        return {"prompt": " ".join(w.shown for w in asked.shot.words), "seed": asked.seed}

    def estimate(self, request):
        return Usage(units={"image": 1})

    def send(self, request, folder):
        self.note(request)
        Image.effect_noise((180, 320), 60).convert("RGB").save(folder / "i.png")
        art = artefact_of(folder / "i.png")
        still = Still(image=art, width=180, height=320)
        return {"data": {**still.__dict__, "image": art.__dict__}, "files": {"image": "i.png"}, "usage": {"image": 1}}


class Clips(Vendor):
    "Clips of four, six or eight seconds, as jobs."

    name, price = "video:sold", "c"
    pace = Pace(every=0.001)

    def request(self, asked):
        need = asked.frames / asked.fps
        return {"prompt": " ".join(w.shown for w in asked.shot.words), "seconds": next((s for s in (4, 6, 8) if s >= need), 8), "seed": asked.seed}

    def estimate(self, request):
        return Usage(units={"second": request["seconds"]})

    def order(self, request, key):
        self.note(request)
        return Job(id=json.dumps(request), state="queued")

    def look(self, job):
        return Job(id=job.id, state="done")

    def collect(self, job, folder):
        seconds = json.loads(job.id)["seconds"]
        with av.open(str(folder / "c.mp4"), "w") as out:
            stream = out.add_stream("libx264", rate=10)
            stream.width, stream.height, stream.pix_fmt = 90, 160, "yuv420p"
            for n in range(seconds * 10):
                picture = np.full((160, 90, 3), (n * 7 % 255, 90, 160), np.uint8)
                picture[(n * 3) % 140 : (n * 3) % 140 + 20] = 255
                out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
            out.mux(stream.encode())
        art = artefact_of(folder / "c.mp4")
        clip = Footage(media=art, seconds=float(seconds), fps=10.0, width=90, height=160)
        return {"data": {**clip.__dict__, "media": art.__dict__}, "files": {"clip": "c.mp4"}, "usage": {"second": seconds}}

    def cancel(self, job):
        return True


class Animates(Clips):
    "Clips out of a picture."

    name, needs_keyframe = "video:animates", True


class Music(Vendor):
    name, price = "music:sold", "m"

    def request(self, asked):
        return {"seconds": asked.seconds, "mood": asked.mood}

    def estimate(self, request):
        return Usage(units={"output": 1})

    def send(self, request, folder):
        self.note(request)
        t = np.arange(round(request["seconds"] * 48000)) / 48000
        write_wav(folder / "m.wav", np.stack([0.2 * np.sin(2 * np.pi * 220 * t)] * 2, 1).astype(np.float32), 48000)
        about = {"title": "A tone", "licence": "CC0", "source": "a vendor"}
        return {"data": about, "files": {"music": "m.wav"}, "usage": {"output": 1}}


class BySecond(Music):
    "Music by the second."

    name, price = "music:second", "s"

    def estimate(self, request):
        return Usage(units={"second": math.ceil(request["seconds"])})

    def send(self, request, folder):
        return super().send(request, folder) | {"usage": {"second": math.ceil(request["seconds"])}}


class Silent(Clips):
    "Says nothing of what it uses."

    name, estimate = "video:silent", None


class Broken(Clips):
    "Its request fails."

    name = "video:broken"

    def request(self, asked):
        raise KeyError("prompt")


class Odd(Clips):
    "Its estimate fails."

    name = "video:odd"

    def estimate(self, request):
        return Usage(units={"second": 1 / 0})


class Locked(Clips):
    name = "video:locked"

    def __init__(self):
        super().__init__()
        self.spec = replace(self.spec, env=("VIRALFORGE_TEST_KEY",))


class Gone(Clips):
    "Its model was shut down."

    name, price = "video:gone", "openai/sora-2"


KINDS = (Writer, Voice, Images, Clips, Animates, Music, BySecond, Silent, Broken, Odd, Locked, Gone)
for kind in KINDS:
    register(kind.name, kind)


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    "Every test has back-ends of its own."
    for kind in KINDS:
        register(kind.name, kind)
    yield
    monkeypatch.undo()


def stocked(path):
    s = Store(path / ".store")
    s.prices.update({n: Price(name=n, per=per, source="made up for the test", checked=date(2026, 11, 30)) for n, per in PER.items()})
    return s


@pytest.fixture
def shop(tmp_path):
    return stocked(tmp_path)


def sent():
    return sum(len(backend(k.name).sent) for k in KINDS if k is not Locked)


def film(shop, brief="", **knobs):
    source = BRIEFS[brief] if brief else {"title": "How sea otters sleep", "notes": NOTES}
    return Draft(read_brief(source, **{"seconds": 14.0, "music": "auto"} | knobs), store=shop)


def bought(draft):
    "All that is paid for in a film, bought; its run."
    d = draft.begin(allow=("unpriced",))
    d.timeline, _title(d)
    return d


def within(plan, bill):
    assert plan.low - 1e-9 <= bill.spent <= plan.high + 1e-9, (plan, bill.spent, plan._repr_markdown_())


CHAINS = {
    "all": {"writer": "sold", "voice": "sold", "composer": "sold", "visuals": ("image:sold", "video:sold", "motion")},
    "clips": {"visuals": ("video:sold", "motion")},
    "clips and speech": {"voice": "sold", "composer": "second", "visuals": ("video:sold", "motion")},
    "pictures": {"writer": "sold", "visuals": ("media", "image:sold", "motion")},
    "animated": {"voice": "sold", "visuals": ("video:animates", "image:sold", "motion")},
    "words": {"writer": "sold", "voice": "sold", "composer": "sold"},
}


# --- nothing is bought, and the bill lies within


@pytest.fixture(scope="module")
def big_shop(tmp_path_factory):
    return stocked(tmp_path_factory.mktemp("shop"))


@pytest.mark.parametrize("brief", SIX)
@pytest.mark.parametrize("chain", CHAINS)
def test_a_plan_buys_nothing_and_bounds_everything(big_shop, chain, brief):
    shop, d = big_shop, film(big_shop, brief, **CHAINS[chain])
    p = d.plan()
    assert sent() == 0 and not p.stops and p.high is not None and 0 < p.low <= p.high, p
    paid = {r.by for r in p.rows if r.paid}
    assert {n for n in ("writer:sold", "voice:sold") if n.partition(":")[2] == CHAINS[chain].get(n.partition(":")[0])} <= paid
    with shop.ledger.reading() as c:
        assert not c.execute(sa.select(steps).where(sa.not_(steps.c.local))).all()


WAYS = ((1.08, 0.93), (0.92, 1.08), (None, 1.0))  # of the writer: how long, or in plain words; of the voice: how fast
MADE = [(c, b, w) for n, c in enumerate(CHAINS) for m, b in enumerate(("", "octopus", "figures")) for k, w in enumerate(WAYS) if c == "all" or k == (n + m) % 3]


@pytest.mark.parametrize("chain, brief, way", MADE)
def test_the_bill_lies_within(shop, monkeypatch, chain, brief, way):
    monkeypatch.setattr(Writer, "way", way[0])
    monkeypatch.setattr(Voice, "way", way[1])
    d = film(shop, brief, **CHAINS[chain])
    p = d.plan()
    run = bought(d).run
    assert sent() > 0
    within(p, run.bill())
    again = d.plan()
    assert again.low == again.high == 0 and again.exact and not any(r.to_do for r in again.rows if r.paid), again


def test_what_rests_on_no_guess_is_exact(shop):
    d = film(shop, visuals=("video:sold", "motion"))
    p = d.plan()
    assert p.exact and p.low == p.high
    assert bought(d).run.bill().spent == pytest.approx(p.high)


def test_a_film_of_paid_parts_costs_what_was_said(shop):
    "The whole film, to its last file."
    d = film(shop, seconds=6.0, **CHAINS["all"])
    p = d.plan()
    assert sent() == 0
    made = d.make()
    assert made.video.is_file() and sent() > 3
    within(p, made.bill)


def test_a_rehearsal_costs_no_more_and_no_less(shop, tmp_path):
    "A vendor that takes fewer credits than its bound, by chance."
    (tmp_path / "s.toml").write_text("price = 0.01\nleast = 0.3\n[video]\njob = true\nevery = 0.01\n")
    o = f"scripted:{tmp_path / 's.toml'}"
    d = film(shop, writer=o, voice=o, composer=o, visuals=(f"image:{o}", f"video:{o}", "motion"))
    p = d.plan()
    run = bought(d).run
    assert run.bill().spent > 0.1
    within(p, run.bill())


def test_pictures_of_ones_own_are_free_from_below(shop, tmp_path):
    Image.effect_noise((400, 600), 50).convert("RGB").save(tmp_path / "otter stone.png")
    knobs = {"media": str(tmp_path), "visuals": ("media", "image:sold", "motion")}
    known = film(shop, **knobs).plan()
    assert known.exact  # speech is made here, so it is known which shot shows it
    d = film(shop, voice="sold", **knobs)
    p = d.plan()
    row = next(r for r in p.rows if r.by == "image:sold")
    alone = next(r for r in film(shop, voice="sold", visuals=("image:sold", "motion")).plan().rows if r.by == "image:sold")
    assert not row.exact and row.low < alone.low and row.high == alone.high and any("picture of your own" in n for n in p.notes)
    within(p, bought(d).run.bill())


def test_a_picture_that_fits_nothing_makes_nothing_free(shop, tmp_path):
    Image.effect_noise((400, 600), 50).convert("RGB").save(tmp_path / "volcano.png")
    low = lambda **knobs: next(r.low for r in film(shop, voice="sold", **knobs).plan().rows if r.by == "image:sold")
    assert low(media=str(tmp_path), visuals=("media", "image:sold", "motion")) == low(visuals=("image:sold", "motion")) > 0


def test_every_shot_that_may_be_served_for_free_is(shop, tmp_path):
    class Own(Local):
        "Asked the same for every shot."

        spec = Spec(name="image:own", kind="image", version="1", from_media=True)
        request = lambda self, asked: {"any": True}
        fit = lambda self, asked: 1.0
        send = lambda self, request, folder: {"data": None}

    register("image:own", Own)
    Image.effect_noise((400, 600), 50).convert("RGB").save(tmp_path / "otter.png")
    p = film(shop, voice="sold", media=str(tmp_path), visuals=("image:own", "image:sold", "motion")).plan()
    row = next(r for r in p.rows if r.by == "image:sold")
    assert row.low == 0 < row.high


def test_nothing_is_made_of_a_stand_in(shop):
    rows = {r.by: r for r in film(shop, visuals=("image:sold", "motion")).plan().rows}
    with shop.ledger.reading() as c:
        made = c.execute(sa.select(sa.func.count()).select_from(steps).where(steps.c.stage == "shot")).scalar()
    assert rows["image:sold"].to_do >= 3 and made == rows["video:motion"].to_do - rows["image:sold"].to_do


def test_a_writer_without_figures_needs_no_second_vendor(shop, monkeypatch):
    "The default writer's lines have scenes of their own, which the second vendor would make; another writer's may have none."
    monkeypatch.setattr(Writer, "way", None)
    d = film(shop, "figures", seconds=40.0, **CHAINS["all"])
    p = d.plan()
    assert next(r for r in p.rows if r.by == "video:sold").to_do > 4
    run = bought(d).run
    assert not backend("video:sold").sent
    within(p, run.bill())


def test_a_bare_topic_has_a_plan_too(shop, monkeypatch):
    monkeypatch.setattr(Writer, "way", None)
    d = film(shop, title="Otters", notes="", writer="sold", voice="sold", visuals=("video:sold", "motion"))
    p = d.plan()
    assert sent() == 0 and p.high > p.low > 0
    within(p, bought(d).run.bill())


def test_thin_notes_may_be_filled_by_a_writer(shop, monkeypatch):
    "The default writer says little from one sentence; another one may say as much as was asked for."
    monkeypatch.setattr(Writer, "way", None)
    d = film(shop, notes="Sea otters hold hands while they sleep.", seconds=30.0, writer="sold", voice="sold", visuals=("video:sold", "motion"))
    p = d.plan()
    within(p, bought(d).run.bill())


# --- half made, edited, open


def test_a_half_made_film_is_planned_for_its_rest(shop):
    d = film(shop, **CHAINS["all"])
    whole = d.plan()
    half = d.begin()
    half.voiceover  # noqa: B018
    calls, paid = sent(), half.run.bill().spent
    rest = d.plan()
    assert sent() == calls and rest.high < whole.high and rest.exact
    rows = {r.by: r for r in rest.rows}
    assert rows["writer:sold"].recalled == 1 and rows["voice:sold"].to_do == 0 and rows["voice:sold"].recalled > 1
    done = bought(d)
    assert rest.low - 1e-9 <= done.run.bill().spent - paid <= rest.high + 1e-9 and done.run.id == half.run.id


def test_an_edit_costs_what_it_touches(shop):
    d = film(shop, voice="sold", visuals=("video:sold", "motion"))
    bought(d)
    line = d.script.lines[1].id
    e = d.edit(line, "Every otter keeps a stone of its own in a pocket under the arm.")
    calls, p = sent(), e.plan()
    rows = {r.by: r for r in p.rows}
    assert sent() == calls and rows["voice:sold"].to_do == 1 and rows["voice:sold"].recalled == len(d.script.lines) - 1
    assert rows["video:sold"].recalled >= 2 and rows["video:sold"].to_do >= 1 and not rows["video:sold"].exact
    before = len(backend("video:sold").sent)
    run = bought(e).run
    within(p, run.bill())
    assert 1 <= len(backend("video:sold").sent) - before


def test_edits_of_a_script_that_is_not_there_are_left_out_and_told(shop):
    d = film(shop, writer="sold")
    e = d.edit("hook", "Otters sleep hand in hand.")
    with shop.ledger.writing() as c:
        c.execute(sa.delete(recall))
    calls, p = sent(), e.plan()
    assert sent() == calls and p.low > 0 and not p.stops and any("edits are not in it" in n for n in p.notes)


def test_what_is_held_for_an_open_job_is_not_asked_for_twice(shop, monkeypatch):
    d = film(shop, visuals=("video:sold", "motion"))
    p = d.plan()
    b = replace(d.brief, budget=p.high)

    def stopped(self, job):
        raise KeyboardInterrupt

    d = Draft(b, store=shop)
    with monkeypatch.context() as m, pytest.raises(KeyboardInterrupt):
        m.setattr(Clips, "look", stopped)
        bought(d)
    left = d.plan()
    with shop.ledger.reading() as c:
        assert purse(c, DAY, utc_now().date().isoformat()).held > 0
    assert not left.stops and left.high == pytest.approx(p.high)  # the job is on the bill, once
    assert any("ordered already" in r.note for r in left.rows)
    assert left.caps[0].held == pytest.approx(0.0) and "may cost more" not in " ".join(left.notes)
    calls = sent()
    assert Draft(replace(b, budget=p.high - 0.01), store=shop).plan().stops
    assert sent() == calls
    assert bought(d).run.bill().spent == pytest.approx(p.high)


def test_a_call_in_doubt_stops_the_film_until_it_is_allowed(shop, monkeypatch):
    monkeypatch.setattr(Voice, "after", "neither")
    register(Voice.name, Voice)
    d = film(shop, voice="sold")
    with monkeypatch.context() as m, pytest.raises(ForgeError):
        m.setattr(Voice, "send", lambda self, request, folder: (_ for _ in ()).throw(OSError("connection reset")))
        bought(d)
    p = d.plan()
    assert any("unknown whether voice:sold carried out" in s for s in p.stops) and p.high is not None
    assert not d.plan(allow=("doubt",)).stops


# --- what would refuse it


@pytest.mark.parametrize("scope", ["run", "batch", DAY])
def test_a_cap_that_is_passed_for_certain_is_told(shop, scope):
    knobs = {"visuals": ("video:sold", "motion")}
    low = film(shop, **knobs).plan().low
    d = film(shop, **knobs, **({"budget": low - 0.01} if scope == "run" else {}))
    if scope == DAY:
        set_cap(shop.ledger, DAY, low - 0.01)
    if scope == "batch":
        d.run = open_run(shop, d.brief.title, d.identity, budget=low - 0.01, scope="otters")
    p = d.plan()
    assert len(p.stops) == 1 and "raise the budget" in p.stops[0] and {"run": "for this film", "batch": "otters", DAY: "for the day"}[scope] in p.stops[0]
    with pytest.raises(ForgeError):
        bought(d) if scope != "batch" else (d.timeline, _title(d))


def test_a_cap_that_may_be_passed_is_told_and_one_with_room_is_not(shop):
    p = film(shop, **CHAINS["all"]).plan()
    near = film(shop, budget=(p.low + p.high) / 2, **CHAINS["all"]).plan()
    assert not near.stops and any("may cost more than the budget leaves" in n for n in near.notes)
    wide = film(shop, budget=p.high + 0.01, **CHAINS["all"]).plan()
    assert not wide.stops and not any("may cost more" in n for n in wide.notes) and wide.caps[0].cap == pytest.approx(p.high + 0.01)


def test_one_call_whose_bound_is_above_the_cap_is_refused(shop):
    "A writer's bound is far above what it will cost, and the bound is what is reserved."
    d = film(shop, writer="sold", budget=0.002)
    p = d.plan()
    assert p.low < 0.002 and any("one call may cost" in s for s in p.stops)
    with pytest.raises(ForgeError, match="may cost"):
        bought(d)


def test_what_was_spent_in_the_unfinished_run_counts(shop):
    d = film(shop, **CHAINS["all"])
    whole = d.plan()
    half = d.begin()
    half.voiceover  # noqa: B018
    spent = half.run.bill().spent
    capped = film(shop, budget=whole.high, **CHAINS["all"]).plan()
    assert capped.caps[0].spent == pytest.approx(spent)


def test_a_draft_and_its_film_have_one_budget(shop):
    "What a draft bought for trial counts when its film is made, also in another process, and the other way round."
    d = film(shop, voice="sold", visuals=("motion",))
    line, once = d.script.lines[0], d.plan().high
    budget = once * 1.2
    d = film(shop, voice="sold", visuals=("motion",), budget=budget)
    d.voiceover  # noqa: B018
    e = d.edit(line.id, "Otters hold hands, and they sleep in the kelp.").edit(d.script.lines[1].id, "Nobody has a warmer coat than an otter in the winter sea.")
    assert e.plan().caps[0].spent == pytest.approx(once)
    with pytest.raises(ForgeError, match="is spent"):
        bought(film(shop, voice="sold", visuals=("motion",), budget=budget).edit(line.id, "Otters hold hands, and they sleep in the kelp. " * 3))
    with pytest.raises(ForgeError, match="is spent"):  # the film is begun, and its draft is still capped by the same amount
        d.edit(line.id, "Otters hold hands, and they sleep in the kelp. " * 3).voiceover  # noqa: B018
    with shop.ledger.reading() as c:
        assert purse(c, DAY, utc_now().date().isoformat()).spent <= budget


def test_a_film_tells_what_its_drafts_have_bought(shop):
    d = film(shop, voice="sold", visuals=("motion",))
    d.hear("hook")
    run = d.begin().run
    (told,) = _drafted(run)
    assert "in drafts of this film" in told and not run.bill().spent and not _drafted(film(shop, title="Another").begin().run)


def test_a_new_film_of_the_same_title_has_a_budget_of_its_own(shop):
    knobs = {"voice": "sold", "visuals": ("motion",)}
    d = film(shop, **knobs)
    budget = d.plan().high * 1.05
    first = bought(film(shop, budget=budget, **knobs))
    first.run.finish("done")
    other = film(shop, budget=budget, speed=1.0, seed=9, **knobs).edit("hook", "Otters sleep in the kelp.")
    assert other.plan().caps[0].spent == 0 and bought(other).run.id != first.run.id


def test_a_film_that_cannot_be_paid_is_not_begun(shop):
    knobs = {"voice": "sold", "visuals": ("video:sold", "motion")}
    p = film(shop, **knobs).plan()
    with pytest.raises(OverBudget, match="at least, and the budget is .* nothing was begun") as e:
        afford(film(shop, budget=p.low / 2, **knobs))
    assert "raise the budget" in e.value.mend and "video:sold" in e.value.mend
    (told,) = afford(film(shop, budget=(p.low + p.high) / 2, **knobs))
    assert told.startswith("It may cost more than the budget leaves")
    assert afford(film(shop, budget=p.high + 0.01, **knobs)) == () == afford(film(shop, **knobs)) == afford(film(shop, budget=0.0))
    assert sent() == 0 and not run_index(shop)


@pytest.mark.parametrize("name, said", [("video:silent", "does not say what a call uses"), ("video:sold", "no price is known")])
def test_an_unknown_amount_makes_no_sum(shop, name, said):
    if name == "video:sold":
        del shop.prices["c"]
    knobs = {"voice": "sold", "visuals": (name, "motion")}
    p = film(shop, **knobs).plan()
    assert p.high is None and p.low > 0 and p.unknown == (name,) and said in next(r.note for r in p.rows if r.by == name)
    assert "at least $0.0" in p.headline and name in p.headline and not p.stops
    capped = film(shop, budget=5.0, **knobs)
    assert any(f"{name} says no price" in s for s in capped.plan().stops) and not capped.plan(allow=("unpriced",)).stops
    assert sent() == 0


@pytest.mark.parametrize("name, said", [("video:broken", "its request failed"), ("video:odd", "ZeroDivisionError"), ("video:gone", "shut down")])
def test_who_cannot_be_asked_is_told_and_the_next_one_is_planned(shop, monkeypatch, name, said):
    if name == "video:gone":
        shut = Model(name="openai/sora-2", vendor="OpenAI", kind="video", shuts_down=date(2026, 9, 24), shutdown_source="vendor", source="x", checked=date(2026, 9, 1))
        monkeypatch.setattr("viralforge.costs.models", lambda path=None: {"openai/sora-2": shut})
    d = film(shop, visuals=(name, "video:sold", "motion"))
    p = d.plan()
    row = next(r for r in p.rows if r.by == name)
    assert said in row.note and row.to_do == 0 and row.high == 0 and not p.stops and p.high > 0
    assert bought(d).run.bill().spent == pytest.approx(p.high)


def test_a_key_that_is_missing_is_told_and_the_next_one_is_planned(shop):
    p = film(shop, visuals=("video:locked", "motion")).plan()
    assert any("VIRALFORGE_TEST_KEY" in n and "passed over" in n for n in p.notes) and p.high == 0
    q = film(shop, visuals=("video:sold", "motion")).plan()
    assert not any("passed over" in n for n in q.notes)


def test_a_film_that_would_stop_says_where(shop, monkeypatch):
    monkeypatch.setattr(Voice, "request", lambda self, asked: {"x": {1, 2}})
    p = film(shop, voice="sold").plan()
    assert p.stops and "voice:sold" in p.stops[0] and p.high is None and "at least" in p.headline


def test_a_second_vendor_in_a_chain_is_named(shop):
    p = film(shop, **CHAINS["all"]).plan()
    assert any("Where image:sold has nothing for a shot, or refuses, video:sold is paid as well" in n for n in p.notes)
    bought(film(shop, **CHAINS["all"]))
    assert not film(shop, **CHAINS["all"]).plan().notes


# --- the parts


def test_a_scout_stands_where_a_run_stands(shop):
    run = film(shop).run
    scout = Scout(run)
    assert {n for n in vars(run)} <= set(vars(scout)) | {"resumed"}
    assert scout.together([lambda: 1, lambda: 2]) == [1, 2]
    seen = []

    def fails():
        raise Permanent("no")

    with pytest.raises(Permanent):
        scout.together([fails, lambda: seen.append(1)])
    assert seen == [1]


def test_the_same_request_is_counted_once(shop):
    scout = Scout(film(shop).run)
    for of in ("a", "b"):
        ask(scout, "narration", backend("voice", "sold"), SpeechRequest(spoken=("one", "word")), of=of)
        ask(scout, "narration", backend("voice", "hibari"), SpeechRequest(spoken=("one", "word")), of=of)
    p = scout.plan(lambda: None)
    assert [(r.to_do, r.recalled) for r in p.rows] == [(1, 0), (1, 0)] and p.high == pytest.approx(8 * 6e-5)


def test_seconds_are_those_of_the_same_back_end(shop):
    bought(film(shop, composer="sold"))
    rows = {r.by: r for r in film(shop, title="Otters", voice="sold").plan().rows}
    assert rows["music:bundled"].to_do == 1 and rows["music:bundled"].seconds is None
    rows = {r.by: r for r in film(shop, title="Otters", voice="sold", composer="sold").plan().rows}
    assert rows["music:sold"].to_do == 1 and rows["music:sold"].seconds > 0


def test_amounts_from_below():
    row = Price(name="x", per={"input_token": 4e-6, "cached_token": 4e-7, "output_token": 1e-5, "image": 0.1, "character": 1e-4}, source="t", checked=date(2026, 11, 1))
    assert cheapest(Usage(units={"input_token": 1000, "output_token": 1000}), row) == pytest.approx(1e-4)
    assert cheapest(Usage(units={"image": 2, "character": 100}), row) == pytest.approx(0.21)
    assert cheapest(Usage(units={"frame": 3}), row) == 0.0
    assert factors(()) == (1.0, 1.0) and factors(("script",), (0.5, 2.0)) == pytest.approx((0.425, 2.4))
    assert factors(("voice", "shots")) == pytest.approx((0.781, 1.275), abs=1e-3)
    assert span(0, 0) == "$0" and span(0, None) == "unknown" and span(1.0, 1.00001) == "$1.00" and span(1, 2) == "$1.00 to $2.00"


def test_a_plan_is_json_and_markdown(shop):
    p = film(shop, title="A $100 | <b>title</b>", **CHAINS["all"]).plan()
    data = json.loads(json.dumps(plan_data(p)))
    assert data["low"] == p.low and data["high"] == p.high and data["headline"] == p.headline and len(data["rows"]) == len(p.rows)
    assert repr(p) == f"Plan({p.headline})" and p._repr_markdown_().count("\n|") == len(p.rows) + 2


# --- the command


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VIRALFORGE_STORE", raising=False)
    lines = (f'["{n}"]\nper = {{ {", ".join(f"{u} = {a!r}" for u, a in per.items())} }}\nchecked = 2026-11-30\n' for n, per in PER.items())
    (tmp_path / "prices.toml").write_text("\n".join(lines))
    (tmp_path / "otters.md").write_text(f"---\ntitle: How otters sleep\nvisuals: [video:sold, motion]\n---\n{NOTES}\n")
    return tmp_path


def test_the_command_takes_what_make_takes(folder, capsys):
    assert main(["estimate", "otters.md", "--seconds", "14", "--voice", "sold", "--set", "music=none", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["title"] == "How otters sleep" and 0 < plan["low"] <= plan["high"] and plan["stops"] == [] and sent() == 0
    assert not list((folder / "papermill_runs/out").glob("*/"))[1:] and not list(folder.glob("papermill_runs/out/*/run.json"))
    assert main(["estimate", "otters.md", "--seconds", "14", "--voice", "sold", "--music", "none"]) == 0
    out = capsys.readouterr().out
    assert "voice:sold" in out and "guessed" in out and out.rstrip().splitlines()[-1].endswith(plan["headline"].split("; ")[-1])


def test_the_command_says_by_its_status_that_the_film_would_be_refused(folder, capsys):
    assert main(["estimate", "otters.md", "--budget", "0.05"]) == 2
    assert "the budget is $0.05 for this film" in capsys.readouterr().out
    (folder / "prices.toml").unlink()
    assert main(["estimate", "otters.md"]) == 0 and main(["estimate", "otters.md", "--budget", "9"]) == 2
    assert main(["estimate", "otters.md", "--budget", "9", "--allow", "unpriced"]) == 0
    capsys.readouterr()
    assert sent() == 0


def test_make_refuses_what_its_budget_cannot_pay(folder, capsys):
    assert main(["make", "otters.md", "--budget", "0.05"]) == 2
    err = capsys.readouterr().err
    assert "the film costs" in err and "at least" in err and "raise the budget" in err and "nothing was begun" in err
    assert sent() == 0 and not list((folder / "papermill_runs/out").glob("*/*.ipynb"))


@pytest.mark.parametrize("words, said", [
    (["nothing.md"], "nothing.md"), (["otters.md", "--voice", "nobody"], "nobody"), (["otters.md", "--seconds", "soon"], "seconds is 'soon'"),
    (["otters.md", "--allow", "everything"], "everything"), (["otters.md", "--set", "voice=sold", "--voice", "sold"], "given twice"), (["a.md", "b.md"], "unexpected"),
])  # fmt: skip
def test_a_wrong_word_is_one_line(folder, capsys, words, said):
    assert main(["estimate", *words]) == 2
    err = capsys.readouterr().err.strip()
    assert err.startswith("error:") and len(err.splitlines()) == 1 and said in err
