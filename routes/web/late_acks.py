"""Acknowledgements that are given later than the handler returns.

python-socketio acknowledges a command when its handler returns, and handles one command of a client at a time: a client
with several placements in flight would wait for a commit with each of them. So the packets of these commands carry the
acknowledgement's number to their handler as a last argument; the handler returns `not_handled`, and the answer is sent
when there is one.
"""

from __future__ import annotations

import json
from typing import Any, Final

from socketio.packet import ACK, EVENT

from infra.events.events import Command
from routes.web.errors import Body
from routes.web.reserved import OwnNamesPacket

ANSWERED_LATER: Final = frozenset({Command.CANVAS_PLACE, Command.CANVAS_UNDO})


class AckId(int):
    """The number under which a client waits for an answer; nothing that comes out of JSON is one."""


class LateAckPacket(OwnNamesPacket):
    """A Socket.IO packet that hands the number of its acknowledgement on."""

    def decode(self, encoded_packet: str) -> int:
        """Decode a packet; tell how many attachments follow."""
        attachments: int = super().decode(encoded_packet)
        awaited = self.packet_type == EVENT and self.id is not None
        if awaited and isinstance(self.data, list) and self.data and self.data[0] in ANSWERED_LATER:
            self.data.append(AckId(self.id))
        return attachments


def split_arguments(args: tuple[Any, ...]) -> tuple[Any, AckId | None]:
    """Separate what a client sent from the number of its acknowledgement."""
    ack = args[-1] if args and isinstance(args[-1], AckId) else None
    sent = args[:-1] if ack is not None else args
    return (sent[0] if sent else {}), ack


def acknowledgement(ack: AckId, body: Body) -> str:
    """Encode an answer."""
    return f"{ACK}{ack:d}[{json.dumps(body, separators=(',', ':'))}]"
