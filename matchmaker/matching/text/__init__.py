"""Reading what members write: encoders, and the topics that a phrase is about."""
