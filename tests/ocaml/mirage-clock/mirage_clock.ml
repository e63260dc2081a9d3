module type PCLOCK = sig
  include Mirage_device.S

  val now_d_ps : t -> int * int64
  val current_tz_offset_s : t -> int option
  val period_d_ps : t -> (int * int64) option
end

module type MCLOCK = sig
  include Mirage_device.S

  val elapsed_ns : t -> int64
  val period_ns : t -> int64 option
end
