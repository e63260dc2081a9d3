let initialize () = Lwt.return (Nocrypto.Rng.set_source (open_in_bin "/dev/urandom"))
