"""`python -m rfm_cli` is `rfm`."""

from rfm_cli.entry import main

main()
