/**
 * The smallest host that a node can run on: it has no session and no mount and refuses everything else. With it the
 * shipped bundle's node starts and answers, and nothing but the shipped code is measured.
 */
const refuse = () => Promise.reject(new Error('this host does nothing'))
const refusing = names => Object.fromEntries(names.map(name => [name, refuse]))
const ports = {
  NvmeInitiator: {
    ...refusing(['connect', 'disconnect', 'rescan']),
    sessions: () => [],
    device: () => Promise.resolve(undefined),
  },
  Filesystem: {
    ...refusing(['probe', 'format', 'check', 'mount', 'bind', 'bindDevice', 'unmount', 'usage', 'grow']),
    mounts: () => Promise.resolve([]),
  },
}

/** What the driver calls a container module: an id, and a function that binds. */
const idleHost = () => ({
  id: 'idle-host',
  load: ({ bind }) => {
    for (const [name, implementation] of Object.entries(ports)) bind(Symbol.for(name)).toConstantValue(implementation)
  },
})

module.exports = { simulated: idleHost }
