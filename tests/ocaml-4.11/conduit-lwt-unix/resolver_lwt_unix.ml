let system : Resolver_lwt.t = ()
