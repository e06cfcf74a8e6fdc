/**
 * Fills the compile cache that the launcher uses, `dist/compile-cache`: starts each program until it is ready and ends it by
 * SIGTERM, as Node writes the cache at a clean exit alone. A cache is for one Node version, one kind of processor and one
 * user id; where it does not fit, Node compiles as if there were none.
 */
import { spawnSync } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './bundle.ts'
import { Stack } from './stack/stack.ts'

const caches = join(root, 'dist', 'compile-cache')
const files = (): readonly string[] => globSync(join(caches, `*-${process.getuid?.()}`, '*'))

const stack = await Stack.start({ nodes: ['prime'] })
const unclean = await stack.stop()
for (const complaint of unclean) console.error(`prime: ${complaint}`)

// The node's bundle has no host yet that it could be started on.
const node = join(root, 'dist', 'rds-csi-node.cjs')
spawnSync(process.execPath, [node, 'version'], { env: { ...process.env, NODE_COMPILE_CACHE: caches } })

const sizes = files().map(file => Math.round(statSync(file).size / 1024))
console.log(`dist/compile-cache: ${sizes.map(size => `${size} KB`).join(' + ')}`)
// One for each bundle.
if (unclean.length > 0 || sizes.length < 3) process.exitCode = 1
