type t = { days : int; picoseconds : int64 }

let v (days, picoseconds) = { days; picoseconds }
let to_d_ps { days; picoseconds } = (days, picoseconds)
