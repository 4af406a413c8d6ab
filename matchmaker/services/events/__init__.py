"""Events: what can be done with one, by whoever comes and by whoever runs it."""
