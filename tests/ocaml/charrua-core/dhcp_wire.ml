type option_code = SUBNET_MASK | ROUTERS | DNS_SERVERS
