"""The console script, called as from a shell, in this process."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from exchange.cli import main
from tests.exchange.shell import SECRET, Answer, Shell


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    """Give a shell in an installation of its own, with SQLite and nothing else set."""
    for name in [name for name in os.environ if name.startswith("EXCHANGE_")]:
        monkeypatch.delenv(name)

    def call(*arguments: str) -> Answer:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = capsys.readouterr()
        code = ended.value.code
        return Answer(code if isinstance(code, int) else 1, said.out, said.err)

    set_variable: Callable[[str, str], None] = monkeypatch.setenv
    set_variable("EXCHANGE_VAR", str(tmp_path / "var"))
    set_variable("EXCHANGE_SECRET_KEY", SECRET)
    return Shell(call, set_variable, tmp_path)
