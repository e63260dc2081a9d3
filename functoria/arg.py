"""The converters of keys, under the names that users write: `arg.string`, `arg.list(arg.int)`, `arg.enum(["a", "b"])`."""

from functoria.converter import BOOL as bool
from functoria.converter import INT as int
from functoria.converter import STRING as string
from functoria.converter import Converter, custom, enum, some
from functoria.converter import list_of as list

__all__ = ["Converter", "bool", "custom", "enum", "int", "list", "some", "string"]
