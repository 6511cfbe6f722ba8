"""``derive completion SHELL``: what a shell needs to complete the words of a command, from the parsers of the commands themselves."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Final

from derivations.language.record import record
from render.commands.command import OFFERED, OK, Command, Parser, offer


@record
class Option:
    """An option in all its spellings. ``words``: what is offered as its value; ``valued``: whether it has one."""

    flags: tuple[str, ...]
    help: str
    valued: bool
    words: tuple[str, ...]


@record
class Place:
    """Where one may be in a command line: behind ``derive``, a command, and a kind or an action. ``words`` are offered beside files."""

    behind: tuple[str, ...]
    options: tuple[Option, ...]
    words: tuple[str, ...]
    files: bool

    @property
    def name(self) -> str:
        return " ".join(self.behind)


def places() -> list[Place]:
    """Every place that the parsers know."""
    from render.cli import COMMANDS

    found = [Place((), (Option(("--help", "-h"), "", False, ()), Option(("--version",), "", False, ())), tuple(COMMANDS), False)]
    for name, (summary, module) in COMMANDS.items():
        command: Command = import_module(module).COMMAND
        parser = Parser(prog=f"derive {name}", description=summary)
        command.declare(parser)
        found.append(_place((name,), parser))
        found += [_place((name, word), inner) for word, inner in command.within().items()]
    return found


def _place(behind: tuple[str, ...], parser: argparse.ArgumentParser) -> Place:
    options: list[Option] = []
    words: list[str] = []
    files = False
    for action in parser._actions:
        offered = tuple(map(str, getattr(action, OFFERED, ()) or action.choices or ()))
        if action.option_strings:
            text = "" if action.help in (None, argparse.SUPPRESS) else str(action.help).replace("%%", "%")
            options.append(Option(tuple(action.option_strings), text, action.nargs != 0, offered))
        elif action.nargs != argparse.REMAINDER:
            words += offered
            files = files or not offered or action.metavar in _FILES
    return Place(behind, tuple(options), tuple(words), files)


_FILES: Final = ("NAME_OR_FILE", "KIND")
"""Arguments that take files beside the words that are offered."""


# -- the shells --------------------------------------------------------------------------------------------------------------------------


def _quoted(text: str) -> str:
    """For bash and zsh, within single quotes."""
    return "'" + text.replace("'", "'\\''") + "'"


def _cases(known: list[Place]) -> Iterator[tuple[str, str]]:
    """For each place and option with a value: the pattern ``place|option``, and the words that are offered."""
    for place in known:
        for option in place.options:
            if option.valued:
                yield "|".join(_quoted(f"{place.name}|{flag}") for flag in option.flags), " ".join(option.words)


_SHARED: Final = """  local at=""
  if [ "$number" -gt 1 ]; then at="$first"; fi
  if [ "$number" -gt 2 ]; then case "$first $second" in %(inner)s) at="$first $second";; esac; fi
"""


def _inner(known: list[Place]) -> str:
    return "|".join(_quoted(place.name) for place in known if len(place.behind) == 2)


def _bash(known: list[Place]) -> str:
    lines = [
        "# bash completion for derive; put it into ~/.local/share/bash-completion/completions/derive",
        "_derive() {",
        '  local number=$COMP_CWORD first="${COMP_WORDS[1]}" second="${COMP_WORDS[2]}"',
        '  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
        '  if [ "$current" = "=" ]; then current=""; elif [ "$before" = "=" ]; then before="${COMP_WORDS[COMP_CWORD-2]}"; fi',
        _SHARED % {"inner": _inner(known)} + '  local words="" files="" value=""',
        '  case "$at|$before" in',
        *(f"    {pattern}) value=1 words={_quoted(words)} files={'' if words else '1'};;" for pattern, words in _cases(known)),
        "  esac",
        '  if [ -z "$value" ]; then case "$at" in',
    ]
    for place in known:
        flags = " ".join(flag for option in place.options for flag in option.flags)
        words = f"words={_quoted(' '.join(place.words))} files={'1' if place.files else ''}"
        lines.append(f'    {_quoted(place.name)}) case "$current" in -*) words={_quoted(flags)};; *) {words};; esac;;')
    lines += [
        "  esac; fi",
        '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
        '  if [ -n "$files" ]; then local file; while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$current"); fi',
        "}",
        "complete -o filenames -F _derive derive",
    ]
    return "\n".join(lines) + "\n"


def _described(word: str, text: str) -> str:
    """A word with its description, as zsh wants it."""
    plain = word.replace("\\", "\\\\").replace(":", "\\:")
    return _quoted(f"{plain}:{' '.join(text.split())}" if text else plain)


def _zsh(known: list[Place]) -> str:
    from render.cli import COMMANDS

    lines = [
        "#compdef derive",
        "# zsh completion for derive; put it into a folder of your fpath as _derive",
        "_derive() {",
        '  local number=$((CURRENT - 1)) first="${words[2]}" second="${words[3]}" current="${words[CURRENT]}" before="${words[CURRENT-1]}"',
        '  case "$current" in --*=*) before="${current%%=*}"; compset -P "*=";; esac',
        _SHARED % {"inner": _inner(known)} + "  local -a offered; local files='' value=''",
        '  case "$at|$before" in',
        *(
            f"    {pattern}) value=1 offered=({' '.join(map(_quoted, words.split()))}) files={'' if words else '1'};;" for pattern, words in _cases(known)
        ),
        "  esac",
        '  if [ -z "$value" ]; then case "$at" in',
    ]
    for place in known:
        flags = " ".join(_described(flag, option.help) for option in place.options for flag in option.flags)
        summaries = {} if place.behind else {name: summary for name, (summary, _) in COMMANDS.items()}
        words = " ".join(_described(word, summaries.get(word, "")) for word in place.words)
        lines.append(f'    {_quoted(place.name)}) case "$current" in -*) offered=({flags});; *) offered=({words}) files={"1" if place.files else ""};; esac;;')
    lines += [
        "  esac; fi",
        '  if [ "${#offered}" -gt 0 ]; then _describe derive offered; fi',
        '  if [ -n "$files" ]; then _files; fi',
        "}",
        'if [ "$funcstack[1]" = "_derive" ]; then _derive "$@"; elif (( $+functions[compdef] )); then compdef _derive derive; fi',
    ]
    return "\n".join(lines) + "\n"


def _fish(known: list[Place]) -> str:
    from render.cli import COMMANDS

    def quoted(text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    inner = " ".join(quoted(place.name) for place in known if len(place.behind) == 2)
    lines = [
        "# fish completion for derive; put it into ~/.config/fish/completions/derive.fish",
        "function __derive_at",
        "  set -l words (commandline -opc)",
        '  set -l at "$words[2]"',
        f'  if contains -- "$words[2] $words[3]" {inner}; set at "$words[2] $words[3]"; end',
        '  test "$at" = "$argv[1]"',
        "end",
    ]
    for place in known:
        here = f"complete -c derive -n {quoted(f'__derive_at {quoted(place.name)}')}"
        summaries = {} if place.behind else {name: summary for name, (summary, _) in COMMANDS.items()}
        if not place.files:
            lines.append(f"{here} -f")
        lines += [f"{here} -a {quoted(word)}" + (f" -d {quoted(summaries[word])}" if word in summaries else "") for word in place.words]
        for option in place.options:
            names = " ".join(f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags)
            value = "" if not option.valued else f" -x -a {quoted(' '.join(option.words))}" if option.words else " -r"
            lines.append(f"{here} {names}{value}" + (f" -d {quoted(' '.join(option.help.split()))}" if option.help else ""))
    return "\n".join(lines) + "\n"


SHELLS: Final[Mapping[str, Callable[[list[Place]], str]]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}


def _declare(parser: argparse.ArgumentParser) -> None:
    offer(parser.add_argument("shell", metavar="SHELL", choices=tuple(SHELLS), help=f"one of {', '.join(SHELLS)}"), SHELLS)


def _run(arguments: argparse.Namespace) -> int:
    sys.stdout.write(SHELLS[arguments.shell](places()))
    return OK


COMMAND = Command(_declare, _run)
