from __future__ import annotations

import pytest

from marketplace.imports.fields import LISTING_FIELDS, ORGANISATION_FIELDS, Field
from marketplace.imports.mapping import UnusableMapping, _key, map_columns


def refused(
    header: list[str], choices: list[str], fields: tuple[Field, ...] = ORGANISATION_FIELDS
) -> list[tuple[str, str]]:
    with pytest.raises(UnusableMapping) as caught:
        map_columns(header, fields, choices)
    assert all(problem.message in str(caught.value) for problem in caught.value.problems)
    return [(problem.code, problem.field) for problem in caught.value.problems]


def test_columns_are_recognised_by_name_and_by_synonym() -> None:
    found = map_columns(
        ["nip", "Company Name", "TOWN", "Country-Code", "Web site", "E-mail", "wins"], ORGANISATION_FIELDS
    )
    assert dict(found.fields) == {
        "nip": "identifier",
        "Company Name": "name",
        "TOWN": "city",
        "Country-Code": "country",
        "Web site": "website",
        "E-mail": "email",
    }
    assert found.ignored == ("wins",)
    values = dict(
        zip(
            ["nip", "Company Name", "TOWN", "Country-Code", "Web site", "E-mail", "wins"],
            "abcdefg",
            strict=True,
        )
    )
    assert found.apply(values) == {
        "identifier": "a",
        "name": "b",
        "city": "c",
        "country": "d",
        "website": "e",
        "email": "f",
    }
    assert (found.column("city"), found.column("phone")) == ("TOWN", "")


def test_accents_do_not_matter() -> None:
    found = map_columns(["Raison sociale", "Województwo", "TÉLÉPHONE"], ORGANISATION_FIELDS)
    assert list(found.fields.values()) == ["name", "region", "phone"]


@pytest.mark.parametrize(
    ("website", "description"),
    [
        ("Webseite", "Tätigkeit"),
        ("Internetseite", "TÄTIGKEITSBEREICH"),
        ("Site web", "Activité principale"),
        ("Página Web", "Actividad económica"),
        ("Sítio web", "Ramo de atividade"),
        ("Sito Web", "Attività"),
        ("Strona internetowa", "Przedmiot działalności"),
        ("Веб-сайт", "Вид деятельности"),
        ("公司网站", "主营业务"),
        ("الموقع الالكتروني", "مجال النشاط"),
    ],
)
def test_headings_in_the_languages_of_the_network(website: str, description: str) -> None:
    found = map_columns(["Name", website, description], ORGANISATION_FIELDS)
    assert dict(found.fields) == {"Name": "name", website: "website", description: "description"}


def test_no_heading_stands_for_two_fields() -> None:
    for fields in (ORGANISATION_FIELDS, LISTING_FIELDS):
        names = [(key, field.name) for field in fields for key in {_key(name) for name in field.synonyms}]
        owners: dict[str, set[str]] = {}
        for key, name in names:
            assert key, name
            owners.setdefault(key, set()).add(name)
        assert {key: found for key, found in owners.items() if len(found) > 1} == {}


def test_a_column_named_like_the_field_goes_before_a_synonym() -> None:
    found = map_columns(["company", "name", "tax_id", "identifier"], ORGANISATION_FIELDS)
    assert dict(found.fields) == {"name": "name", "identifier": "identifier"}
    assert found.ignored == ("company", "tax_id")


def test_a_choice_goes_before_everything() -> None:
    found = map_columns(
        ["name", "Trade = name", "other"], ORGANISATION_FIELDS, ["Trade = name=name", "OTHER=products"]
    )
    assert dict(found.fields) == {"Trade = name": "name", "other": "products"}
    assert found.ignored == ("name",)


def test_a_column_can_be_left_out() -> None:
    found = map_columns(["company", "firm"], ORGANISATION_FIELDS, ["firm="])
    assert dict(found.fields) == {"company": "name"}
    assert found.ignored == ("firm",)


def test_two_columns_that_could_be_one_field_ask_for_a_choice() -> None:
    with pytest.raises(UnusableMapping, match=r"“company”, “Legal name”.*--map company=name") as caught:
        map_columns(["company", "Legal name"], ORGANISATION_FIELDS)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        (["name"], [("bad_map", "")]),
        (["=name"], [("bad_map", "")]),
        (["nmae=name"], [("unknown_column", "nmae")]),
        (["town=citty"], [("unknown_field", "citty")]),
        (["town=city", "town=region"], [("column_twice", "town")]),
        (["town=city", "name=city"], [("field_twice", "name")]),
        (
            ["x=y", "y=z", "town=q"],
            [("unknown_column", "x"), ("unknown_column", "y"), ("unknown_field", "y")],
        ),
    ],
)
def test_wrong_choices_are_named(choices: list[str], expected: list[tuple[str, str]]) -> None:
    codes = refused(["name", "town"], choices)
    assert all(pair in codes for pair in expected)


def test_wrong_choices_say_what_there_is() -> None:
    with pytest.raises(UnusableMapping) as caught:
        map_columns(["name", "town"], ORGANISATION_FIELDS, ["twon=city", "town=citty"])
    assert "The columns are: name, town. Did you mean “town”?" in str(caught.value)
    assert "Did you mean “city”?" in str(caught.value)


def test_required_fields_are_asked_for_all_at_once() -> None:
    assert refused(["title", "wins"], [], LISTING_FIELDS) == [
        ("missing_field", ""),
        ("missing_field", ""),
        ("missing_field", ""),
    ]
    with pytest.raises(UnusableMapping, match=r"external_id.*--map column=external_id.*title, wins"):
        map_columns(["title", "wins"], LISTING_FIELDS)


@pytest.mark.parametrize("fields", [LISTING_FIELDS, ORGANISATION_FIELDS])
def test_no_name_can_mean_two_fields(fields: tuple[Field, ...]) -> None:
    for field in fields:
        for name in (field.name, *field.synonyms):
            required = [other.name for other in fields if other.required and other.name != field.name]
            header = [name, *required] if name not in required else required
            assert map_columns(header, fields).fields[name] == field.name, name
