from functoria import Key, arg, foreign, job, match_impl
from mirage_devices import crunch, kv_ro, register

storage = Key.opt(
    "storage", arg.enum(["files", "memory"]), default="memory", stage="configure", flags=["storage", "s"]
)
store = match_impl(storage.value, {"memory": crunch("memory-none")}, default=crunch("files"))
app = register("converter", [foreign("Unikernel.Main", kv_ro >> job) @ store])
