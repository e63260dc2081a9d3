module Client = Client
module Server_with_conduit = Server_with_conduit
