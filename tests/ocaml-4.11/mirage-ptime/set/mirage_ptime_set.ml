let now = ref (0, 0L)
