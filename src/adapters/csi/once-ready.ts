import type { Readiness } from '../../app/readiness.ts'

/** The same handlers, each of which first asks whether it may serve. */
export function onceReady<Handlers extends object>(handlers: Handlers, readiness: Readiness): Handlers {
  type Handler = (request: unknown, call: unknown) => Promise<unknown>
  const gated = Object.entries(handlers as Record<string, Handler>).map(([name, handler]) => {
    const gate: Handler = async (request, call) => {
      readiness.require()
      return handler(request, call)
    }
    return [name, gate]
  })
  return Object.fromEntries(gated) as Handlers
}
