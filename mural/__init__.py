"""The domain of Mural: maps, paper and pixels. It knows no HTTP, no sockets and no SQL."""

__version__ = "0.1.0"
