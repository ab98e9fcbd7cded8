"""``taizhang``: every command, each loaded only when it is called so that none pays for another."""

import importlib
from typing import Any

import click

import taizhang

COMMANDS = {
    "adopt": "taizhang.cli.adopt:adopt",
    "appraise": "taizhang.cli.appraise:appraise",
    "check": "taizhang.cli.check:check",
    "demo": "taizhang.cli.site:demo",
    "figures": "taizhang.cli.figures:figures",
    "init": "taizhang.cli.site:init",
    "lexicon": "taizhang.cli.lexicon:lexicon",
    "manage": "taizhang.cli.site:manage",
    "backup": "taizhang.cli.backup:backup",
    "release": "taizhang.cli.release:release",
    "remind": "taizhang.cli.remind:remind",
    "report": "taizhang.cli.report:report",
    "restore": "taizhang.cli.backup:restore",
    "scheme": "taizhang.cli.scheme:scheme",
    "serve": "taizhang.cli.site:serve",
    "spelling": "taizhang.cli.spelling:spelling",
    "verify": "taizhang.cli.verify:verify",
}


class Commands(click.Group):
    """A group whose commands are named in COMMANDS."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(taizhang.__version__, prog_name="taizhang")
def main(**_: Any) -> None:
    """Taizhang 台账: an accountability ledger. 问责台账：一次记录，处处可数，数数可问。"""
