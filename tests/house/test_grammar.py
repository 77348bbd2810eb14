"""What we take from PTB, pinned; and that every letter which is written can be rendered."""

import ast
from pathlib import Path

from telegram.ext import ConversationHandler

from handlers.conversations import FLOWS, hear_everything
from handlers.flow import Idle
from handlers.letters import KINDS
from mentoring.letters import CLASSES


def test_ptb_keeps_the_steps_under_the_one_private_name_that_we_use() -> None:
    handler = hear_everything()
    assert isinstance(handler, ConversationHandler)
    assert handler._conversations == {}
    assert handler.allow_reentry is True


def test_every_step_has_one_row_and_a_name_of_its_own() -> None:
    steps = [str(step) for flow in FLOWS for step in flow.steps]
    assert len(steps) == len(set(steps))
    assert set(map(str, hear_everything().states)) == {*steps, Idle.HERE.value}


def test_every_kind_of_letter_that_is_written_can_be_rendered() -> None:
    written = set()
    for path in Path("mentoring").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Letter":
                written |= {k.value for k in node.keywords if k.arg == "kind"}
    kinds = {node.value for node in written if isinstance(node, ast.Constant)}
    deeds = {
        f"meeting_{deed}"
        for deed in ("logged", "undone", "contested", "corrected", "agreed", "conceded")
    }
    dates = {
        f"date_{deed}" for deed in ("proposed", "agreed", "cancelled", "tomorrow", "soon", "over")
    }
    rungs = {"no_date_yet", "not_met_yet", "silence"}
    assert kinds | deeds | dates | rungs | {"welcome"} == KINDS
    assert set(CLASSES) == KINDS
