"""The services: those of moto with what they lack, and some that are not in moto."""
