let line words = String.concat " " words
