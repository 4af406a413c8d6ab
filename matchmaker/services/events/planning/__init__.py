"""Making events: what they say, when they recur, what each still needs."""
