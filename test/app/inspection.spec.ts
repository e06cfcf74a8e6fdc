import { describe, expect, it } from 'vitest'
import { BackendInspection, type Finding } from '../../src/ports/backend-inspection.ts'
import { ControllerHouse, NODE_A } from '../support/controller-house.ts'

const tooOld: Finding = {
  check: 'version',
  standing: 'failure',
  found: 'RouterOS 7.20.8 is too old',
  advice: 'upgrade the appliance to RouterOS 7.21 or newer',
}
const degraded: Finding = { check: 'raid', standing: 'warning', found: 'clean, degraded', advice: 'replace the disk' }
const fine: Finding = { check: 'pool', standing: 'ok', found: 'mounted', advice: undefined }

describe('a controller before an appliance that is not fit', () => {
  it('does not get ready, says why and what to do, and asks nothing else of it', async () => {
    const house = new ControllerHouse()
    house.seed()
    house.findings = [fine, tooOld]
    house.launch()
    await house.clock.advance(60_000)
    expect(house.readiness.why).toBe(
      'the appliance is not fit to serve: RouterOS 7.20.8 is too old (upgrade the appliance to RouterOS 7.21 or newer)',
    )
    await expect(house.publish(NODE_A)).rejects.toMatchObject({ kind: 'unavailable' })
    expect(house.appliance.script.calls).toEqual([])
  })

  it('gets ready once that was seen to', async () => {
    const house = new ControllerHouse()
    house.seed()
    house.findings = [tooOld]
    house.launch()
    await house.clock.advance(1_000)
    house.findings = [fine]
    await house.clock.advance(15_000)
    expect(house.readiness.why).toBeUndefined()
  })

  it('serves where something is missing that is no start-up matter, and says so in the log', async () => {
    const lacks: Finding = {
      check: 'privileges',
      standing: 'failure',
      found: 'group csi lacks write',
      advice: 'add it',
    }
    const house = new ControllerHouse()
    house.seed()
    house.container.get<BackendInspection>(BackendInspection).everything = async () => [fine, lacks]
    await house.start()
    expect(house.readiness.why).toBeUndefined()
    expect(house.log.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields)).toEqual([lacks])
  })

  it('serves on a degraded array, and says so in the log', async () => {
    const house = new ControllerHouse()
    house.seed()
    house.findings = [fine, degraded]
    await house.start()
    const warnings = house.log.lines.filter(({ level }) => level === 'warn')
    expect(warnings.map(({ fields }) => fields)).toEqual([degraded])
  })
})
