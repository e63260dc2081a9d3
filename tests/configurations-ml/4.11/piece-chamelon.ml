open Mirage

let arg code = Runtime_arg.create ~pos:__POS__ ("Unikernel." ^ code)
let key : string option runtime_arg = arg "aes_ccm_key"
let size : int runtime_arg = arg "program_block_size"
let encrypted ?nonce_len file = ccm_block ?nonce_len key (block_of_file file)
let store = chamelon ~program_block_size:size (encrypted "edb")
let main = main "Unikernel.Main" (kv_rw @-> block @-> job)
let () = register "chamelon" [ main $ store $ encrypted ~nonce_len:8 "other" ]
