module Client = Cohttp_mirage__Client
module Server = Cohttp_mirage__Server
