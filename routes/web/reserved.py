"""Packets as the library makes them, but for two things that it gets wrong.

It would take a command that is called as an event of its own is for the event: whoever sent “disconnect” would be
forgotten with all that was counted against them, and still be connected. So these names are marked before anything
looks at them. And it refuses an unknown namespace with a bare text, where clients look for a message.
"""

from __future__ import annotations

from typing import Any, Final

from socketio.packet import CONNECT_ERROR, EVENT, Packet

RESERVED: Final = frozenset({"connect", "disconnect", "*"})
MARK: Final = "\0"


class OwnNamesPacket(Packet):  # type: ignore[misc]  # socketio ships no types
    """A Socket.IO packet that no client can pass off as an event of the library's own, and whose refusals say why."""

    data: Any

    def encode(self) -> str | list[str | bytes]:
        """Encode the packet, and its attachments if it has any."""
        if self.packet_type == CONNECT_ERROR and isinstance(self.data, str):
            self.data = {"error": "Unknown namespace", "message": f"There is no namespace “{self.namespace}”; use “/”."}
        encoded: str | list[str | bytes] = super().encode()
        return encoded

    def decode(self, encoded_packet: str) -> int:
        """Decode a packet; tell how many attachments follow."""
        attachments: int = super().decode(encoded_packet)
        if self.packet_type == EVENT and isinstance(self.data, list) and self.data and self.data[0] in RESERVED:
            self.data[0] = MARK + self.data[0]
        return attachments


def sent_name(name: str) -> str:
    """Tell the name as the client has sent it."""
    return name.removeprefix(MARK)
