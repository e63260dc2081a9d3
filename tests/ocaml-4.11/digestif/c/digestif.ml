module SHA1 = struct
  let digest_size = 20
end
