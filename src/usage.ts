import { version } from './version.ts'

/** What `rds-csi help` says. */
export const USAGE = `rds-csi ${version}: Kubernetes CSI driver for MikroTik ROSE Data Server (RouterOS 7), volumes over NVMe/TCP

Usage: rds-csi PROGRAM [--flag=value …]

Programs
  controller         makes, attaches and removes volumes; one per cluster, next to the CSI sidecars
  node               connects and mounts volumes; one on each node
  doctor             checks the appliance and says what to do; --hardware tries out what nobody knows
  adopt              lists what the appliance holds, and prints PersistentVolumes for a lost cluster
  version            prints the version
  simulate-device    a RouterOS appliance with its real API, for trying and for tests
  simulate-cluster   a Kubernetes API with the objects that the driver uses, for trying and for tests
  demo               runs all of them and shows the whole life of some volumes

rds-csi PROGRAM --help lists its flags. Each flag of controller, node, doctor and adopt may also be given
as RDS_CSI_<FLAG> in the environment; the flag wins.
Exit codes: 0 ended on request, 1 a fault at run time, 2 wrong configuration.
`
