module Config = Tls__Config
