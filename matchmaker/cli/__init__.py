"""What the operator runs: each command finds, calls one service, commits and prints.

`flask` finds the commands by their entry points in pyproject.toml, before it makes an
application: so their help needs no settings.
"""

from typing import NoReturn

from flask import Flask

from matchmaker.cli.trouble import Trouble


class HelpOnly(Flask):
    """Stands in for the application where a setting is wrong: all but help says so."""

    def __init__(self, sentence: str) -> None:
        super().__init__("matchmaker", static_folder=None)
        self.extensions = _Missing(sentence)


class _Missing(dict[str, object]):
    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence

    def __missing__(self, _name: str) -> NoReturn:
        raise Trouble(self.sentence)
