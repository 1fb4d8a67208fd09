"""The second witness: a live app, read into plain data.

The way of the data: `scan` finds the instances, `extensions` say how each is bound and set, `config` masks
secrets, `chain` follows each view through its wrappers, `routes` put together what applies to each route in
the order in which it runs. Nothing here runs code of the app beyond what reading an attribute runs.
"""
