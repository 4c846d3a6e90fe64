"""Construction files: from TOML or JSON to a network and its specification, or to a clear refusal."""
