"""`python -m rfm_cli` is `rfm`."""

from rfm_cli.cli import main

main()
