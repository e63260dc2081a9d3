module Key = struct
  type t = string list

  let v path = List.filter (( <> ) "") (String.split_on_char '/' path)
  let to_string segments = "/" ^ String.concat "/" segments
  let pp = Fmt.using to_string Fmt.string
end

type error = [ `Not_found of Key.t | `Dictionary_expected of Key.t | `Value_expected of Key.t ]
type write_error = [ error | `No_space ]

let pp_error ppf = function
  | `Not_found key -> Fmt.pf ppf "%a: not there" Key.pp key
  | `Dictionary_expected key -> Fmt.pf ppf "%a: not a directory" Key.pp key
  | `Value_expected key -> Fmt.pf ppf "%a: not a file" Key.pp key

let pp_write_error ppf = function
  | `No_space -> Fmt.string ppf "no space is left"
  | #error as error -> pp_error ppf error

module type RO = sig
  type error = private [> `Not_found of Key.t | `Dictionary_expected of Key.t | `Value_expected of Key.t ]
  type t
  type key = Key.t

  val pp_error : error Fmt.t
  val disconnect : t -> unit Lwt.t
  val exists : t -> key -> ([ `Value | `Dictionary ] option, error) result Lwt.t
  val get : t -> key -> (string, error) result Lwt.t
  val list : t -> key -> ((key * [ `Value | `Dictionary ]) list, error) result Lwt.t
  val size : t -> key -> (int, error) result Lwt.t
end

module type RW = sig
  include RO

  type write_error =
    private
    [> `Not_found of Key.t | `Dictionary_expected of Key.t | `Value_expected of Key.t | `No_space ]

  val pp_write_error : write_error Fmt.t
  val set : t -> key -> string -> (unit, write_error) result Lwt.t
  val remove : t -> key -> (unit, write_error) result Lwt.t
end
