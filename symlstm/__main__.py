"""`python -m symlstm`: the command line."""

from symlstm.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
