"""Applications, and their plans: what they consist of once every choice is made."""
