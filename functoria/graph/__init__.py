"""From a term to a graph: every choice resolved, every device once, each after what it needs."""
