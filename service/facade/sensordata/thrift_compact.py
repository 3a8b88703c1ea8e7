"""Thrift's compact protocol, as far as the headers of Parquet are written in it: bytes -> structs of plain values.

pyarrow shows the same, but an odd value in some places of a footer ends the whole process. Here it is an error.
"""

from dataclasses import dataclass
from typing import Any

_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 12
_WHOLE_NUMBERS = (4, 5, 6)
_DEEPEST = 10

Struct = dict[int, Any]  # values by field id; whole numbers, bytes, lists and structs


class TornStruct(Exception):
    """The bytes end before the struct does, or are none."""


@dataclass
class CompactReader:
    """`at` is where the next value begins."""

    data: bytes
    at: int = 0

    def struct(self, depth: int = 0) -> Struct:
        """Raises TornStruct."""
        if depth > _DEEPEST:
            raise TornStruct
        fields: Struct = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            fields[number] = head & 15 == _TRUE if head & 15 in (_TRUE, _FALSE) else self._value(head & 15, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in _WHOLE_NUMBERS:
            return self._zigzag()
        if kind == _BINARY:
            return self._take(self._varint())
        if kind in (_LIST, _SET):
            return self._list(depth + 1)
        if kind == _STRUCT:
            return self.struct(depth + 1)
        if kind in (_BYTE, _TRUE, _FALSE):  # a truth value in a list has a byte of its own
            return self._byte()
        if kind == _DOUBLE:
            return self._take(8)
        raise TornStruct

    def _list(self, depth: int) -> list[Any]:
        head = self._byte()
        count = head >> 4 if head >> 4 < 15 else self._varint()
        if count > len(self.data):
            raise TornStruct
        return [self._value(head & 15, depth) for _ in range(count)]

    def _take(self, size: int) -> bytes:
        begin = self.at
        self.at += size
        if self.at > len(self.data):
            raise TornStruct
        return self.data[begin : self.at]

    def _zigzag(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 0x80 and shift < 63:
            value |= (byte & 0x7F) << shift
            shift += 7
        return value | byte << shift

    def _byte(self) -> int:
        return self._take(1)[0]
