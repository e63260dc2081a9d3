include Direct_layers.Network

let connect interface = Direct_layers.connect ("Netif " ^ interface)
