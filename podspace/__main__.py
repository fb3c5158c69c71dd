"""`python -m podspace` is the command `podspace`."""

from podspace.cli import main

main()
