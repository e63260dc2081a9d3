"""An application, and what it is with every choice made."""
