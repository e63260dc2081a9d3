module Main (Pclock : Mirage_types_lwt.PCLOCK) (Mclock : Mirage_types_lwt.MCLOCK) = struct
  let start pclock mclock =
    let days, picoseconds = Pclock.now_d_ps pclock in
    let before = Mclock.elapsed_ns mclock in
    let after = Mclock.elapsed_ns mclock in
    Printf.printf "%d %Ld %Ld %Ld\n" days picoseconds before after;
    Lwt.return_unit
end
