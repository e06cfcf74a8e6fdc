import type { DeviceState } from '../device-state.ts'

/** Puts the arrays that the pool's array consists of into the listing, with the properties of the captured ones. */
export function addRaidMembers({ hardware, pool }: DeviceState, count: number): void {
  for (let role = 0; role < count; role += 1) {
    hardware.add({
      type: 'raid',
      slot: memberSlot(pool.name, role),
      'slot-default': '',
      parent: '',
      fs: '-',
      model: 'RAID1 mirrored',
      size: String(Math.floor(pool.size / count)),
      'mount-filesystem': 'false',
      'mount-read-only': 'false',
      compress: 'false',
      'sector-size': '512',
      'raid-type': '1',
      'raid-device-count': '2',
      'raid-max-component-size': 'none',
      'raid-master': pool.name,
      'raid-role': String(role),
      'raid-member-failed': 'false',
      'raid-member-state': `${role}:in_sync`,
      state: 'clean',
      'raid-uuid': pool.raid.uuid,
      'nvme-tcp-export': 'false',
      'iscsi-export': 'false',
      'nfs-sharing': 'false',
      'smb-sharing': 'false',
      'media-sharing': 'false',
      'media-interface': 'none',
      swap: 'false',
      'block-device': 'true',
      'raid-member': 'true',
    })
  }
}

/** A member has failed, is being brought in line again, or is well. The texts but `clean` and `in_sync` are guesses. */
export function setMember(device: DeviceState, role: number, health: 'in_sync' | 'faulty' | 'spare_rebuilding'): void {
  const member = device.hardware.find(memberSlot(device.pool.name, role))
  member?.properties.set('raid-member-failed', String(health === 'faulty'))
  member?.properties.set('raid-member-state', `${role}:${health}`)
}

function memberSlot(pool: string, role: number): string {
  return `${pool}-m${role}`
}
