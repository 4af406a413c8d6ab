"""What a member, an organiser or the operator can do: one function for each deed."""
