"Records of every release: `run.json` of an earlier version is read, one of a later version is refused in one line."

import json
from pathlib import Path

import pytest

from viralforge import open_film
from viralforge.core import BadInput, from_json, to_json
from viralforge.record import _UPGRADES, SCHEMA, RunRecord, read_record
from viralforge.runs import _title_of

FIXTURES = Path(__file__).parent / "fixtures"


def film(tmp_path, name="run-1.json", **change):
    data = json.loads((FIXTURES / name).read_text(encoding="utf-8")) | change
    folder = tmp_path / data["id"]
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps(data), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", sorted(p.name for p in FIXTURES.glob("run-*.json")))
def test_a_record_of_every_release_opens(name, tmp_path):
    folder = film(tmp_path, name)
    made = open_film(folder)
    assert made.record.schema == SCHEMA and made.record.title == "Why does an octopus have three hearts?"
    assert (made.quality.headline, made.bill.spent, len(made.bill.charges)) == ("12 of 13 checks passed, 1 warning: pace, 6 not measured", 0.0, 22)
    assert from_json(RunRecord, to_json(made.record)) == made.record and made.credits.text and made._repr_html_()
    assert _title_of(folder / "make_video.ipynb") == made.record.title


def test_every_schema_has_a_way_to_the_next():
    assert sorted(_UPGRADES) == list(range(1, SCHEMA)) and len(list(FIXTURES.glob("run-*.json"))) >= SCHEMA


def test_a_record_of_a_later_version_is_refused(tmp_path):
    folder = film(tmp_path, schema=99, title="A later film", something="new")
    for read in (open_film, read_record):
        with pytest.raises(BadInput) as e:
            read(folder)
        assert "newer ViralForge (schema 99" in str(e.value) and str(folder) in e.value.where and "pip install -U" in e.value.mend
    assert _title_of(folder / "make_video.ipynb") == "make video"


@pytest.mark.parametrize("change", [{"schema": "two"}, {"schema": 0}, {"schema": True}, {"schema": None}, {"bill": 7}])
def test_nonsense_in_a_record_is_one_line(change, tmp_path):
    with pytest.raises(BadInput) as e:
        open_film(film(tmp_path, **change))
    assert "no record" in str(e.value) and "\n" not in str(e.value)


def test_what_is_no_record_is_one_line(tmp_path):
    for text in ("[]", '"x"', "{", "\0"):
        (tmp_path / "run.json").write_text(text)
        with pytest.raises(BadInput, match="no record"):
            open_film(tmp_path)
