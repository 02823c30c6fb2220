"""The catalogues have every sentence of the pages, and say it with the same values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from mural.canvas.palette import PALETTES
from routes.web.languages import LANGUAGES, SOURCE, language
from tools.words import catalogues

CATALOGUES = {file.stem: (file, catalog) for file, catalog in catalogues()}
VALUE = re.compile(r"%\((\w+)\)s")


def test_every_language_on_offer_has_a_catalogue() -> None:
    assert set(LANGUAGES) - {SOURCE} == set(CATALOGUES)


@pytest.mark.parametrize(("file", "catalog"), CATALOGUES.values(), ids=CATALOGUES)
def test_nothing_is_left_in_english_and_nothing_is_left_over(file: Path, catalog: Catalog) -> None:
    empty = [message.id for message in catalog if message.id and not all(_forms(message.string))]
    assert empty == [], f"translate these in {file.name} (`python -m tools.words` puts them there)"
    assert list(catalog.obsolete) == []
    assert not any(message.fuzzy for message in catalog if message.id)


@pytest.mark.parametrize(("file", "catalog"), CATALOGUES.values(), ids=CATALOGUES)
def test_a_translation_has_the_values_of_its_sentence(file: Path, catalog: Catalog) -> None:
    for message in catalog:
        values = set(VALUE.findall(_forms(message.id)[-1]))
        for said in _forms(message.string) if message.id else ():
            # One and two may be said without the number.
            assert set(VALUE.findall(said)) | ({"number"} & values) == values | ({"number"} & values), (file.name, said)
            assert "%" not in VALUE.sub("", said)


def _forms(said: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def test_the_forms_of_arabic_are_told_to_the_scripts_by_their_names() -> None:
    people = language("ar").script_words["%(number)s person is here"]
    assert isinstance(people, dict)
    assert set(people) == {"zero", "one", "two", "few", "many", "other"}
    assert "%(number)s" in people["few"]
    assert people["few"] != people["many"]


def test_arabic_runs_from_right_to_left() -> None:
    assert (language("ar").direction, language("de").direction) == ("rtl", "ltr")


@pytest.mark.parametrize("code", CATALOGUES)
def test_two_paints_of_a_palette_have_two_names_in_every_language(code: str) -> None:
    words = language(code).script_words
    for palette in PALETTES.values():
        assert len({str(words[paint.name]) for paint in palette.colours}) == len(palette)
