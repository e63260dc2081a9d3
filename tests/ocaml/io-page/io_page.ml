type t = Cstruct.t

let page_size = 4096
let get pages = Cstruct.create (pages * page_size)
let to_cstruct page = page
