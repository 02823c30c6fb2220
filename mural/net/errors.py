"""What goes wrong when another host is asked; nothing of what it has sent is in any of them.

OutgoingError
├── Forbidden           the address may not be asked: it leads inside, or hides where it leads
├── Unreachable         nobody answers there, or not in HTTP
├── TooSlow             it took longer, in all, than it may
├── TooLarge            the answer has more bytes, unpacked, than it may
└── Unreadable          the answer is cut short, or packed in a way that was not asked for
"""

from __future__ import annotations


class OutgoingError(Exception):
    """Anything in the tree above."""


class Forbidden(OutgoingError):
    pass


class Unreachable(OutgoingError):
    pass


class TooSlow(OutgoingError):
    pass


class TooLarge(OutgoingError):
    pass


class Unreadable(OutgoingError):
    pass
