"""The wire: request to call, constraints, faults, answers. JSON 1.0 only, all of it driven by the service model."""
