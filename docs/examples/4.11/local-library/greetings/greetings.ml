let hello whom = "Hello, " ^ whom
