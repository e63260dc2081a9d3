"""Running configuration files: the application that each registers."""

from functoria.location import entry

entry(__name__)
