type 't service = 't -> unit Lwt.t

let serve ?stop:(_ : Lwt_switch.t option) service t = `Initialized (service t)
