"""JSON with comments and trailing commas, keeping the line and column of every key and value.

The standard library's parser forgets positions, and a message about a job file must point at the place in it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n\ufeff]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_WORD = re.compile(r"[-+.\w]+")


@dataclass(frozen=True)
class Position:
    """A place in a text file; both numbers count from 1, as editors show them."""

    line: int
    column: int


class JsoncError(ValueError):
    """The text is not JSON, not even with comments and trailing commas."""

    def __init__(self, message: str, position: Position) -> None:
        super().__init__(message)
        self.position = position


@dataclass
class Document:
    """A parsed text: its value, and where each key or array element of it starts, by path."""

    value: Any
    positions: dict[Path, Position] = field(default_factory=dict)

    def position(self, path: Path) -> Position:
        """Returns the position of the longest known prefix of ``path`` (the whole document starts at 1:1)."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.positions:
                return self.positions[path[:length]]
        return Position(1, 1)


def parse(text: str) -> Document:
    """Parses JSON that may hold comments and trailing commas.

    Raises:
        JsoncError: with the position of the first thing that is wrong. A key that occurs twice is wrong too.
    """
    return _Parser(text).document()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.positions: dict[Path, Position] = {}

    def document(self) -> Document:
        self.skip()
        value = self.value(())
        self.skip()
        if self.at < len(self.text):
            raise self.error("there is text after the end of the JSON value")
        return Document(value, self.positions)

    def error(self, message: str, at: int | None = None) -> JsoncError:
        return JsoncError(message, self.place(self.at if at is None else at))

    def place(self, at: int) -> Position:
        return Position(self.text.count("\n", 0, at) + 1, at - self.text.rfind("\n", 0, at))

    def skip(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def value(self, path: Path) -> Any:
        self.positions.setdefault(path, self.place(self.at))
        if self.peek() == "{":
            return self.object(path)
        if self.peek() == "[":
            return self.array(path)
        if self.peek() == '"':
            return self.string()
        match = _WORD.match(self.text, self.at)
        try:
            # NaN and Infinity are Python's, not JSON's: parse_constant refuses them.
            value = json.loads(match.group() if match else "", parse_constant=_refuse)
        except ValueError:
            found = match.group() if match else self.peek() or "the end of the file"
            raise self.error(f"expected a value, found {found!r}") from None
        self.at = match.end() if match else self.at
        return value

    def string(self) -> str:
        match = _STRING.match(self.text, self.at)
        if not match:
            raise self.error("expected a string in double quotes, closed on the same line")
        try:
            value = json.loads(match.group())
        except ValueError:
            raise self.error("this string has a bad escape") from None
        self.at = match.end()
        return value

    def array(self, path: Path) -> list[Any]:
        items: list[Any] = []
        self.at += 1
        while not self.closes("]"):
            items.append(self.value((*path, len(items))))
            self.separator("]")
        return items

    def object(self, path: Path) -> dict[str, Any]:
        members: dict[str, Any] = {}
        self.at += 1
        while not self.closes("}"):
            start = self.at
            key = self.string()
            if key in members:
                raise self.error(f'the key "{key}" occurs twice', start)
            inside = (*path, key)
            self.positions[inside] = self.place(start)
            self.skip()
            if self.peek() != ":":
                raise self.error(f'expected ":" after the key "{key}"')
            self.at += 1
            self.skip()
            members[key] = self.value(inside)
            self.separator("}")
        return members

    def closes(self, bracket: str) -> bool:
        self.skip()
        if self.peek() != bracket:
            return False
        self.at += 1
        return True

    def separator(self, bracket: str) -> None:
        self.skip()
        if self.peek() == ",":
            self.at += 1
        elif self.peek() != bracket:
            raise self.error(f'expected "," or "{bracket}"')


def _refuse(name: str) -> None:
    raise ValueError(name)
