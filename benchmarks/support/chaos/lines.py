"""A line between two programs that can be cut, lost, held and slowed: a small proxy for TCP and unix sockets."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from time import sleep

Address = tuple[str, int] | str  # of a TCP port, or the path of a unix socket
_BLOCK_BYTES = 65536


@dataclass(eq=False)
class _Wire:
    """One connection through the line: both of its ends."""

    near: socket.socket
    far: socket.socket
    lost: bool = False

    def reset(self) -> None:
        for end in (self.near, self.far):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@dataclass
class Line:
    """Passes on what comes at `here` to `there` and back. Use it through `line`."""

    here: Address
    there: Address
    listener: socket.socket
    delay: float = 0.0
    is_cut: bool = False
    _flows: Event = field(default_factory=Event)
    _wires: set[_Wire] = field(default_factory=set)
    _guard: Lock = field(default_factory=Lock)

    def cut(self) -> None:
        """Every connection is reset, and new ones are refused."""
        self.is_cut = True
        for wire in self._all():
            wire.reset()

    def lose(self) -> None:
        """The connections there are stay open, and nothing comes through them ever again. New ones work."""
        for wire in self._all():
            wire.lost = True

    def hold(self) -> None:
        """Nothing comes through until `mend`; what was sent meanwhile comes then."""
        self._flows.clear()

    def slow(self, seconds: float) -> None:
        """Every piece takes so much longer, in both directions."""
        self.delay = seconds

    def mend(self) -> None:
        self.is_cut, self.delay = False, 0.0
        self._flows.set()

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        self._flows.set()
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                self._join(near)

    def close(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()
        self._flows.set()

    def _join(self, near: socket.socket) -> None:
        try:
            if self.is_cut:
                raise ConnectionRefusedError
            far = _connected(self.there)
        except OSError:
            near.close()
            return
        wire = _Wire(near, far)
        with self._guard:
            self._wires.add(wire)
        Thread(target=self._carry, args=(wire,), daemon=True).start()

    def _carry(self, wire: _Wire) -> None:
        back = Thread(target=self._pass_on, args=(wire, wire.far, wire.near), daemon=True)
        back.start()
        self._pass_on(wire, wire.near, wire.far)
        wire.reset()
        back.join()
        with self._guard:
            self._wires.discard(wire)
        wire.near.close()
        wire.far.close()

    def _pass_on(self, wire: _Wire, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while block := source.recv(_BLOCK_BYTES):
                sleep(self.delay)
                self._flows.wait()
                if not wire.lost:
                    target.sendall(block)
        if not wire.lost:
            wire.reset()

    def _all(self) -> list[_Wire]:
        with self._guard:
            return list(self._wires)


@contextmanager
def line(here: Address, there: Address) -> Iterator[Line]:
    """A line that listens at `here` until the block ends."""
    listener = socket.socket(_family(here))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(here)
    listener.listen(128)
    between = Line(here, there, listener)
    thread = Thread(target=between.serve, daemon=True)
    thread.start()
    try:
        yield between
    finally:
        between.close()
        thread.join(5)


def _connected(address: Address) -> socket.socket:
    far = socket.socket(_family(address))
    far.connect(address)
    return far


def _family(address: Address) -> socket.AddressFamily:
    return socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
