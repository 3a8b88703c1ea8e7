"""What the benchmarks over the whole system share: servers in a folder that goes away, a machine, a load, a table."""
