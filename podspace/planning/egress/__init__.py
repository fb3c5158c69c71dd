"""Egress: gateways, a module for each kind, and the routes to them."""
