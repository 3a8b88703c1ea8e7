"""The wall around boto3: clients, gateways that speak domain dataclasses, and ClientError -> Problem in one table."""
