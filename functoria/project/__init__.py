"""The directory that a plan is written to, and what is built there."""
