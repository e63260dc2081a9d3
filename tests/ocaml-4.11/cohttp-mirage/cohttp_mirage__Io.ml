module Make (S : Conduit_mirage.S) = struct
  type 'a t = 'a Lwt.t
  type ic = S.Flow.flow
  type oc = S.Flow.flow
  type conn = S.Flow.flow
end
