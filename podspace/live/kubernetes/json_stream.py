"""The objects in what `kubectl get -o json` prints, one at a time, however many there are."""

from __future__ import annotations

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import BinaryIO, Final

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic
from podspace.live.failure import UnreadError
from podspace.live.kubernetes.json_object import JsonObject, text

_PIECE: Final = 2**20
_LARGEST: Final = 2**24
_LONGEST_WORD: Final = 12
_BEGUN: Final = re.compile(r"|t|tr|tru|f|fa|fal|fals|n|nu|nul|-|\.|[eE][+-]?")
"""A word or a number that has been begun, or nothing."""
_SPACE: Final = " \t\n\r"
_DECODER: Final = json.JSONDecoder()


def json_objects(stream: BinaryIO, *, name: str) -> Iterator[tuple[str, JsonObject]]:
    """Each object with its kind, of a list or single; memory use does not grow with their number.

    Args:
        stream: JSON documents, each a list of any kind, as kubectl or the API server writes it, an array, or an object.
        name: source of the stream, for messages.

    Raises:
        UnreadError: the stream is not JSON, or incomplete; the objects before were returned.
    """
    source = _Text(stream)
    number = 0
    try:
        while source.next():
            for kind, data in _document(source):
                if not isinstance(data, dict):
                    raise ValueError("has an item that is no object")
                yield text(data, "kind") or kind, data
                number += 1
    except (ValueError, RecursionError) as error:
        what = "is nested too deeply" if isinstance(error, RecursionError) else _reason(error)
        raise UnreadError(
            Diagnostic(
                subject=name,
                message=(
                    f"must be complete JSON, but {what} after {number:,} {'object' if number == 1 else 'objects'}"
                ),
                fix="write it again; check whether the command that wrote it failed",
            )
        ) from None


def _reason(error: ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "breaks off" if "unexpected end" in error.reason else "is not in UTF-8"
    return str(error)


def _document(source: _Text) -> Iterator[tuple[str, JsonValue]]:
    """The objects of one document, with the kind that its list says before them, as the server's own lists do."""
    if source.next() == "[":
        yield from (("", item) for item in _items(source))
        return
    if source.next() != "{":
        raise ValueError("has a value that is no object")
    pairs: dict[str, JsonValue] = {}
    is_list = False
    for key in _keys(source):
        if key == "items" and source.next() == "[":
            is_list = True
            yield from ((text(pairs, "kind").removesuffix("List"), item) for item in _items(source))
        else:
            pairs[key] = source.value()
    if not is_list:
        yield "", pairs


def _keys(source: _Text) -> Iterator[str]:
    """The keys of an object; the value of each is to be read before the next."""
    for _ in _parts(source, "{", "}"):
        key = source.value()
        if not isinstance(key, str):
            raise ValueError("has a key that is no text")
        source.take(":")
        yield key


def _items(source: _Text) -> Iterator[JsonValue]:
    for _ in _parts(source, "[", "]"):
        yield source.value()


def _parts(source: _Text, opening: str, closing: str) -> Iterator[None]:
    """Stops before each part of an object or an array, which is to be read then."""
    source.take(opening)
    if source.next() != closing:
        yield
        while source.next() != closing:
            source.take(",")
            yield
    source.take(closing)


class _Text:
    """The text of a stream, of which no more is held than a piece and the value that is being read.

    The decoder of the standard library is as fast as any, and tells of nesting too deep rather than run out of memory.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._at = 0
        self._ended = False

    def next(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if self._ended:
                return ""
            self._read_on()

    def take(self, character: str) -> None:
        """Read over the next character, which must be this one."""
        found = self.next()
        if found != character:
            raise ValueError(f"has {found!r} in place of {character!r}" if found else "breaks off")
        self._at += 1

    def value(self) -> JsonValue:
        """The next value, whole."""
        self.next()
        while True:
            try:
                value: JsonValue
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._ended or not self._may_go_on(error):
                    raise ValueError("breaks off" if self._broke_off(error) else f"is broken ({error.msg})") from None
            else:
                if self._ended or len(self._text) - end > _LONGEST_WORD:  # a number might go on
                    self._at = end
                    return value
            self._read_on()

    def _may_go_on(self, error: json.JSONDecodeError) -> bool:
        """Whether what is wrong may be that the text is not all there yet."""
        near_the_end = error.pos >= len(self._text) - _LONGEST_WORD or error.msg.startswith("Unterminated")
        return near_the_end and len(self._text) - self._at < _LARGEST

    def _broke_off(self, error: json.JSONDecodeError) -> bool:
        """Whether all is well up to the end of the text."""
        in_a_word = _BEGUN.fullmatch(self._text[error.pos :].strip())
        return self._ended and (bool(in_a_word) or error.msg.startswith(("Unterminated", "Invalid \\u")))

    def _read_on(self) -> None:
        piece = self._stream.read(_PIECE)
        self._ended = not piece
        self._text = self._text[self._at :] + self._decoder.decode(piece, final=self._ended)
        self._at = 0
