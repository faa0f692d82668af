"What things cost: the tables and their checks, the rules by day, usage that is nonsense, the bill, and the command."

import json
import math
import random
import tomllib
from datetime import date, timedelta

import pytest

from viralforge import cli, costs
from viralforge.core import BadInput, data_path, from_json, to_json, utc_now
from viralforge.costs import (
    UNITS,
    Above,
    Bill,
    Charge,
    Model,
    Price,
    bill_table,
    by_stage,
    checked,
    local_money,
    models,
    money,
    offer,
    price_of,
    prices,
    usd,
)
from viralforge.types import Reply, Usage

DAY = date(2026, 11, 30)
ROW = "checked = 2026-11-30\nsource = 'a test'\n"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VIRALFORGE_PRICES", raising=False)


def price(**per):
    return Price(name="x", per=per, source="a test", checked=DAY)


# ---- the tables as they are shipped


def test_every_row_is_whole():
    table, known = prices(), models()
    assert len(table) > 50 and len(known) > 90
    for p in table.values():
        assert p.per and set(p.per) <= set(UNITS) and p.source and date(2026, 11, 1) <= p.checked <= utc_now().date(), p
        assert all(0 <= v < 2 and math.isfinite(v) for v in p.per.values()) and (p.name == "local" or any(p.per.values())), p
        assert p.above is None or (set(p.above.per) == set(p.per) and all(p.above.per[u] > p.per[u] for u in p.per)), p
        if any("token" in u for u in p.per):
            assert all(v < 1e-3 for u, v in p.per.items() if "token" in u), p
    for m in known.values():
        assert m.name.partition("/")[2] and m.source and m.vendor and date(2026, 11, 1) <= m.checked <= utc_now().date(), m
        assert not m.price or m.price in table, m
        assert not m.successor or (m.successor in known and known[m.successor].kind == m.kind and known[m.successor].shuts_down is None), m
        assert not (m.successor and m.instead), m
        assert all(len(s.split("x")) == 2 and all(n.isdigit() for n in s.split("x")) for s in m.limits.sizes), m
        assert not (m.limits.shortest and m.limits.longest) or m.limits.shortest < m.limits.longest, m
    assert set(table) == {m.price for m in known.values() if m.price} | {"local", "scripted"}, "a price that no model names"


def test_figures_are_those_of_the_source():
    table = prices()
    million = lambda name: [round(table[name].per[u] * 1e6, 6) for u in ("input_token", "output_token")]
    assert million("openai/gpt-6-luna") == [0.1, 0.5] and million("anthropic/claude-fable-5-1") == [10, 50]
    assert million("google/gemini-4-argon") == [2, 10] and table["anthropic/claude-haiku-5-5"].above.tokens == 100_000
    assert table["google/gemini-3-pro-image"].per["image"] == 0.134 and table["elevenlabs/full"].per["character"] == 80e-6
    assert table["runway/gen4.5"].per == {"second": 0.12} and table["vertex/veo-3.1"].per["second_4k"] == 0.6
    assert table["google/gemini-omni-1.2-flash"].unsure and table["elevenlabs/music"].unsure
    assert models()["openai/tts-1"].shuts_down == date(2027, 1, 6) and models()["openai/tts-1"].limits.characters == 4096


def test_the_files_are_read_once_and_nobody_can_change_them_for_others():
    prices().clear(), models().clear()
    assert prices() and models() and prices()["local"] is prices()["local"]


def test_a_value_comes_back_from_json():
    for row in (prices()["openai/gpt-6-luna"], models()["google/gemini-omni-1.1-flash"], offer("openai/tts-1", DAY)):
        assert from_json(type(row), to_json(row)) == row


# ---- files that are no tables


@pytest.mark.parametrize(
    "text, said",
    [
        ("a shop", "no table"),
        ("x = 1", "'x' stands outside of a row"),
        ("[x]\nper = { second = 1 }\nsource = 'a test'", "row 'x': the field checked is missing. Mend: add checked = 2026-11-30"),
        ("[x]\nchecked = 2026-11-30\nsource = 'a test'", "row 'x': the field per is missing"),
        (f"[x]\nper = {{ sec = 1 }}\n{ROW}", "row 'x': per: 'sec' is no unit. Mend: did you mean second?"),
        (f"[x]\nper = {{ second = -1 }}\n{ROW}", "row 'x': per.second = -1 should be greater"),
        (f"[x]\nper = {{ second = nan }}\n{ROW}", "row 'x': per.second = nan should be a finite number"),
        (f"[x]\nper = {{ second = '1' }}\n{ROW}", "row 'x': per.second = '1' should be a valid number"),
        (f"[x]\nper = {{ second = true }}\n{ROW}", "row 'x': per.second = True should be a valid number"),
        (f"[x]\nper = 3\n{ROW}", "row 'x': per = 3 should be a valid dictionary"),
        ("[x]\nper = {}\nchecked = 'soon'\nsource = 'a test'", "row 'x': checked = 'soon' should be a valid date. Mend: write a day"),
        ("[x]\nper = {}\nchecked = 2026-11-30T10:00:00\nsource = 'a test'", "row 'x': checked = "),
        (f"[x]\nper = {{}}\nchequed = 1\n{ROW}", "row 'x': no such field: chequed. Mend: did you mean checked?"),
        (f"[x]\nper = {{}}\nname = 'y'\n{ROW}", "row 'x': no such field: name"),
        (f"[x]\nper = {{}}\nown = 'y'\n{ROW}", "row 'x': no such field: own"),
        (f"[x]\nper = {{}}\nabove = {{ tokens = 5, per = {{ sec = 1 }} }}\n{ROW}", "row 'x': above.per: 'sec' is no unit"),
        (f"[x]\nper = {{}}\nabove = {{ per = {{}} }}\n{ROW}", "row 'x': the field above.tokens is missing"),
        ("[x]\n[x]\n", "no table"),
        ("[x]\nper = {}\nchecked = 2026-11-30\nsource = 3", "row 'x': source = 3 should be a valid string"),
    ],
)
def test_a_broken_price_file_is_one_line_with_file_row_and_field(tmp_path, text, said):
    for path, read in ((tmp_path / "other.toml", lambda: prices(tmp_path / "other.toml")), (tmp_path / "prices.toml", prices)):
        path.write_text(text)
        with pytest.raises(BadInput) as e:
            read()
        assert str(e.value).startswith(str(path)) and said in str(e.value) and "\n" not in str(e.value)


def test_a_file_that_cannot_be_read(tmp_path):
    (tmp_path / "prices.toml").write_bytes(b"\xff\xfe[x]")
    with pytest.raises(BadInput, match="not even UTF-8"):
        prices()
    with pytest.raises(BadInput, match="cannot be read"):
        prices(tmp_path)
    (tmp_path / "prices.toml").write_bytes(b"\xef\xbb\xbf")  # a mark of Windows editors, and nothing else
    assert prices() == prices(data_path("prices.toml"))


@pytest.mark.parametrize(
    "row, said",
    [
        ("shuts_down = 2027-01-01", "shuts_down: a day without its source"),
        ("shutdown_source = 'vendor'", "shuts_down: a day without its source"),
        ("shuts_down = 2027-01-01\nshutdown_source = 'a friend'", "shutdown_source = 'a friend' should be 'vendor' or 'third party'"),
        ("limits = { character = 1 }", "no such field: limits.character"),
        ("limits = { seconds = 4 }", "limits.seconds = 4 should be a valid tuple"),
        ("kind = 'poem'", "kind = 'poem' should be"),
    ],
)
def test_a_broken_model_file(tmp_path, row, said):
    kind = "" if row.startswith("kind") else "kind = 'voice'\n"
    (tmp_path / "models.toml").write_text(f"[x]\nvendor = 'V'\n{kind}{row}\n{ROW}")
    with pytest.raises(BadInput) as e:
        models(tmp_path / "models.toml")
    assert said in str(e.value).replace("'', ", "") and "row 'x'" in str(e.value)


# ---- the user's own prices


def test_own_rows_win_one_by_one_and_say_where_they_come_from(tmp_path, monkeypatch):
    shipped = prices()
    (tmp_path / "prices.toml").write_text("['elevenlabs/full']\nper = { character = 55e-6 }\nchecked = 2026-11-30\n[mine]\nper = { call = 2 }\n" + ROW)
    mine = prices()
    assert {n for n in mine if mine[n] != shipped.get(n)} == {"elevenlabs/full", "mine"}
    assert mine["elevenlabs/full"].source == mine["mine"].own == str(tmp_path / "prices.toml") and mine["mine"].source.endswith("prices.toml: a test")
    (tmp_path / "mine.toml").write_text(f"['openai/gpt-image-2.6-flare']\nper = {{ image = 0.2 }}\n{ROW}")
    monkeypatch.setenv("VIRALFORGE_PRICES", "mine.toml")  # named, so this one alone
    assert "mine" not in prices() and offer("openai/gpt-image-2.6-flare", DAY).price.per == {"image": 0.2}
    monkeypatch.setenv("VIRALFORGE_PRICES", "gone.toml")
    with pytest.raises(BadInput, match="names no file"):
        prices()


def test_a_row_under_a_models_own_name_wins_over_the_shared_one(tmp_path):
    (tmp_path / "prices.toml").write_text(f"['elevenlabs/eleven_v4']\nper = {{ character = 55e-6 }}\n{ROW}")
    assert offer("elevenlabs/eleven_v4", DAY).price.own and not offer("elevenlabs/eleven_v3", DAY).price.own


def test_the_packages_own_folder_is_no_folder_of_own_prices(monkeypatch):
    monkeypatch.chdir(data_path("prices.toml").parent)
    assert costs.own_prices() is None and not any(p.own for p in prices().values())


# ---- the rules, by day


@pytest.mark.parametrize("before, warned", [(61, False), (60, True), (1, True)])
def test_a_shutdown_is_told_sixty_days_before(before, warned):
    end = models()["openai/gpt-4o"].shuts_down
    said = offer("openai/gpt-4o", end - timedelta(before)).warnings
    assert [f"in {before} day" in w and "says OpenAI" in w for w in said if "shuts down" in w] == [True] * warned


def test_after_it_only_the_vendor_itself_refuses():
    for m in models().values():
        if not m.shuts_down:
            assert not any("shut" in w for w in offer(m.name, date(2030, 1, 1)).warnings)
        elif m.shutdown_source == "vendor":
            offer(m.name, m.shuts_down - timedelta(1))
            with pytest.raises(BadInput, match=f"{m.name} was shut down on {m.shuts_down}, says {m.vendor}. Mend: ") as e:
                offer(m.name, m.shuts_down)
            assert e.value.where == "models.toml" and "use " in e.value.mend
            with pytest.raises(BadInput):
                price_of(m.name, prices(), m.shuts_down)
        else:
            said = offer(m.name, m.shuts_down).warnings
            assert f"{m.name} was shut down on {m.shuts_down}, says a third party" in said[0]


def test_the_successor_is_named():
    assert "use google/gemini-omni-1.1-flash" in offer("google/veo-3.1-generate-preview", DAY).warnings[0]
    with pytest.raises(BadInput, match="base_url"):
        offer("openai/sora-2", DAY)
    with pytest.raises(BadInput, match="no successor is named; use openai/gpt-image-2, "):
        offer("openai/gpt-image-1", DAY)


def test_a_row_is_old_after_ninety_days(tmp_path):
    day = prices()["elevenlabs/full"].checked
    assert offer("elevenlabs/full", day + timedelta(90)).warnings == ()
    assert offer("elevenlabs/full", day + timedelta(91)).warnings == (f"elevenlabs/full was last checked on {day}, 91 days ago",)
    later = offer("openai/gpt-image-2.6-flare", day + timedelta(91))  # no price, but a model
    assert later.price is None and len(later.warnings) == 1
    assert offer("local", day + timedelta(900)).warnings == ()
    (tmp_path / "prices.toml").write_text(f"['elevenlabs/full']\nper = {{ character = 1 }}\n{ROW}")
    assert offer("elevenlabs/full", DAY + timedelta(91)).warnings != ()  # the user's own rows too


def test_an_unsure_price_is_said_and_an_unknown_name_is_unknown():
    assert any("not confirmed" in w for w in offer("google/gemini-3.1-flash-image", DAY).warnings)
    assert offer("nobody/knows", DAY) == costs.Offer(name="nobody/knows") and price_of("", prices(), DAY) is None


# ---- usage


@pytest.mark.parametrize(
    "units, why",
    [
        ({"second": math.nan}, "second = nan, which is no amount"),
        ({"second": math.inf}, "second = inf, which is no amount"),
        ({"second": -1}, "second = -1.0, which is no amount"),
        ({"second": 4, "image": -1e-9}, "image = -1e-09, which is no amount"),
        ({"seconds": 4}, "4 of the unknown unit 'seconds', perhaps second"),
        ({"zorkmid": 4}, "4 of the unknown unit 'zorkmid'"),
        ({"second": "four"}, "second = nan"),
        ({"second": {"in": 1}}, "second = nan"),
        ([1, 2], "unreadable = nan"),
        ({"second": 4, "image": 1}, "the price row x has no price for image"),
        ({"second": 0}, "does not report what it used"),
        (None, "does not report what it used"),
    ],
)
def test_nonsense_costs_an_unknown_sum_and_is_said(units, why):
    cost, said = checked(Usage(units=units), price(second=0.1))
    assert cost is None and why in said and "\n" not in said
    assert "no " in checked(Usage(units=units), None)[1] or why in checked(Usage(units=units), None)[1]


def test_a_reply_with_nonsense_can_be_kept():
    odd = Reply(usage=Usage(units={"second": "x", "image": 10**400, "call": math.inf, "frame": "7"}), data=1)
    kept = to_json(odd)
    json.loads(kept, parse_constant=lambda c: pytest.fail(f"{c} is no JSON"))
    back = from_json(Reply, kept).usage.units
    assert math.isnan(back["second"]) and math.isnan(back["image"]) and back["call"] == math.inf and back["frame"] == 7
    assert from_json(Usage, '{"units":{"second":NaN}}').units.keys() == {"second"}  # as older runs wrote it


def test_what_is_fine_is_priced_to_the_cent():
    assert checked(Usage(units={"second": 4, "image": 0, "nonsense": 0}), price(second=0.1)) == (0.4, "")
    assert money(Usage(), price(second=0.1)) == 0 and money(Usage(), None) is None and checked(Usage(), price(call=0)) == (0, "")
    for seed in range(200):
        rng = random.Random(seed)
        per = {u: rng.randrange(1, 10**6) * 1e-6 for u in rng.sample(sorted(UNITS), 5)}
        used = {u: rng.randrange(1, 10**6) for u in rng.sample(sorted(per), 3)}
        exact = sum(round(per[u] * 1e6) * n for u, n in used.items()) / 1e6
        assert math.isclose(money(Usage(units=used), price(**per)), exact, rel_tol=1e-15 * 4), seed


def test_a_long_call_is_dearer_as_a_whole_and_cached_tokens_make_it_long():
    row = price(input_token=1e-6, cached_token=1e-7, output_token=5e-6)
    row = Price(**{f: getattr(row, f) for f in ("name", "per", "source", "checked")}, above=Above(tokens=1000, per={"input_token": 2e-6, "output_token": 1e-5}))
    cost = lambda **units: money(Usage(units=units), row)
    assert cost(input_token=1000, output_token=100) == pytest.approx(0.0015)
    assert cost(input_token=1001, output_token=100) == pytest.approx(0.003002)
    assert cost(input_token=500, cached_token=600) == pytest.approx(0.00106)  # what has no higher price keeps its own


def test_local_work_never_has_an_unknown_cost():
    row = price(gpu_second=0.001, frame=0.5)
    odd = Usage(units={"frame": 2, "second": math.nan, "sheet": 3, "image": -1})
    assert local_money(odd, row) == 1 and local_money(odd, row, 10, gpu=True) == 1.01 and local_money(odd, row, 10) == 1
    assert local_money(odd, None) == 0 == local_money(Usage(units={"frame": math.inf}), row, -5, gpu=True)
    assert set(prices()["local"].per.values()) == {0}


# ---- the bill

VENDOR = dict(stage="footage", provider="video:vendor", local=False)


def test_the_bill_counts_what_may_have_been_charged():
    bill = Bill(
        cap=2.0,
        charges=(
            Charge(**VENDOR, state="doubt", estimate=0.5, cost=0.0),
            Charge(**VENDOR, state="open", estimate=0.25, cost=0.0),
            Charge(**VENDOR, state="done", estimate=0.4, cost=0.1),
            Charge(**VENDOR | {"provider": "video:silent"}, state="done", estimate=0.3, cost=None),
            Charge(**VENDOR | {"provider": "video:dark"}, state="done", estimate=None, cost=None),
            Charge(**VENDOR, state="failed", estimate=9.0, cost=0.0),
        ),
    )
    assert bill.spent == 1.15 and bill.unpriced == ("video:dark", "video:silent") and not bill.warnings
    assert bill.headline == "$1.15 + unknown (video:dark, video:silent) of $2.00 allowed · 6 steps, 0 recalled"
    assert by_stage(bill)[0]["cost"] is None and "counted by its bound" in bill_table(bill)


def test_the_bill_says_what_went_past_a_bound_or_the_cap():
    dear = Charge(**VENDOR, state="done", estimate=0.1, cost=0.3, why="resumed")
    bill = Bill(charges=(dear, Charge(**VENDOR, state="done", estimate=0.3, cost=0.3)), cap=0.5)
    assert bill.headline == "$0.60 of $0.50 allowed, 1 above the bound (video:vendor), $0.10 over the cap · 2 steps, 0 recalled"
    assert "resumed; cost more than its bound" in bill_table(bill) and bill_table(bill).count("more than its bound") == 1
    tight = Bill(charges=tuple(Charge(**VENDOR, state="done", estimate=0.1, cost=0.1) for _ in range(10)), cap=1.0)
    assert tight.spent == 1.0 and not tight.warnings  # ten times ten cents are a dollar


def test_own_work_is_shown_apart_and_never_over_the_cap():
    own = Charge(stage="footage", provider="video:svd", state="done", estimate=None, cost=5.0)
    bill = Bill(charges=(own, Charge(**VENDOR, state="done", estimate=0.1, cost=0.1)), cap=0.5)
    assert bill.spent == 0.1 and bill.own == 5 and not bill.warnings
    assert bill.headline == "$0.10 of $0.50 allowed + $5.00 of this machine · 2 steps, 0 recalled"


def test_an_older_bill_still_loads():
    old = '{"charges":[{"stage":"script","provider":"writer:outline","state":"done"}],"checked":"2026-11-23","cap":0.5}'
    assert from_json(Bill, old).headline == "$0 of $0.50 allowed · 1 steps, 0 recalled"


def test_money_for_people():
    assert [usd(x) for x in (None, 0, 0.5, 2, 0.12345, 1e-9, -0.5, 1234.5)] == ["unknown", "$0", "$0.50", "$2.00", "$0.1235", "under $0.0001", "-$0.50", "$1234.50"]


# ---- the command


def said(capsys, *words):
    status, (out, err) = cli.main(["prices", *words]), capsys.readouterr()
    return status, out, err


def test_prices_lists_every_model_and_price(capsys):
    status, out, err = said(capsys)
    rows = [line.split()[0] for line in out.splitlines()[1:]]
    assert status == 0 and not err and rows == ["local", "scripted", *models()] and "unknown" in out
    status, out, err = said(capsys, "--json")
    found = json.loads(out)
    assert [r["name"] for r in found] == rows and found[2]["per"]["input_token"] == 0.10e-6 and not err


def test_prices_of_one_model_and_of_a_part_of_a_name(capsys):
    status, out, _ = said(capsys, "openai/gpt-image-2")  # the whole name wins over being a part of others
    assert status == 0 and out.startswith("name ") and "$30.00/M image tokens out" in out and "side step 16" in out
    assert [line.split()[0] for line in said(capsys, "Eleven_V4")[1].splitlines()[1:]] == ["elevenlabs/eleven_v4_turbo", "elevenlabs/eleven_v4"]
    status, out, err = said(capsys, "gpt-6-lunar")
    assert status == 2 and not out and "did you mean openai/gpt-6-luna?" in err and len(err.splitlines()) == 1


def test_prices_tell_age_and_ends_by_the_day(capsys, monkeypatch):
    class Later:
        @staticmethod
        def date():
            return date(2027, 3, 1)

    monkeypatch.setattr("viralforge.accounts.utc_now", lambda: Later)
    status, out, _ = said(capsys, "--soon", "--json")
    assert [r["name"] for r in json.loads(out)] == ["google/gemini-3.1-flash-lite"]
    days = (date(2027, 3, 1) - prices()["google/gemini-3.1-flash-lite"].checked).days
    assert f"{days} days old" in said(capsys, "google/gemini-3.1-flash-lite")[1]
    assert "gone 2027-01-06 (vendor)" in said(capsys, "openai/tts-1")[1]
    assert said(capsys, "eleven_v4", "--soon")[1] == "no shutdown is known to come\n"


def test_prices_say_that_own_ones_are_active(capsys, tmp_path):
    (tmp_path / "prices.toml").write_text(f"['elevenlabs/eleven_v4']\nper = {{ character = 60e-6 }}\n{ROW}[mine]\nper = {{ call = 2 }}\n{ROW}")
    status, out, err = said(capsys, "elevenlabs/eleven_v4")
    assert status == 0 and "$0.06/k characters" in out and "your own" in out and err == "Prices of your own are taken from prices.toml.\n"
    assert "\nmine " in said(capsys)[1] and json.loads(said(capsys, "mine", "--json")[1])[0]["remark"] == "your own"
    (tmp_path / "prices.toml").write_text("nonsense")
    status, out, err = said(capsys)
    assert status == 2 and not out and "no table" in err and len(err.splitlines()) == 1


def test_the_shipped_files_are_plain_toml():
    for name in ("prices.toml", "models.toml"):
        assert all(isinstance(row, dict) for row in tomllib.loads(data_path(name).read_text(encoding="utf-8")).values())
    assert isinstance(models()["openai/tts-1"], Model)
