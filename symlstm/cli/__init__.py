"""One module a command: `configure(parser)` adds its options, `run(options)` does it and returns the exit code."""
