"""Files as data: YAML and JSON with line numbers, as kubectl reads them, and manifests written to files."""
