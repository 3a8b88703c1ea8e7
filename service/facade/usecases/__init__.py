"""What callers can do, as plain functions: the first argument is `Resources`, problems are raised."""
