module Connection = Cohttp__Connection
