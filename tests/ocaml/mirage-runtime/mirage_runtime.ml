type log_threshold = [ `All | `Src of string ] * Logs.level

let set_level ~default thresholds =
  let all = function `All, level -> Some level | `Src _, _ -> None in
  Logs.set_level (Some (Option.value (List.find_map all thresholds) ~default));
  let named name source = Logs.Src.name source = name in
  let set = function
    | `All, _ -> ()
    | `Src name, level -> (
        match List.find_opt (named name) (Logs.Src.list ()) with
        | Some source -> Logs.Src.set_level source (Some level)
        | None -> Logs.warn (fun m -> m "there is no source of logs called %s" name))
  in
  List.iter set thresholds

module Arg = struct
  let conv of_string pp = Cmdliner.Arg.conv (of_string, pp)
  let ip = conv Ipaddr.of_string Ipaddr.pp
  let ipv4_address = conv Ipaddr.V4.of_string Ipaddr.V4.pp

  let ipv4 =
    let both cidr = Ipaddr.V4.Prefix.(prefix cidr, address cidr) in
    let pp ppf (network, address) =
      Format.fprintf ppf "%a/%d" Ipaddr.V4.pp address (Ipaddr.V4.Prefix.bits network)
    in
    let read text =
      match Ipaddr.V4.Prefix.of_string text with Ok cidr -> Ok (both cidr) | Error _ as error -> error
    in
    conv read pp

  let ipv6 = conv Ipaddr.V6.of_string Ipaddr.V6.pp
  let ipv6_prefix = conv Ipaddr.V6.Prefix.of_string Ipaddr.V6.Prefix.pp

  let log_threshold =
    let of_string text =
      let source, level =
        match String.rindex_opt text ':' with
        | None -> (`All, text)
        | Some at ->
            let name = String.sub text 0 at in
            ((if name = "*" then `All else `Src name), String.sub text (at + 1) (String.length text - at - 1))
      in
      match Logs.level_of_string level with
      | Ok (Some level) -> Ok (source, level)
      | Ok None -> Error (`Msg "quiet is no level here")
      | Error _ as error -> error
    in
    let pp ppf (source, level) =
      let name = match source with `All -> "*" | `Src name -> name in
      Format.fprintf ppf "%s:%s" name (Logs.level_to_string (Some level))
    in
    conv of_string pp
end
