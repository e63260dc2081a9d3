module type PCLOCK = Mirage_clock.PCLOCK with type 'a io = 'a Lwt.t
module type MCLOCK = Mirage_clock.MCLOCK with type 'a io = 'a Lwt.t
