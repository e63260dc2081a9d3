let initialize (type a) ?(g : a option) ?sleep:(_ : int64 option) (generator : a Mirage_crypto_rng.generator) =
  let module Generator = (val generator) in
  let state = match g with Some state -> state | None -> Generator.create () in
  Mirage_crypto_rng__Rng.default := Generator.generate state;
  Lwt.return_unit
