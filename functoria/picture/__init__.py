"""Pictures of plans: what they show, how it is laid out, and the languages in which it is drawn."""
