"""The languages of the pages: which one a visitor reads, and its words.

The sentences of the templates, the scripts and the wording are English and are their own keys; `translations/xx.po` has
them in another language. `python -m tools.words` keeps the catalogues abreast of the sources.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from typing import Any, Final

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, Response, g, has_request_context, request

from config import ROOT

LANGUAGES: Final = {"en": "English", "de": "Deutsch", "es": "Español", "ar": "العربية"}
"""What each language calls itself; the first is what the sources are written in."""

SOURCE: Final = "en"
COOKIE: Final = "language"
FOLDER: Final = ROOT / "translations"
PAINTS: Final = "mural/canvas/palette.py"
SCRIPTED: Final = ("static/js/", PAINTS)
"""Where the words come from that the scripts in the browser need: their own, and the names of the paints."""

NUMBERS: Final = range(201)
"""Among these every plural form of every language occurs."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language to read the pages in; ``script_words`` are those that the scripts in the browser need."""

    locale: Locale
    translations: NullTranslations
    script_words: dict[str, str | dict[str, str]]

    @property
    def code(self) -> str:
        """Its code, as in the lang attribute."""
        return self.locale.language

    @property
    def direction(self) -> str:
        """Which way it runs, as in the dir attribute."""
        return self.locale.text_direction


@cache
def language(code: str) -> Language:
    """Load a language that we have."""
    locale = Locale.parse(code)
    if code == SOURCE:
        return Language(locale, NullTranslations(), {})
    with (FOLDER / f"{code}.po").open("rb") as stream:
        catalog = read_po(stream, locale=code)
    translations = _translations(catalog)
    scripted = [message for message in catalog if message.id and _is_scripted(message)]
    return Language(
        locale, translations, {_key(message): _words(message, translations, locale) for message in scripted}
    )


def _translations(catalog: Catalog) -> GNUTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _is_scripted(message: Message) -> bool:
    return any(file.startswith(SCRIPTED) for file, _line in message.locations)


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _words(message: Message, translations: GNUTranslations, locale: Locale) -> str | dict[str, str]:
    """Give a sentence, or its plural forms by the names that Intl.PluralRules has for them."""
    if isinstance(message.id, str):
        return translations.gettext(message.id)
    one, many = message.id[:2]
    return {locale.plural_form(number): translations.ngettext(one, many, number) for number in reversed(NUMBERS)}


def current() -> Language:
    """Return the language of this request: the one chosen, else the best that the browser asks for."""
    if not has_request_context():
        return language(SOURCE)
    if "language" not in g:
        chosen = request.cookies.get(COOKIE, "")
        if chosen not in LANGUAGES:
            chosen = request.accept_languages.best_match(LANGUAGES, SOURCE) or SOURCE
        g.language = language(chosen)
    found: Language = g.language
    return found


def gettext(message: str) -> str:
    """Say a sentence in the visitor's language."""
    return current().translations.gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """Say a sentence about a number of things in the visitor's language."""
    return current().translations.ngettext(one, many, number)


def noted(message: str) -> str:
    """Note a sentence for the catalogues; it is said in the visitor's language later."""
    return message


def init_languages(app: Flask) -> None:
    """Teach the templates the languages, and tell caches what the pages depend on."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    install: Any = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined]  # the extension adds it
    install(gettext, ngettext, newstyle=True)
    app.jinja_env.policies["ext.i18n.trimmed"] = True

    @app.context_processor
    def _language() -> dict[str, Any]:
        return {"language": current(), "languages": LANGUAGES}

    @app.after_request
    def _depends(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.vary.update(("Accept-Language", "Cookie"))
            response.content_language.add(current().code)
        return response
