"""The commands of `podspace`, one a file, each a thin shell over the library.

Each file imports what it needs inside its command, so that no command waits for the libraries of another.
"""
