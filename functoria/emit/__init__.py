"""Emitters for the files of an application, one module for each kind of file."""
