"""The results file: MTurk's columns, and nothing a spreadsheet would run."""

import csv
import io

import pytest

from kempelen.formats.batch_results import COLUMNS, Result, write

HIT = {
    "HITId": "3H",
    "HITTypeId": "3T",
    "Title": "t",
    "Reward": "0.05",
    "CreationTime": 0.0,
    "MaxAssignments": 1,
}
ASSIGNMENT = {"AssignmentId": "3A", "WorkerId": "AW", "AcceptTime": 10.0, "SubmitTime": 75.5}


def rows(*results: Result, guard: bool = True) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(write(results, guard=guard))))


def test_columns_stand_in_mturks_order_inputs_and_answers_after_them() -> None:
    text = write([Result(HIT, ASSIGNMENT, {"b": "1", "a": "2"}, {"z": "3"})])
    header = next(csv.reader(io.StringIO(text)))
    assert header == [*COLUMNS, "Input.a", "Input.b", "Answer.z", "Approve", "Reject"]
    assert text.startswith('"HITId","HITTypeId"')


def test_rewards_times_and_working_time_are_written_as_mturk_did() -> None:
    [row] = rows(Result(HIT, ASSIGNMENT, {}, {}))
    assert row["Reward"] == "$0.05"
    assert row["CreationTime"] == "Thu Jan 01 00:00:00 UTC 1970"
    assert row["WorkTimeInSeconds"] == "65"
    assert row["ApprovalTime"] == ""


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\0x", "＝1"])
def test_a_cell_that_looks_like_a_formula_becomes_text(cell: str) -> None:
    answered = Result(HIT, ASSIGNMENT, {}, {"a": cell})
    assert f"\"'{cell}" in write([answered])
    assert f'"{cell}' in write([answered], guard=False)


def test_quotes_commas_and_line_ends_survive() -> None:
    [row] = rows(Result(HIT, ASSIGNMENT, {"text": 'a "b", c\nd'}, {}))
    assert row["Input.text"] == 'a "b", c\nd'
