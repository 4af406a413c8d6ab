"""Everything that is read, always as seen by a viewer."""
