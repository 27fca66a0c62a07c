"""The syntax of JavaScript's regular expressions, read into a tree.

ECMA-262, "RegExp (Regular Expression) Objects", with the leniencies of its Annex B, which browsers keep.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

MAX_PATTERN = 1_000
"""Characters of one pattern."""
MAX_DEPTH = 50
"""Groups within groups."""
FLAGS = "gimsuy"

LINE_ENDS = frozenset("\n\r\u2028\u2029")
_SPACES = frozenset("\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff") | frozenset(
    map(chr, range(0x2000, 0x200B))
)
_CONTROLS = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
_MANY = 1_000_000
_SPECIAL = frozenset("([^$.*+?{\\")
_COUNTS = frozenset("*+?{")
"""How what repeats a part begins."""

Test = Callable[[str], bool]


class BadPattern(ValueError):
    """The pattern is not a regular expression; the text says why."""


@dataclass(frozen=True, slots=True)
class Character:
    """One character that passes the test."""

    test: Test


@dataclass(frozen=True, slots=True)
class Sequence:
    """All parts, one after another; none is the empty text."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the options."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The part so many times; `most` None is without end."""

    part: Node
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Assertion:
    """A place: `^`, `$`, `b` (a word's edge) or `B` (none)."""

    kind: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """Whether the part follows here, without taking it."""

    part: Node
    wanted: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """Well-formed, but beyond our machine: a backreference, lookbehind or `\\p{}`."""


Node = Character | Sequence | Choice | Repeat | Assertion | Ahead | Unknown


def parse(pattern: str, flags: str) -> Node:
    """The tree of a pattern. Raises `BadPattern` if a browser would not take it, or it exceeds our bounds."""
    if len(pattern) > MAX_PATTERN:
        raise BadPattern(f"it has more than {MAX_PATTERN} characters")
    if len(set(flags)) != len(flags) or not set(flags) <= set(FLAGS):
        raise BadPattern(f"its flags are not among {FLAGS}")
    return _Parser(pattern, flags).whole()


class _Parser:
    def __init__(self, pattern: str, flags: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._fold = "i" in flags
        self._dot_all = "s" in flags

    def whole(self) -> Node:
        node = self._choice(depth=0)
        if self._at < len(self._pattern):
            raise BadPattern(f"unmatched ) at position {self._at}")
        return node

    def _choice(self, *, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise BadPattern(f"its groups are deeper than {MAX_DEPTH}")
        options = [self._sequence(depth=depth)]
        while self._take("|"):
            options.append(self._sequence(depth=depth))
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self, *, depth: int) -> Node:
        parts: list[Node] = []
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            parts.append(self._repeated(self._term(depth=depth)))
        return Sequence(tuple(parts))

    def _term(self, *, depth: int) -> Node:
        start, letter = self._at, self._pattern[self._at]
        self._at += 1
        if letter not in _SPECIAL:
            return self._literal(letter)
        match letter:
            case "(":
                return self._group(depth=depth)
            case "[":
                return self._class()
            case "^" | "$":
                return Assertion(letter)
            case ".":
                return Character(_anything if self._dot_all else _not_line_end)
            case "*" | "+" | "?":
                raise BadPattern(f"nothing to repeat at position {start}")
            case "{" if self._count(start) is not None:
                raise BadPattern(f"nothing to repeat at position {start}")
            case "\\":
                return self._escape()
        return self._literal(letter)  # a brace that counts nothing

    def _group(self, *, depth: int) -> Node:
        start = self._at
        ahead = behind = wanted = False
        if self._take("?"):
            if self._take(":"):
                pass
            elif self._take("=") or self._take("!"):
                ahead, wanted = True, self._pattern[self._at - 1] == "="
            elif self._take("<=") or self._take("<!"):
                behind = True
            elif self._take("<"):
                self._name()
            else:
                raise BadPattern(f"unknown kind of group at position {start}")
        inside = self._choice(depth=depth + 1)
        if not self._take(")"):
            raise BadPattern(f"the group at position {start - 1} is not closed")
        if behind:
            return Unknown()
        return Ahead(inside, wanted) if ahead else inside

    def _name(self) -> None:
        end = self._pattern.find(">", self._at)
        name = self._pattern[self._at : end] if end > 0 else ""
        if not name.replace("$", "_").isidentifier():
            raise BadPattern(f"the name of the group at position {self._at} is not one")
        self._at = end + 1

    def _repeated(self, part: Node) -> Node:
        start = self._at
        if self._pattern[start : start + 1] not in _COUNTS:
            return part
        bounds: tuple[int, int | None] | None = None
        if self._take("*"):
            bounds = 0, None
        elif self._take("+"):
            bounds = 1, None
        elif self._take("?"):
            bounds = 0, 1
        elif self._take("{"):
            bounds = self._count(start)
            if bounds is None:
                self._at = start
        if bounds is None:
            return part
        if isinstance(part, Assertion):
            raise BadPattern(f"nothing to repeat at position {start}")
        if bounds[1] is not None and bounds[0] > bounds[1]:
            raise BadPattern(f"the numbers are out of order at position {start}")
        self._take("?")  # a lazy repetition finds the same texts
        return Repeat(part, *bounds)

    def _count(self, start: int) -> tuple[int, int | None] | None:
        """The bounds of `{2}`, `{2,}` or `{2,5}` opening at `start`; None where `{` is only a character."""
        end = self._pattern.find("}", start)
        least, comma, most = self._pattern[start + 1 : end].partition(",") if end > 0 else ("", "", "")
        if not _digits(least) or not (most == "" or _digits(most)):
            return None
        self._at = end + 1
        first = min(int(least), _MANY)
        if not comma:
            return first, first
        return first, min(int(most), _MANY) if most else None

    def _escape(self) -> Node:
        if self._at == len(self._pattern):
            raise BadPattern("it ends in a backslash")
        letter = self._pattern[self._at]
        if letter in "bB":
            self._at += 1
            return Assertion(letter)
        if letter in "123456789" or (
            letter in "pPk" and self._pattern[self._at + 1 : self._at + 2] in ("{", "<")
        ):
            self._at += 1
            while self._at < len(self._pattern) and self._pattern[self._at].isdigit():
                self._at += 1
            return Unknown()
        found = self._escaped()
        return self._literal(found) if isinstance(found, str) else Character(found)

    def _escaped(self) -> str | Test:
        """The character or the class of an escape, the backslash already read."""
        letter = self._pattern[self._at]
        self._at += 1
        if letter in _CLASSES:
            return _CLASSES[letter]
        if letter == "0":
            return self._octal()
        if letter == "c":
            return self._control()
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter in "xu":
            digits = self._pattern[self._at : self._at + (2 if letter == "x" else 4)]
            if len(digits) == (2 if letter == "x" else 4) and _hexadecimal(digits):
                self._at += len(digits)
                return chr(int(digits, 16))
        return letter

    def _octal(self) -> str:
        """The character of `\\0`, which up to two octal digits may follow."""
        end = self._at
        while end < self._at + 2 and self._pattern[end : end + 1] in tuple("01234567"):
            end += 1
        digits, self._at = self._pattern[self._at : end], end
        return chr(int(digits or "0", 8))

    def _control(self) -> str:
        """The character of `\\cA`; without a letter the backslash stands for itself."""
        letter = self._pattern[self._at : self._at + 1]
        if letter.isascii() and letter.isalpha():
            self._at += 1
            return chr(ord(letter) % 32)
        self._at -= 1
        return "\\"

    def _class(self) -> Node:
        start = self._at
        negated = self._take("^")
        tests: list[Test] = []
        ranges: list[tuple[str, str]] = []
        while not self._take("]"):
            first = self._member(start)
            if not (
                self._pattern[self._at : self._at + 1] == "-"
                and self._pattern[self._at + 1 : self._at + 2] != "]"
            ):
                _put(first, tests=tests, ranges=ranges)
                continue
            self._at += 1
            last = self._member(start)
            if isinstance(first, str) and isinstance(last, str):
                if first > last:
                    raise BadPattern(f"the range {first}-{last} is out of order")
                ranges.append((first, last))
            else:
                for part in (first, "-", last):
                    _put(part, tests=tests, ranges=ranges)
        once = tuple(dict.fromkeys(tests))
        return Character(_class_test(once, tuple(ranges), negated=negated, fold=self._fold))

    def _member(self, start: int) -> str | Test:
        if self._at >= len(self._pattern):
            raise BadPattern(f"the class at position {start - 1} is not closed")
        letter = self._pattern[self._at]
        self._at += 1
        if letter != "\\":
            return letter
        if self._take("b"):
            return "\b"
        if self._at >= len(self._pattern):
            raise BadPattern("it ends in a backslash")
        return self._escaped()

    def _literal(self, letter: str) -> Node:
        if not self._fold:
            return Character(letter.__eq__)
        return Character(_class_test((), ((letter, letter),), negated=False, fold=self._fold))

    def _take(self, text: str) -> bool:
        if self._pattern.startswith(text, self._at):
            self._at += len(text)
            return True
        return False


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _hexadecimal(text: str) -> bool:
    return all(letter in "0123456789abcdefABCDEF" for letter in text)


def _put(member: str | Test, *, tests: list[Test], ranges: list[tuple[str, str]]) -> None:
    if isinstance(member, str):
        ranges.append((member, member))
    else:
        tests.append(member)


def _class_test(
    tests: tuple[Test, ...], ranges: tuple[tuple[str, str], ...], *, negated: bool, fold: bool
) -> Test:
    joined = _joined(ranges)
    starts, ends = [low for low, _ in joined], [high for _, high in joined]

    def holds(letter: str) -> bool:
        place = bisect_right(starts, letter)
        if place and letter <= ends[place - 1]:
            return True
        return bool(tests) and any(test(letter) for test in tests)

    def holds_in_some_case(letter: str) -> bool:
        return holds(letter) or holds(letter.lower()[:1]) or holds(letter.upper()[:1])

    found = holds_in_some_case if fold else holds
    return (lambda letter: not found(letter)) if negated else found


def _joined(ranges: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """The same characters in ranges that are sorted and apart, so that one search by halves answers."""
    joined: list[tuple[str, str]] = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(high, joined[-1][1])
        else:
            joined.append((low, high))
    return joined


def is_word(letter: str) -> bool:
    """Whether `\\w` means this character."""
    return letter.isascii() and (letter.isalnum() or letter == "_")


def _digit(letter: str) -> bool:
    return "0" <= letter <= "9"


def _space(letter: str) -> bool:
    return letter in _SPACES


def _anything(letter: str) -> bool:
    return True


def _not_line_end(letter: str) -> bool:
    return letter not in LINE_ENDS


_CLASSES: dict[str, Test] = {
    "d": _digit,
    "D": lambda letter: not _digit(letter),
    "w": is_word,
    "W": lambda letter: not is_word(letter),
    "s": _space,
    "S": lambda letter: not _space(letter),
}
