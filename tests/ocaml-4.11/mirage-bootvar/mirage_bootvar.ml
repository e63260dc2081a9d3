let argv = Mirage_bootvar_backend.argv
