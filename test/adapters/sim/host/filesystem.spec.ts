import { filesystemContract } from '../../../contracts/filesystem.contract.ts'
import { startHostWithDevices } from './host-with-devices.ts'

filesystemContract('simulated host', startHostWithDevices)
