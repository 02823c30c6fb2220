"""The documents, taken apart: their fenced blocks, and the commands in them and in their sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.support.real_parts import ROOT

PAGES = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").glob("*.md")),
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    page: str
    number: int
    language: str
    text: str

    @property
    def id(self) -> str:
        """Name it for people."""
        return f"{self.page} {self.language} {self.number}"

    @property
    def commands(self) -> list[str]:
        """List the commands of a shell block, without what is said about them; what is broken over lines is one."""
        lines = self.text.replace("\\\n", " ").splitlines()
        bare = (re.sub(r"(^|\s+)#.*", "", line).strip() for line in lines)
        return [line for line in bare if line]


def blocks(*languages: str) -> list[Block]:
    """List the blocks of all pages, of some languages or of every one."""
    found = [
        Block(page.name, number, language, text)
        for page in PAGES
        for number, (language, text) in enumerate(FENCE.findall(page.read_text("utf-8")))
    ]
    return [block for block in found if not languages or block.language in languages]


def inline(program: str) -> Iterator[str]:
    """Give what follows the name of a program wherever a sentence quotes a command of it."""
    for page in PAGES:
        sentences = FENCE.sub("", page.read_text("utf-8"))
        for quoted in INLINE.findall(sentences):
            found = re.fullmatch(rf"(?:\.venv/bin/)?{re.escape(program)} (.+)", quoted)
            if found:
                yield found[1]
