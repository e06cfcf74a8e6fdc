import { composeNode } from './compose-node.ts'
import { start } from './start.ts'

/** The entry of the node's bundle, which ships in its image: nothing simulated is in it. */
start({ node: config => composeNode(config, { hosts: {} }) })
