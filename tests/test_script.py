"The script stage: word budget, one step, edits, and the page that people edit."

import pytest
from PIL import Image

from viralforge.briefs import example_briefs, read_brief
from viralforge.core import BadInput
from viralforge.script import (
    edit_line,
    insert_line,
    remove_line,
    script_from_markdown,
    script_to_markdown,
    set_visual,
    word_budget,
    write_script,
)
from viralforge.store import scratch_run
from viralforge.types import Brief, Line, Script


@pytest.fixture(scope="module", params=[p.stem for p in example_briefs()])
def script(request):
    brief = next(read_brief(p) for p in example_briefs() if p.stem == request.param)
    with scratch_run() as run:
        return write_script(brief, run, 158)


def ids(script):
    return [x.id for x in script.lines]


def test_budget_grows_with_seconds_and_pace():
    assert word_budget(10, 158) < word_budget(11, 158) < word_budget(11, 180)
    assert word_budget(5, 20) >= 6


def test_written_once(monkeypatch):
    from viralforge.backends import writers

    calls = []
    real = writers.outline
    monkeypatch.setattr(writers, "outline", lambda request: calls.append(1) or real(request))
    brief = Brief(title="Hearts", notes="An octopus has three hearts. Two push blood through the gills.", seconds=10)
    with scratch_run() as run:
        assert write_script(brief, run, 158) == write_script(brief, run, 158)
        assert len(calls) == 1
        write_script(brief, run, 120)
    assert len(calls) == 2


def test_bare_topic_and_unknown_writer():
    with scratch_run() as run:
        with pytest.raises(BadInput, match="add notes"):
            write_script(Brief(title="Why the sky is blue"), run, 158)
        with pytest.raises(BadInput, match="writer:outlin"):
            write_script(Brief(title="T", notes="Three hearts beat.", writer="outlin"), run, 158)


def test_edit_keeps_the_id_and_the_others(script):
    for line in script.lines:
        new = edit_line(script, line.id, "  Nine brains,\n 500 million neurons. ")
        assert ids(new) == ids(script) and new.line(line.id).text == "Nine brains, 500 million neurons."
        assert "neurons" in new.line(line.id).keywords
        assert new.line(line.id).source == line.source
        assert [x for x in new.lines if x.id != line.id] == [x for x in script.lines if x.id != line.id]


def test_insert_remove_and_twice_the_same_text(script):
    one = insert_line(script, "hook", "And now the rest.")
    two = insert_line(one, "hook", "And now the rest.")
    assert len(set(ids(two))) == len(script.lines) + 2
    assert remove_line(remove_line(two, two.lines[1].id), two.lines[2].id) == script
    assert [i for i in ids(two) if i in ids(script)] == ids(script)


def test_wrong_edits_are_one_clear_line(script, tmp_path):
    for wrong in (
        lambda: edit_line(script, "nope", "x"),
        lambda: edit_line(script, "hook", "  "),
        lambda: insert_line(script, "nope", "x"),
        lambda: remove_line(Script(title="t", lines=(Line(id="hook", role="hook", text="x"),)), "hook"),
        lambda: set_visual(script, "hook", str(tmp_path / "gone.jpg")),
        lambda: set_visual(script, "hook", "h" * 400),
        lambda: set_visual(script, "hook", "~nobody-here/a.jpg"),
        lambda: edit_line(script, "beat", "which one?"),
    ):
        with pytest.raises(BadInput) as e:
            wrong()
        assert "\n" not in str(e.value) and "Mend: " in str(e.value)


def test_page_comes_back_the_same(script):
    page = script_to_markdown(script)
    assert script_from_markdown(page, script) == script
    for saved in (page.replace("\n", "\r\n"), page.replace("\n", "\r"), "\ufeff" + page, page.rstrip(), page + "\n\n"):
        assert script_from_markdown(saved, script) == script
    for typed in (page.replace("## ", "##"), page.replace("## ", "  ### "), page.replace("## payoff", "## Payoff: ##")):
        assert script_from_markdown(typed, script) == script, "a heading typed another way is never spoken"


def test_the_order_of_parts_is_the_order_of_lines(script):
    page = script_to_markdown(script)
    head, *parts = page.split("\n## ")
    back = script_from_markdown("\n\n## ".join([head, *reversed(parts)]), script)
    assert back.lines == script.lines[::-1] and back.title == script.title


def test_the_title_stands_above_the_parts(script):
    page = script_to_markdown(script)
    assert script_from_markdown(page.replace(f"# {script.title}", "# Another", 1), script).title == "Another"
    untitled = page.replace(f"# {script.title}\n", "", 1) + "\n# Not the title\n"
    assert script_from_markdown(untitled, script).title == script.title


def test_a_picture_is_kept_wherever_the_page_is_read(tmp_path, monkeypatch, script):
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    monkeypatch.chdir(tmp_path)
    asked = set_visual(script, "hook", "a.png")
    page = script_to_markdown(asked)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert script_from_markdown(page, asked) == asked and asked.lines[1:] == script.lines[1:]
    assert set_visual(asked, "hook", "") == script


def test_page_with_odd_texts_and_visuals(tmp_path):
    Image.new("RGB", (9, 9)).save(tmp_path / "a b.png")
    texts = ("#1 of three hearts.", "> It beats.", "visual: not one.", "<b> is no tag.", "\\ a slash.", "-- two dashes --",
             "Visual: no.", "<!-- x", "a <!-- b --> c", "## beat", "One.\n## beat\n> two.")  # fmt: skip
    lines = tuple(Line(id=f"beat-{i:06d}", role="beat", text=t, source="The <!-- note.\nGoes on.") for i, t in enumerate(texts))
    script = Script(title="Odd -- <!-- texts", lines=lines, notices=("A notice --> with an arrow.",))
    script = set_visual(script, "beat-000001", str(tmp_path / "a b.png"))
    assert script_from_markdown(script_to_markdown(script), script) == script


def test_hand_edits(script):
    page = script_to_markdown(script)
    second = script.lines[1]
    swapped = page.replace(second.text, "Something else entirely.\nOn two lines.")
    changed = script_from_markdown(swapped, script)
    assert ids(changed) == ids(script) and changed.lines[1].text == "Something else entirely. On two lines."
    assert changed.lines[1].source == second.source and changed.lines[2:] == script.lines[2:]

    start = page.index(f"## {second.role} {second.id}")
    end = page.index("\n## ", start) + 1
    part = page[start:end]
    assert ids(script_from_markdown(page.replace(part, ""), script)) == [i for i in ids(script) if i != second.id]
    moved = script_from_markdown(page.replace(part, "") + "\n" + part, script)
    assert ids(moved)[-1] == second.id and set(ids(moved)) == set(ids(script))

    added = script_from_markdown(page.replace(part, part + "## new\n\nA new line with 90 minutes.\n\n"), script)
    new = [x for x in added.lines if x.id not in ids(script)]
    assert len(new) == 1 and new[0].role == "beat" and new[0].source == ""
    again = script_from_markdown(script_to_markdown(added), added)
    assert again == added


@pytest.mark.parametrize(
    "page, says",
    [
        ("", "no lines left"),
        ("# Only a title\n", "no lines left"),
        ("Text without a heading.\n", "line 1"),
        ("## Hok\n\nThree hearts.\n", "## hook"),
        ("## beat beat-zzzzzz\n\nThree hearts.\n", "no line 'beat-zzzzzz'"),
        ("## hook\n\n## payoff\n\nSo.\n", "empty"),
        ("## hook\n\nThree hearts.\n\nvisual: gone.jpg\n", "gone.jpg"),
        ("## hook\n\nThree hearts.\n\nVisual: gone.jpg\n", "gone.jpg"),
        ("## hook\n\nThree hearts.\n\n##\n\nTwo.\n", "line 5"),
        ("## hook\n\nThree hearts. <!-- later\n", "not closed"),
    ],
)
def test_slips_on_the_page(script, page, says):
    with pytest.raises(BadInput) as e:
        script_from_markdown(page, script)
    assert says in str(e.value) and "script.md" in str(e.value) and "\n" not in str(e.value)


def test_a_part_twice(script):
    page = script_to_markdown(script)
    beat = next(x for x in script.lines if x.role == "beat")
    with pytest.raises(BadInput, match="two parts"):
        script_from_markdown(page + f"\n## beat {beat.id}\n\nAgain.\n", script)
    twice = script_from_markdown(page + "\n## payoff\n\nOne more end.\n", script)
    assert twice.lines[-1].id not in ids(script) and twice.lines[-1].role == "payoff"
