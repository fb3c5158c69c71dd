"""Effects of a config change on the deployed network: two plans compared by their inventories and manifests."""
