"Pictures found by meaning: a tiny model through the real loader, the scale of its likeness, and a model that is not there."

import dataclasses
import re

import numpy as np
import pytest
from model2vec import StaticModel
from PIL import Image
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from viralforge import embeddings
from viralforge.backends.images import ByMeaning, OwnMedia
from viralforge.core import Missing, from_json
from viralforge.embeddings import standing_out
from viralforge.pipeline import Draft
from viralforge.ports import StillRequest
from viralforge.record import RunRecord
from viralforge.store import Store
from viralforge.types import Line, Material, Shot, Word

KIN = ["sea ocean wave waves tide salt", "doctor physician stethoscope", "castle fortress medieval", "money rates interest"]


def save(folder, kin=KIN, noise=0.5, scale=1.0, shift=0.0, normalize=True):
    "A model of 64 numbers: kindred words have kindred vectors, all others are random ones; `shift` makes all texts alike."
    r = np.random.default_rng(3)
    words = {"[UNK]": np.zeros(64), "[PAD]": np.zeros(64)}
    for group in (*kin, *embeddings.icon_list()["icons"].values()):
        towards = r.normal(size=64)
        for word in group.split():
            words.setdefault(word, towards + noise * r.normal(size=64) + shift)
    tokenizer = Tokenizer(WordLevel({w: n for n, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    StaticModel(np.array(list(words.values()), np.float32) * scale, tokenizer, normalize=normalize).save_pretrained(folder)
    return str(folder)


@pytest.fixture(autouse=True)
def fresh():
    yield
    for kept in (embeddings._loaded, embeddings._vector, embeddings._background):
        kept.cache_clear()


@pytest.fixture
def model(tmp_path, monkeypatch):
    monkeypatch.setenv("VIRALFORGE_EMBEDDINGS", save(tmp_path / "model"))


def shot(text):
    words = tuple(Word(shown=w, spoken=w, start=i / 3, end=(i + 0.9) / 3) for i, w in enumerate(text.split()))
    return Shot(id="beat-1", line=Line(id="beat-1", role="beat", text=text), start=0, frames=10 * len(words), words=words)


def material(n, file, words=""):
    return Material(file=f"/m/{file}", words=words, digest=str(n) * 32, width=1600, height=1200)


SHELF = (material(1, "IMG_0001.jpg", "stethoscope"), material(2, "castle.jpg"), material(3, "DSC_3.jpg"), material(4, "salt.png"))


@pytest.mark.parametrize("text, file", [("the physician listens", "IMG_0001.jpg"), ("a fortress stands", "castle.jpg"), ("the ocean rests", "salt.png")])
def test_a_picture_without_a_shared_word_is_found(model, text, file):
    by_words, by_meaning = (maker.request(StillRequest(shot=shot(text), materials=SHELF)) for maker in (OwnMedia(), ByMeaning()))
    assert by_words["material"] is None and by_meaning["material"]["file"] == f"/m/{file}" and "its meaning" in by_meaning["why"]
    again = ByMeaning().request(StillRequest(shot=shot(text), materials=SHELF, used=(by_meaning["material"]["digest"],)))
    assert again["candidates"][0]["score"] == pytest.approx(by_meaning["candidates"][0]["score"] / 2, abs=1e-4)


def test_what_means_nothing_in_common_is_not_shown_and_words_come_first(model):
    assert ByMeaning().request(StillRequest(shot=shot("interest rates rose"), materials=SHELF))["material"] is None
    assert ByMeaning().request(StillRequest(shot=shot("qwertz"), materials=SHELF))["candidates"] == []
    both = (material(1, "tide.jpg"), material(2, "IMG_2.jpg", "salt on a wave"))
    asked = ByMeaning().request(StillRequest(shot=shot("salt"), materials=both))
    assert asked["material"]["digest"] == "2" * 32 and asked["why"].endswith("by salt")
    assert [c["digest"] for c in asked["candidates"]] == ["2" * 32, "1" * 32]


def test_the_scale_of_a_model_does_not_matter(tmp_path, monkeypatch):
    "Models differ in how near any two texts are; what stands out is the same."
    found = []
    for n, how in enumerate(({}, {"scale": 40, "normalize": False}, {"shift": 1.0})):
        monkeypatch.setenv("VIRALFORGE_EMBEDDINGS", save(tmp_path / str(n), **how))
        near, far = standing_out("the ocean rests", "waves"), standing_out("the ocean rests", "castle")
        assert near > 3 > 1.5 > far, how
        found.append(near)
    assert found[0] == pytest.approx(found[1], rel=1e-3)


def test_a_film_from_a_folder(tmp_path, model):
    folder = tmp_path / "shelf"
    folder.mkdir()
    Image.effect_noise((1200, 2000), 60).convert("RGB").save(folder / "IMG_0001.jpg")
    (folder / "IMG_0001.txt").write_text("caption: fortress\nlicence: CC0-1.0\n")
    (tmp_path / "a.md").write_text("---\ntitle: Stone\nmedia: shelf\nmusic: none\nvisuals: embeddings, motion\n---\nA medieval castle had no glass. Rain came in all winter.")
    draft = Draft(tmp_path / "a.md", store=Store(tmp_path / ".store"), seconds=6)
    shown = [s for s in draft.shots if s.material]
    assert shown and all("castle" in " ".join(w.shown for w in s.words) for s in shown)
    assert from_json(RunRecord, (draft.make().folder / "run.json").read_text()).licences[1].startswith("picture IMG_0001.jpg: CC0-1.0")


def test_a_model_that_is_not_there(tmp_path, monkeypatch):
    "It is looked for once, the error names the setting, and a film is made of what else the brief allows."
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("VIRALFORGE_EMBEDDINGS", str(tmp_path / "empty"))
    asked, load = [], StaticModel.from_pretrained
    monkeypatch.setattr(StaticModel, "from_pretrained", lambda name: asked.append(name) or load(name))
    for _ in range(2):
        with pytest.raises(Missing, match=r"^VIRALFORGE_EMBEDDINGS: the embedding model .*empty cannot be loaded \(\w+Error: .*folder of a Model2Vec model"):
            ByMeaning().request(StillRequest(shot=shot("a castle"), materials=SHELF))
    assert len(asked) == 1
    (tmp_path / "shelf").mkdir()
    Image.effect_noise((900, 900), 60).convert("RGB").save(tmp_path / "shelf" / "castle.jpg")
    text = "---\ntitle: Stone\nmedia: shelf\nmusic: none\nvisuals: embeddings{}\n---\nA medieval castle had no glass. Rain came in all winter."
    made = {}
    for name, more in (("media", ", media, motion"), ("motion", ", motion"), ("none", "")):
        (tmp_path / f"{name}.md").write_text(text.format(more))
        made[name] = Draft(tmp_path / f"{name}.md", store=Store(tmp_path / ".store"), seconds=6)
    assert not any(s.material for s in made["motion"].shots)
    assert any(s.material for s in made["media"].shots), "words need no model"
    asked = ByMeaning().request(StillRequest(shot=dataclasses.replace(shot("a castle"), line=Line(id="beat-1", role="beat", text="a castle", visual="castle.jpg")), materials=SHELF))
    assert asked["why"] == "asked for by name", "nor does a name"
    with pytest.raises(Missing, match="embedding model"):
        made["none"].shots  # noqa: B018


def test_a_folder_that_holds_no_model(tmp_path, monkeypatch):
    (tmp_path / "config.json").write_text("{")
    for folder, why in ((tmp_path, r"\w+"), (tmp_path / "gone", "there is no such folder")):
        monkeypatch.setenv("VIRALFORGE_EMBEDDINGS", str(folder))
        with pytest.raises(Missing, match=rf"{re.escape(str(folder))} cannot be loaded \({why}"):
            standing_out("a", "b")
