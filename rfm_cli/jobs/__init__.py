"""Jobs: several outputs made in one run, unattended, and published all at once.

`job` reads `[jobs.NAME]` of `rfm.toml`, and the conditions on which a run fails. `manifest` records what a run read and
wrote. `folder` keeps the runs of a job and the link to the current one. The commands make the outputs themselves.
"""
