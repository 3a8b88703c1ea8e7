"""The engine: a self-hosted server of the Lookout for Equipment wire protocol."""
