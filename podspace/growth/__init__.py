"""How pod networks grow: what a change does to what is live, and zones and blocks appended to a config file."""
