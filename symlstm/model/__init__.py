"""What people write down: cells, networks, specifications, construction files."""
