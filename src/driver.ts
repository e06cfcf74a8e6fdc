import { composeController } from './compose-controller.ts'
import { runAdopt, runDoctor } from './compose-tools.ts'
import { start } from './start.ts'

/** The entry of the controller's bundle, which ships in its image, with the tools for the appliance: nothing simulated is in it. */
start({ controller: composeController, doctor: runDoctor, adopt: runAdopt })
