"""Regular expressions of requesters (AnswerFormatRegex), matched as a browser would, in bounded time.

The syntax and meaning are JavaScript's (ECMA-262, "RegExp (Regular Expression) Objects", with the
leniencies of its Annex B): `\\d` and `\\w` are ASCII, `$` is the very end, `.` is no line end. No
backtracking machine, Python's `re` least of all, touches the text: a pattern becomes a small program which is
run depth first and never visits an (instruction, position) pair twice, as the bit-state machine of RE2 does
(R. Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009), so without lookahead the time is
at most pattern times text.
Work is counted in steps; where the allowance does not suffice, and for backreferences, lookbehind and
`\\p{}` classes, the answer is "not judged" and the browser's own check stands alone.
"""

from __future__ import annotations

from typing import Any

from kempelen.rules.pattern_syntax import (
    LINE_ENDS,
    Ahead,
    Assertion,
    BadPattern,
    Character,
    Choice,
    Node,
    Repeat,
    Sequence,
    Unknown,
    is_word,
    parse,
)

__all__ = ["BadPattern", "check", "fits"]

MAX_PROGRAM = 5_000
"""Instructions of one program; a counted repetition is written out."""
STEPS_A_SIGN = 6
"""What reading one character of a pattern counts for."""


class _NotJudged(Exception):
    pass


def check(pattern: str, flags: str = "") -> None:
    """Raises `BadPattern` if a browser would not take the pattern, or it is longer or deeper than allowed."""
    parse(pattern, flags)


def fits(pattern: str, text: str, *, flags: str = "", steps: int) -> tuple[bool | None, int]:
    """Whether the pattern is found in the text, and the steps left of those allowed.

    None stands for "not judged". Raises `BadPattern` as `check` does.
    """
    left = steps - STEPS_A_SIGN * len(pattern)
    if left <= 0:
        return None, 0
    tree = parse(pattern, flags)
    allowance = [min(MAX_PROGRAM, left)]
    try:
        code = _compiled(tree, allowance)
    except _NotJudged:
        return None, left - min(MAX_PROGRAM, left) + max(allowance[0], 0)
    run = _Run(text=text, flags=flags, steps=left - len(code))
    try:
        return run.found(code), run.steps
    except _NotJudged:
        return None, 0 if run.steps < 0 else run.steps


_CHARACTER, _SPLIT, _JUMP, _ASSERT, _LOOK, _MATCH = range(6)
_Code = list[tuple[int, Any]]
"""Instructions and their operands: a test, the other branch, a target, a kind, (program, wanted), None."""


def _compiled(tree: Node, left: list[int]) -> _Code:
    """The program of a tree. Raises `_NotJudged` where it needs more instructions than are `left`."""
    code: _Code = []
    _write(tree, code, left)
    code.append((_MATCH, None))
    return code


def _write(node: Node, code: _Code, left: list[int]) -> None:
    """Appends the instructions of a node. `left` is what may still be written, lookahead included."""
    left[0] -= 1
    if left[0] < 0:
        raise _NotJudged
    match node:
        case Character(test):
            code.append((_CHARACTER, test))
        case Assertion(kind):
            code.append((_ASSERT, kind))
        case Sequence(parts):
            for part in parts:
                _write(part, code, left)
        case Choice(options):
            _write_choice(options, code, left)
        case Repeat():
            _write_repeat(node, code, left)
        case Ahead(part, wanted):
            inner: _Code = []
            _write(part, inner, left)
            inner.append((_MATCH, None))
            code.append((_LOOK, (inner, wanted)))
        case Unknown():
            raise _NotJudged


def _write_choice(options: tuple[Node, ...], code: _Code, left: list[int]) -> None:
    ends = []
    for option in options[:-1]:
        split = len(code)
        code.append((_SPLIT, 0))
        _write(option, code, left)
        ends.append(len(code))
        code.append((_JUMP, 0))
        code[split] = (_SPLIT, len(code))
    _write(options[-1], code, left)
    for end in ends:
        code[end] = (_JUMP, len(code))


def _write_repeat(node: Repeat, code: _Code, left: list[int]) -> None:
    for _ in range(node.least):
        _write(node.part, code, left)
    if node.most is None:
        split = len(code)
        code.append((_SPLIT, 0))
        _write(node.part, code, left)
        code.append((_JUMP, split))
        code[split] = (_SPLIT, len(code))
        return
    splits = []
    for _ in range(node.most - node.least):
        splits.append(len(code))
        code.append((_SPLIT, 0))
        _write(node.part, code, left)
    for split in splits:
        code[split] = (_SPLIT, len(code))


class _Run:
    """One search of one text."""

    def __init__(self, *, text: str, flags: str, steps: int) -> None:
        self._text = text
        self._lines = "m" in flags
        self._sticky = "y" in flags
        self.steps = steps

    def found(self, code: _Code) -> bool:
        """Whether the program matches somewhere."""
        seen: set[int] = set()
        starts = range(1 if self._sticky else len(self._text) + 1)
        return any(self._matches(code, start, seen) for start in starts)

    def _matches(self, code: _Code, start: int, seen: set[int]) -> bool:
        """Whether the program matches from here. What `seen` holds is known not to."""
        text, width, length = self._text, len(code), len(self._text)
        todo = [start * width]
        while todo:
            state = todo.pop()
            if state in seen:
                continue
            seen.add(state)
            self.steps -= 1
            if self.steps < 0:
                raise _NotJudged
            at, counter = divmod(state, width)
            kind, operand = code[counter]
            if kind == _CHARACTER:
                if at < length and operand(text[at]):
                    todo.append(state + width + 1)
            elif kind == _SPLIT:
                todo.append(at * width + operand)
                todo.append(state + 1)
            elif kind == _JUMP:
                todo.append(at * width + operand)
            elif kind == _MATCH:
                return True
            elif self._holds(kind, operand, at):
                todo.append(state + 1)
        return False

    def _holds(self, kind: int, operand: Any, at: int) -> bool:
        if kind == _LOOK:
            code, wanted = operand
            return self._matches(code, at, set()) is wanted
        text = self._text
        if operand == "^":
            return at == 0 or (self._lines and text[at - 1] in LINE_ENDS)
        if operand == "$":
            return at == len(text) or (self._lines and text[at] in LINE_ENDS)
        before = at > 0 and is_word(text[at - 1])
        after = at < len(text) and is_word(text[at])
        return (before != after) is (operand == "b")
