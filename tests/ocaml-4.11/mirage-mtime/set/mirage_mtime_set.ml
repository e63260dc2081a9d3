let elapsed = ref 0L
