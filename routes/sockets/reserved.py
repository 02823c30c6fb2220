"""Commands that are called as the library's own events are.

python-socketio would take such a command for the event: whoever sent “disconnect” would be forgotten with all that was
counted against them, and still be connected. So these names are marked before anything looks at them.
"""

from __future__ import annotations

from typing import Final

from socketio.packet import EVENT, Packet

RESERVED: Final = frozenset({"connect", "disconnect", "*"})
MARK: Final = "\0"


class OwnNamesPacket(Packet):  # type: ignore[misc]  # socketio ships no types
    """A Socket.IO packet that a client cannot pass off as an event of the library's own."""

    def decode(self, encoded_packet: str) -> int:
        """Decode a packet; tell how many attachments follow."""
        attachments: int = super().decode(encoded_packet)
        if self.packet_type == EVENT and isinstance(self.data, list) and self.data and self.data[0] in RESERVED:
            self.data[0] = MARK + self.data[0]
        return attachments


def sent_name(name: str) -> str:
    """Tell the name as the client has sent it."""
    return name.removeprefix(MARK)
