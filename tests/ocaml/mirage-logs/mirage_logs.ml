type threshold_config = Logs.src -> Logs.level

module Make (Clock : Mirage_clock.PCLOCK) = struct
  type t = Logs.reporter

  let stamp clock =
    let _, ps = Clock.now_d_ps clock in
    let seconds = Int64.to_int (Int64.div ps 1_000_000_000_000L) in
    Printf.sprintf "%02d:%02d:%02d" (seconds / 3600) (seconds / 60 mod 60) (seconds mod 60)

  let remember kept size line =
    Queue.add line kept;
    if Queue.length kept > size then ignore (Queue.take kept : string)

  let create ?(ch = stderr) ?ring_size ?console_threshold:_ clock =
    let kept = Queue.create () in
    let report source level ~over continue message =
      let print line =
        (match ring_size with
        | Some size when level <> Logs.Error -> remember kept size line
        | _ ->
            Queue.iter (Printf.fprintf ch "kept: %s\n") kept;
            Queue.clear kept);
        Printf.fprintf ch "%s\n%!" line;
        over ();
        continue ()
      in
      message (fun ?header:_ ?tags:_ format ->
          let head = Format.asprintf "%s %a [%s] " (stamp clock) Logs.pp_level level (Logs.Src.name source) in
          Format.kasprintf (fun text -> print (head ^ text)) format)
    in
    { Logs.report }

  let set_reporter = Logs.set_reporter
end
