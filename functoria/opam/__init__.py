"""opam's files and repositories: reading them, and holding plans against them."""
