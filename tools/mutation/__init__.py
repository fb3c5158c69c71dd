"""Mutation tests: `python -m tools.mutation`."""
