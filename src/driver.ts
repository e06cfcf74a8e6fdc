import { composeController } from './compose-controller.ts'
import { start } from './start.ts'

/** The entry of the controller's bundle, which ships in its image: nothing simulated is in it. */
start({ controller: composeController })
