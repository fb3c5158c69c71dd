"""The move of running pods to the NodePools of pod networks: what is left, what hinders it, and its order."""

from podspace.migration.hindrance import HINDRANCES, Hindrance
from podspace.migration.migration import READ, Migration, migrate
from podspace.migration.text_report import text_report

__all__ = ["HINDRANCES", "READ", "Hindrance", "Migration", "migrate", "text_report"]
