"""Jobs: several outputs made in one run, unattended, and published all at once.

`job` reads `[jobs.NAME]` of `rfm.toml`; `conditions` are what a run may fail on; `manifest` records what a run read and
wrote; `folder` keeps the runs of a job and the link to the current one. The commands make the outputs themselves.
"""
