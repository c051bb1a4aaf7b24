from __future__ import annotations

import json
from pathlib import Path

import pytest

from exchange.commands.sectors import UnreadablePhrases, read_phrases
from matching.resolver import Phrase
from tests.exchange.shell import Shell
from tests.small_sectors import keep_small


def written(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    path = folder / "phrases.csv"
    path.write_bytes(content.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("text,code\nCafé roaster,1079\n\nRice,0112\n", "utf-8"),
        ("Phrase;Code\r\nCafé roaster;1079\r\nRice;112\r\n", "cp1252"),
        ("Café roaster\t1079\t\nRice\t0112\t\n", "utf-16"),
        ('\ufeff"Café  roaster"|"1079"\n Rice | 0112 \n', "utf-8"),
    ],
)
def test_what_spreadsheets_write_is_read(tmp_path: Path, content: str, encoding: str) -> None:
    assert read_phrases(written(tmp_path, content, encoding), "en") == [
        Phrase("Café roaster", "1079"),
        Phrase("Rice", "0112"),
    ]


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        ("", ["there is no line with a phrase"]),
        ("text,code\n", ["there is no line with a phrase"]),
        (
            "Rice,0112\nShoes\n--,1520\nShoes,152\nShoes,C\nA,B,1520\n",
            [
                "line 2: two columns are needed, text and code, not 1",
                "line 3: the text says nothing",
                "line 4: “152” is not a class of ISIC Rev.4 (four digits)",
                "line 5: “C” is not a class of ISIC Rev.4 (four digits)",
                "line 6: two columns are needed, text and code, not 3",
            ],
        ),
    ],
)
def test_every_wrong_line_is_named(tmp_path: Path, content: str, problems: list[str]) -> None:
    with pytest.raises(UnreadablePhrases) as error:
        read_phrases(written(tmp_path, content), "en")
    assert error.value.problems == problems


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "phrases.csv"
    path.write_bytes(bytes(range(256)) * 9)
    with pytest.raises(UnreadablePhrases):
        read_phrases(path, "en")
    with pytest.raises(UnreadablePhrases, match="line 1"):
        read_phrases(written(tmp_path, "x" * 200_000 + ",0112\n"), "en")


def test_nothing_is_learnt_from_a_table_with_a_wrong_line(shell: Shell) -> None:
    shell.set("EXCHANGE_ENCODER", "no")
    path = written(shell.place, "Rice,0112\n" + "Shoes,1\n" * 30)
    answer = shell("sectors", "learn", str(path))
    assert answer.code == 1
    assert "Nothing was learnt; 30 things are wrong in phrases.csv" in answer.err
    assert "line 2: “1” is not a class" in answer.err
    assert "… and 10 more" in answer.err
    assert shell("sectors", "show").err == "No phrases were taught yet: exchange sectors learn FILE\n"


def test_phrases_that_were_taught_are_shown_and_forgotten(shell: Shell) -> None:
    shell.set("EXCHANGE_ENCODER", "no")
    var = shell.place / "var"
    kept = keep_small(var, encoder=False)
    kept.learn([Phrase("welly workshop", "1520"), Phrase("riz", "0112", "fr")])
    assert shell("sectors", "show").out == "1520  en   welly workshop\n0112  fr   riz\n"
    assert json.loads(shell("sectors", "show", "--json").out)[1] == {
        "text": "riz",
        "code": "0112",
        "language": "fr",
    }
    # The resolver without phrases is still there, so that nothing has to be built.
    keep_small(var, encoder=False)
    assert kept().suggest("welly workshop")[0].code == "1520"
