"""What a config change does to the deployed network: two plans compared by their inventories and manifests."""
