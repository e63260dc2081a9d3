module type Generator = Mirage_crypto_rng__Rng.Generator

type 'a generator = 'a Mirage_crypto_rng__Rng.generator

module Fortuna = Mirage_crypto_rng__Fortuna

let generate length = !Mirage_crypto_rng__Rng.default length
