from mirage_devices.v4 import *

key = runtime_arg("Unikernel.aes_ccm_key")
size = runtime_arg("Unikernel.program_block_size")
store = chamelon(ccm_block(key, block_of_file("edb")), program_block_size=size)
other = ccm_block(key, block_of_file("other"), nonce_len=8)
app = register("chamelon", [main("Unikernel.Main", kv_rw >> block >> job) @ store @ other], src=None)
