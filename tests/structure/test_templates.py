"""Every template compiles, refers to what is there, and holds nothing that the page's policy refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, StrictUndefined, meta, nodes
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from marketplace.app import create_app
from marketplace.db import Database
from marketplace.settings import Settings

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file())
PAGES = [name for name in NAMES if name.endswith(".html")]
# Attributes whose value a person reads or hears.
SPOKEN = {"alt", "aria-description", "aria-label", "placeholder", "title"}
UNSPOKEN_TAGS = {"code", "kbd", "pre", "samp", "script", "style"}
# Stands where the template puts a value.
VALUE = "\ufffc"
# A word of two letters or more, but neither a part of a name ({{ field.id }}-hint) nor of an address.
WORD = re.compile(rf"(?<![-_/\w{VALUE}])[A-Za-z]{{2,}}")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    var = tmp_path_factory.mktemp("var")
    settings = Settings.from_env({"EXCHANGE_VAR": str(var)})
    database = Database(settings.database_url)
    yield create_app(settings, database)
    database.dispose()


@pytest.fixture(scope="module")
def strict(app: Flask) -> Environment:
    """Give the very environment of the application, except that an unknown name is an error."""
    return app.jinja_env.overlay(undefined=StrictUndefined)


class Reader(HTMLParser):
    """Notes what of a page cannot be translated, or would be refused by the browser."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.untranslated: list[str] = []
        self.refused: list[str] = []
        self.addresses: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the attributes."""
        given = {name: value or "" for name, value in attrs}
        if tag in UNSPOKEN_TAGS:
            self._inside.append(tag)
        self.untranslated += [
            f'{name}="{given[name]}"' for name in SPOKEN & set(given) if WORD.search(given[name])
        ]
        self.addresses += [given[name] for name in ("href", "action") if given.get(name, "").startswith("/")]
        inline = [name for name in given if name.startswith("on") or name == "style"]
        # Data that a module reads is no script to the browser.
        if tag == "style" or (
            tag == "script" and "src" not in given and given.get("type") != "application/json"
        ):
            inline.append("")
        elsewhere = [
            given[name] for name in ("src", "href") if given.get(name, "").startswith(("http", "//"))
        ]
        if (
            tag in {"script", "link", "img", "iframe", "source"}
            and elsewhere
            and given.get("rel") != "canonical"
        ):
            inline += elsewhere
        self.refused += [f"<{tag} {what}>" for what in inline]

    def handle_endtag(self, tag: str) -> None:
        """Leave what is not read aloud."""
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        """Look for words."""
        if not self._inside and WORD.search(data):
            self.untranslated.append(data.strip())


def read(environment: Environment, name: str) -> Reader:
    """Read what a template says itself, with a sign where it puts a value."""
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    outputs = environment.parse(source).find_all(nodes.Output)
    reader = Reader()
    for output in outputs:
        for part in output.nodes:
            reader.feed(part.data if isinstance(part, nodes.TemplateData) else VALUE)
    reader.close()
    return reader


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles(strict: Environment, name: str) -> None:
    strict.get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_refers_to_templates_that_are_there(strict: Environment, name: str) -> None:
    tree = strict.parse((TEMPLATES / name).read_text(encoding="utf-8"))
    for referred in filter(None, meta.find_referenced_templates(tree)):
        strict.get_template(referred)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("macros/")])
def test_a_macro_uses_only_what_it_is_given(strict: Environment, app: Flask, name: str) -> None:
    tree = strict.parse((TEMPLATES / name).read_text(encoding="utf-8"))
    # Jinja does not count a name as known that is set in one branch only.
    stored = {found.name for found in tree.find_all(nodes.Name) if found.ctx == "store"}
    assert meta.find_undeclared_variables(tree) - stored - set(app.jinja_env.globals) == set()


@pytest.mark.parametrize("name", PAGES)
def test_every_text_can_be_translated(strict: Environment, name: str) -> None:
    assert read(strict, name).untranslated == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_in_a_page_is_refused_by_its_security_policy(strict: Environment, name: str) -> None:
    assert read(strict, name).refused == []


@pytest.mark.parametrize("name", PAGES)
def test_every_address_leads_to_a_route(app: Flask, strict: Environment, name: str) -> None:
    addresses = app.url_map.bind("example.org")
    lost = []
    for address in read(strict, name).addresses:
        # A number passes for a value of any kind: a key, a code, a word.
        path = re.split(r"[?#]", address)[0].replace(VALUE, "1")
        try:
            addresses.match(path)
        except MethodNotAllowed:
            pass
        except RequestRedirect as redirect:
            lost.append(f"{address} (moved to {redirect.new_url})")
        except NotFound:
            lost.append(address)
    assert lost == []
