"""What the engine remembers: tables and the queries on them. Rows stay in here, dataclasses leave."""
