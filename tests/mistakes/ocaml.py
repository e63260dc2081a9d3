"""Mistakes in a config.ml, whose messages are in terms of OCaml."""

from __future__ import annotations

from tests.mistakes.configurations import Typed

_HEAD = "(* mirage >= 3.3.0 *)\nopen Mirage\n\n"
_TIMED = 'let main = foreign "Unikernel.Main" (time @-> job)\n'
_BRIDGE = 'let main = foreign "Unikernel.Main" (network @-> network @-> job)\n'


def _written(text: str, *words: str) -> Typed:
    return Typed({"config.ml": _HEAD + text}, words or ("configure",))


def _key(argument: str) -> Typed:
    return _written(
        f'let hello = Key.create "hello" Key.Arg.({argument})\n'
        'let main = foreign "Unikernel" ~keys:[ Key.abstract hello ] job\nlet () = register "hello" [ main ]\n'
    )


def _impl(methods: str) -> Typed:
    return _written(
        f"let server = impl @@ object\n  inherit base_configurable\n  method ty = job\n{methods}\nend\n\n"
        'let () = register "web" [ server ]\n'
    )


OCAML: dict[str, Typed] = {
    "a misspelt value": _written(_TIMED + 'let () = register "hello" [ main $ defualt_time ]\n'),
    "a misspelt value of a module": _written(
        _TIMED + 'let () = register "hello" [ main $ if_impl Key.is_unx default_time default_time ]\n'
    ),
    "a misspelt module": _written('let names = Lst.map String.lowercase_ascii [ "A" ]\n'),
    "a misspelt label": _written(
        'let main = foreign ~packges:[ package "duration" ] "Unikernel" job\nlet () = register "hello" [ main ]\n'
    ),
    "a misspelt constructor": _written("type mode = Fast | Slow\nlet mode = Fsat\n"),
    "a misspelt field": _written('type site = { name : string; port : int }\nlet site = { nam = "a"; port = 80 }\n'),
    "a misspelt field of a value": _written(
        'type site = { name : string; port : int }\nlet site = { name = "a"; port = 80 }\nlet port = site.prt\n'
    ),
    "a misspelt variant": _key('opt ~stage:`Confgure string "Hi" (info [ "hello" ])'),
    "a misspelt converter": _key('opt strng "Hi" (info [ "hello" ])'),
    "a misspelt target in a choice": _written(
        _TIMED + "let time = match_impl Key.(value target) [ (`Hvtt, default_time) ] ~default:default_time\n"
        'let () = register "hello" [ main $ time ]\n'
    ),
    "a misspelt method of an object": _impl('  method nme = "server"\n  method module_name = "Server"'),
    "a misspelt hook of an object": _impl(
        '  method name = "server"\n  method module_name = "Server"\n  method conect _ _ _ = "return ()"'
    ),
    "swapped arguments": _written(
        'let main = foreign "Unikernel.Main" (time @-> console @-> job)\n'
        'let () = register "hello" [ main $ default_console $ default_time ]\n'
    ),
    "a functor without its argument": _written(_TIMED + 'let () = register "hello" [ main ]\n'),
    "a functor called as a function": _written(_TIMED + 'let () = register "hello" [ main default_time ]\n'),
    "a functor applied by another operator": _written(_TIMED + 'let () = register "hello" [ main @ default_time ]\n'),
    "jobs without a list": _written('let main = foreign "Unikernel" job\nlet () = register "hello" main\n'),
    "text in place of packages": _written(
        'let main = foreign ~packages:[ "duration" ] "Unikernel" job\nlet () = register "hello" [ main ]\n'
    ),
    "a device in place of a dependency": _written(
        'let main = foreign ~deps:[ nocrypto ] "Unikernel" job\nlet () = register "hello" [ main ]\n'
    ),
    "two interfaces with one key": _written(_BRIDGE + 'let () = register "bridge" [ main $ netif "0" $ netif "1" ]\n'),
    "two keys with one option": _written(
        'let one = Key.create "one" Key.Arg.(flag (info [ "x" ]))\nlet two = Key.create "two" Key.Arg.(flag (info [ "x" ]))\n'
        'let main = foreign ~keys:[ Key.abstract one; Key.abstract two ] "Unikernel" job\n'
        'let () = register "hello" [ main ]\n'
    ),
    "a key that takes --help": _key('opt string "Hi" (info [ "help" ])'),
    "cryptography without entropy": _written(
        'let main = foreign ~packages:[ package "nocrypto" ] "Unikernel" job\nlet () = register "hello" [ main ]\n'
    ),
    "an unclosed bracket": _written(
        'let main = foreign "Unikernel.Main" (time @-> job\nlet () = register "hello" [ main $ default_time ]\n'
    ),
    "an unclosed string": _written('let main = foreign "Unikernel job\nlet () = register "hello" [ main ]\n'),
    "a mismatched bracket": _written('let main = foreign "Unikernel" job\nlet () = register "hello" [ main )\n'),
    "an unclosed comment": _written('(* the jobs\nlet main = foreign "Unikernel" job\n'),
    "a class": _written("class server = object method ty = job end\n"),
    "nothing registered": _written('let main = foreign "Unikernel" job\n'),
}
"""Mistakes in OCaml, and in the structure of a config.ml."""
