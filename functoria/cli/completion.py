"""Completion in bash, zsh and fish, including values after `=` and names of files."""

from __future__ import annotations

import os

from click.shell_completion import BashComplete, CompletionItem, FishComplete, ZshComplete, split_arg_string

_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' line kind value names=
    COMPREPLY=()
    while IFS=, read -r kind value; do
        case $kind in
            plain) COMPREPLY+=("$value") ;;
            file) names=default ;;
            dir) names=dirnames ;;
        esac
    done < <(COMP_LINE="$COMP_LINE" COMP_POINT=$COMP_POINT BREAKS="$COMP_WORDBREAKS" %(complete_var)s=bash_complete "$1")
    if [[ -n $names ]]; then
        compopt -o filenames -o $names
    fi
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""
_ZSH = """\
#compdef %(prog_name)s
%(complete_func)s() {
    local -a lines plain told
    local kind value help
    lines=("${(@f)$(COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) %(complete_var)s=zsh_complete %(prog_name)s)}")
    local -a any=(-U)
    [[ $PREFIX == -*=* ]] && compset -P 1 '*=' && any=()  # -U would take away what precedes
    for kind value help in $lines; do
        case $kind in
            plain) if [[ $help == _ ]]; then plain+=("$value"); else told+=("$value:$help"); fi ;;
            file) _path_files -f ;;
            dir) _path_files -/ ;;
        esac
    done
    (( $#told )) && _describe -V unsorted told $any
    (( $#plain )) && compadd $any -V unsorted -a plain
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""
_FISH = """\
function %(complete_func)s
    set -l before (string match -r -- '^-[^=]*=' (commandline -ct))
    for line in (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp) COMP_CWORD=(commandline -ct) %(prog_name)s)
        set -l parts (string split -m 1 , -- $line)
        switch $parts[1]
            case plain
                printf '%%s\\n' "$before$parts[2]"
            case file
                for name in (__fish_complete_path $parts[2])
                    printf '%%s\\n' "$before$name"
                end
            case dir
                for name in (__fish_complete_directories $parts[2])
                    printf '%%s\\n' "$before$name"
                end
        end
    end
end
complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class Bash(BashComplete):
    """bash, which divides words at `=` and `:`, and replaces what follows the last of them."""

    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words of the line before the cursor, and the unfinished word there."""
        line = os.environ["COMP_LINE"].encode()[: int(os.environ["COMP_POINT"])].decode(errors="ignore")
        *words, last = split_arg_string(f"{line}x")  # gives an empty word at the cursor
        return words[1:], last[:-1]

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """Return completions without the part of the word that bash considers a word of its own."""
        option, sign, _ = incomplete.partition("=")
        before = f"{option}=" if sign and incomplete.startswith("-") else ""
        breaks = os.environ.get("BREAKS", "")
        kept = max((incomplete.rfind(char) for char in "=:" if char in breaks), default=-1) + 1
        items = super().get_completions(args, incomplete)
        for item in items:
            item.value = f"{before}{item.value}"[kept:]
        return items


class Zsh(ZshComplete):
    """zsh, whose script leaves what precedes a value where it is."""

    source_template = _ZSH


class Fish(FishComplete):
    """fish, whose script puts what precedes a value before it."""

    source_template = _FISH


CLASSES = {"bash": Bash, "zsh": Zsh, "fish": Fish}
