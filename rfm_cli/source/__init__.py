"""What customers are counted from: `model.Source` for orders, roll-ups and files of one row per customer.

A store of snapshots is a source as well; it is in `snapshots.source`, since it knows what a snapshot is.
"""
