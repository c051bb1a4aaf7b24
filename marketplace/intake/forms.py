"""Forms of imports."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import gettext as _
from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import Optional

from marketplace.intake.models import NAME_LENGTH, ImportKind
from marketplace.intake.wording import kind_meaning
from marketplace.web.choices import SelectField
from marketplace.web.fields import CountryField, Form, LanguageField, PlainText, clean_text
from marketplace.web.fields import lazy as _l
from marketplace.web.words import label
from matching.types import Kind

# What tables in the languages of the network come in; each is a codec of Python.
ENCODINGS: Final = (
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("cp1252", _l("Windows-1252 (Western Europe)")),
    ("cp1250", _l("Windows-1250 (Central Europe)")),
    ("cp1251", _l("Windows-1251 (Cyrillic)")),
    ("cp1254", _l("Windows-1254 (Turkish)")),
    ("cp1256", _l("Windows-1256 (Arabic)")),
    ("gb18030", _l("GB 18030 (Chinese)")),
    ("shift_jis", _l("Shift JIS (Japanese)")),
    ("euc_kr", _l("EUC-KR (Korean)")),
)
SHEET_LENGTH: Final = 120


class ReadingForm(Form):
    """How a file is read."""

    kind = SelectField(_l("What the rows are"), validate_choice=False)
    encoding = SelectField(
        _l("Encoding"),
        description=_l("Of a CSV file, if letters come out wrong."),
        validate_choice=False,
    )
    sheet = StringField(
        _l("Sheet"),
        [Optional(), PlainText(SHEET_LENGTH)],
        filters=[clean_text],
        description=_l("Of a workbook, if it is not the first one."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind.choices = [(kind.value, kind_meaning(kind)) for kind in ImportKind]
        self.encoding.choices = [
            ("", _("Found out by itself")),
            *((name, str(words)) for name, words in ENCODINGS),
        ]

    def chosen_kind(self) -> ImportKind | None:
        """Return what the rows are; ``None`` where the columns shall tell."""
        word = self.text("kind")
        return ImportKind(word) if word in set(ImportKind) else None

    def chosen_encoding(self) -> str:
        """Return the encoding; ``""`` for finding out, and for what is none of those offered."""
        word = self.text("encoding")
        return word if word in dict(ENCODINGS) else ""


class UploadForm(ReadingForm):
    """A file to bring in."""

    file = FileField(_l("File"), description=_l("CSV, TSV or XLSX; the first row names the columns."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices: Any = self.kind.choices
        self.kind.choices = [("", _("The columns’ names tell")), *choices]


class ColumnsForm(Form):
    """What holds for every row, and under which name the mapping is kept."""

    country = CountryField(_l("Country"), [Optional()])
    kind = SelectField(_l("Kind"), [Optional()], validate_choice=False)
    language = LanguageField(_l("Language"), [Optional()])
    keep_as = StringField(
        _l("Keep these choices as"),
        [Optional(), PlainText(NAME_LENGTH)],
        filters=[clean_text],
        description=_l("They are proposed again for a file with the same columns. Such as: Chamber’s list."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind.choices = [("", _("Choose …")), *((kind.value, label(kind)) for kind in Kind)]

    def fixed(self, kind: ImportKind) -> dict[str, str]:
        """Return field and value of what was said once for all rows."""
        names = ("country",) if kind is ImportKind.ORGANISATIONS else ("country", "kind", "language")
        said = {name: self.text(name) for name in names if self.text(name)}
        if said.get("kind") not in {None, *Kind}:
            said.pop("kind")
        return said
