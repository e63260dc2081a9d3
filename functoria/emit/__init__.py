"""The files that an application consists of: a module per kind of file, each from what is known of it to text."""
