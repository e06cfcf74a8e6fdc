/** Help of `rds-csi simulate-device`. */
export const USAGE = `rds-csi simulate-device [flags]

A MikroTik ROSE Data Server (RouterOS 7.24) for trying and testing: /disk with btrfs subvolumes, /file, /ip/firewall,
/user and /system over RouterOS' binary API, its REST API and SSH, with real bytes behind every file disk. It needs
nothing installed and talks to nobody. When it is ready it prints one line of JSON with its addresses; it runs until
SIGINT or SIGTERM.

  --api=ADDR             serve the plain API here; port 0 takes a free one
  --api-tls=ADDR         serve the API over TLS 1.2 here
  --rest=ADDR            serve REST over HTTPS here
  --rest-plain=ADDR      serve REST over HTTP here
  --ssh=ADDR             serve the console over SSH here
  --blocks=ADDR          serve exported disks here; reachable are those whose nvme-tcp-server-port is this port
  --export-ports=A-B     serve exported disks on these ports as well, each while something is exported on it
  --user=NAME            who may log in (admin)
  --password-file=FILE   file with the password; a newline at its end is not part of it (no password)
  --authorized-keys-file=FILE
                         public keys of that user for SSH, one a line; with one of them SSH takes no password
  --policies=LIST        rights of that user, such as read,write,test,api,rest-api,ssh (all)
  --max-sessions=N       sessions of each service at once (20)
  --latency=DURATION     how long each command takes, such as 100ms or 2s (0ms); captured: as measured on hardware
  --data-dir=DIR         where the bytes, the state, the certificate and the SSH host key are kept: started again with
                         it, the device is the same one (a temporary folder, removed at the end)
  --size=BYTES           size of the pool; K, M, G, T are powers of 1024 (7681574174720)
  --pool-fs=FS           file system of the pool: btrfs, xfs or ext4 (btrfs); subvolumes exist on btrfs only
  --directory=PATH       directory to be there, such as /storage-pool/volumes; may be repeated
  --tls-cert-file=FILE   certificate for --api-tls and --rest as PEM, together with
  --tls-key-file=FILE    its key (self-made when absent; its SHA-256 fingerprint is in the JSON line)
  --help                 print this

ADDR is HOST:PORT, such as 127.0.0.1:8728. At least one service for commands is needed. The pool is mounted at
/storage-pool. Exit codes: 0 ended on request, 1 a fault at run time, 2 wrong flags (all mistakes are listed).

  rds-csi simulate-device --api=127.0.0.1:8728 --blocks=127.0.0.1:4420 --directory=/storage-pool/volumes
`
