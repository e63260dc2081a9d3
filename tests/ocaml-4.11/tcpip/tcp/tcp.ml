module Flow = Tcp__Flow
