let colour = function `Red -> "red" | `Dark_red -> "dark-red"
let fruit = function `Apple -> "apple" | `Pear -> "pear"
let joined show items = String.concat "," (List.map show items)
let maybe show = function None -> "none" | Some value -> "some " ^ show value

(* The network must be the one that the address is in, without the bits of the host. *)
let interface (network, address) =
  Printf.sprintf "%s in %s" (Ipaddr.V4.to_string address) (Ipaddr.V4.Prefix.to_string network)

let threshold (source, level) =
  (match source with `All -> "*" | `Src name -> name) ^ ":" ^ Logs.level_to_string (Some level)

module Main (_ : Mirage_types_lwt.TIME) = struct
  let start _time =
    let print name text = Printf.printf "%s=%s\n" name text in
    print "string" (Key_gen.string ());
    print "bool" (string_of_bool (Key_gen.bool ()));
    print "int" (string_of_int (Key_gen.int ()));
    print "ints" (joined string_of_int (Key_gen.ints ()));
    print "maybe" (maybe (fun text -> text) (Key_gen.maybe ()));
    print "maybes" (joined (maybe string_of_int) (Key_gen.maybes ()));
    print "colour" (colour (Key_gen.colour ()));
    print "fruits" (joined fruit (Key_gen.fruits ()));
    print "ipv4" (Ipaddr.V4.to_string (Key_gen.ipv4 ()));
    print "interface" (interface (Key_gen.interface ()));
    print "ipv6" (Ipaddr.V6.to_string (Key_gen.ipv6 ()));
    print "network" (Ipaddr.V6.Prefix.to_string (Key_gen.network ()));
    print "threshold" (threshold (Key_gen.threshold ()));
    print "fixed" (Key_gen.fixed ());
    print "late" (Key_gen.late ());
    print "flag" (string_of_bool (Key_gen.flag ()));
    print "fixed-flag" (string_of_bool (Key_gen.fixed_flag ()));
    print "late-flag" (string_of_bool (Key_gen.late_flag ()));
    print "needed" (string_of_int (Key_gen.needed ()));
    print "fixed-needed" (interface (Key_gen.fixed_needed ()));
    print "late-needed" (Key_gen.late_needed ());
    print "renamed" (Key_gen.renamed ());
    print "quick" (string_of_bool (Key_gen.quick ()));
    Lwt.return_unit
end
