"""The tree is the architecture: what may lie in it, and where."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE_LINES = 400
# Put together here, so that this file does not hold what it looks for.
INDEX_ADDRESS = re.compile(
    "|".join(
        (
            r"--(?:extra-)?index-" + "url",
            r"pypi\." + "org",
            r"pythonhosted\." + "org",
            r"registry\." + r"npmjs",
            r"/simple/" + r"\w",
            r"\.whl" + "#",
            r"\"resolved\": *\"" + "http",
        )
    )
)
MACHINE_PATH = re.compile(r"(?<![\w.>-])/(?:" + r"root/|work/|home/[a-z]|Users/[A-Za-z])")


def files() -> list[Path]:
    """Every file that is, or could next be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Where a pattern stands in a text file: path, number and line."""
    found = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
            for number, line in enumerate(text.splitlines(), start=1)
            if pattern.search(line)
        ]
    return found


def packages_under(folder: Path) -> set[str]:
    return {path.parent.name for path in folder.glob("*/__init__.py")}


@pytest.fixture(scope="module")
def project() -> dict[str, dict[str, object]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in files()
        # A migration is written once, by a generator, and then only read by another one.
        if path.suffix in {".py", ".css", ".js", ".html"} and path.parent.name != "versions"
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE_LINES
    }
    assert long == {}


def test_no_file_holds_the_address_of_a_package_index() -> None:
    assert lines_with(INDEX_ADDRESS) == []


def test_no_file_holds_a_path_of_somebodys_machine() -> None:
    assert lines_with(MACHINE_PATH) == []


def test_no_lock_with_addresses_is_committed() -> None:
    names = {path.name for path in files()}
    assert names.isdisjoint({"uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json"})


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_pins_every_package_by_hash(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    blocks = re.split(r"\n(?=\S)", text.strip())
    unpinned = [
        block.splitlines()[0] for block in blocks if "==" not in block or "--hash=sha256:" not in block
    ]
    assert unpinned == []


def test_the_test_lock_holds_all_of_the_other_one() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[a-z][\w.-]*==\S+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))

    assert pins("requirements.lock") - pins("requirements-test.lock") == set()


def test_there_are_three_floors_and_a_roof() -> None:
    assert packages_under(ROOT) == {"exchange", "workers", "marketplace", "matching", "tests"}


def test_the_order_inside_a_feature_is_held_in_every_feature(project: dict[str, dict[str, object]]) -> None:
    contracts = project["tool"]["importlinter"]["contracts"]  # type: ignore[index]
    inside = next(contract for contract in contracts if contract["name"].startswith("Inside a feature"))
    # policy/ and web/ are plumbing, imports/ reads files, demo/ writes its rows through the features.
    features = packages_under(ROOT / "marketplace") - {"web", "imports", "demo", "policy"}
    assert {name.removeprefix("marketplace.") for name in inside["containers"]} == features


def test_no_test_is_left_out() -> None:
    # Put together, like the patterns above.
    marks = re.compile(r"pytest\.(?:mark\.)?(?:" + "skip|skipif|xfail|importorskip" + r")\b")
    assert [line for line in lines_with(marks) if line.startswith("tests/")] == []
