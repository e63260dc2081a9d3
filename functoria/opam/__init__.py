"""opam's files and repositories: reading them, and auditing plans against them."""
