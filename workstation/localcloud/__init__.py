"""A cloud on this machine: object store, RPC and ShowAPI fronts on loopback, and an analysis engine behind them.

An independent second writing of the protocol: nothing here is shared with `cloud` or `catalogue`.
"""
