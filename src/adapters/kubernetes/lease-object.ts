import type { Instant, Millis } from '../../domain/ids.ts'
import { type KubeObject, microTime, timeOf } from './kube-objects.ts'

export interface LeaseObject extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string | null
    readonly leaseDurationSeconds?: number | null
    readonly acquireTime?: string | null
    readonly renewTime?: string | null
    readonly leaseTransitions?: number | null
  }
}

/** The Lease's name; what a name may not hold becomes a hyphen. */
export function leaseName(driverName: string): string {
  const sanitised = driverName.toLowerCase().replaceAll(/[^a-z0-9.-]/g, '-')
  return `rds-csi-${sanitised}`.slice(0, 253).replace(/[^a-z0-9]+$/, '')
}

/** Who holds it; empty where it was given back. */
export const holderOf = (lease: LeaseObject): string => lease.spec?.holderIdentity ?? ''

/** The last moment for which its holder claimed it; undefined where nobody ever did. */
export const renewedAt = (lease: LeaseObject | undefined): Instant | undefined => timeOf(lease?.spec?.renewTime)

/** How long after a renewal nobody else may take it. */
export const durationOf = (lease: LeaseObject, byDefault: Millis): Millis => {
  const seconds = lease.spec?.leaseDurationSeconds ?? 0
  return seconds > 0 ? seconds * 1000 : byDefault
}

export interface Claimant {
  readonly namespace: string
  readonly name: string
  readonly identity: string
  readonly duration: Millis
}

/** The Lease as this claimant writes it; the previous one's resource version makes sure that nobody was faster. */
export function claimed(previous: LeaseObject | undefined, claimant: Claimant, now: Instant): LeaseObject {
  const { namespace, name, identity, duration } = claimant
  const same = previous !== undefined && holderOf(previous) === identity
  const transitions = previous?.spec?.leaseTransitions ?? 0
  return {
    ...head(previous, namespace, name),
    spec: {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(duration / 1000),
      acquireTime: (same ? previous.spec?.acquireTime : undefined) ?? microTime(now),
      renewTime: microTime(now),
      leaseTransitions: transitions + (same || previous === undefined ? 0 : 1),
    },
  }
}

/** The Lease as its holder gives it back. */
export function released(previous: LeaseObject, { namespace, name }: Claimant, now: Instant): LeaseObject {
  return {
    ...head(previous, namespace, name),
    spec: { ...previous.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(now) },
  }
}

function head(previous: LeaseObject | undefined, namespace: string, name: string) {
  const resourceVersion = previous?.metadata?.resourceVersion
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...previous?.metadata, namespace, name, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
  }
}
