"""A store with the files of a branch of a git repository, as an image that the build makes."""

from mirage_devices.v4 import docteur, job, kv_ro, main, register, runtime_arg

unikernel = main("Unikernel.Main", kv_ro >> job, runtime_args=[runtime_arg("Unikernel.filename")])
store = docteur("https://github.com/mirage/mirage", branch="refs/heads/main")

app = register("docteur", [unikernel @ store])
