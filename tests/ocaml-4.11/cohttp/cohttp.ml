module Connection = Cohttp__Connection
module Header = Cohttp__Header
module Request = Cohttp__Request
