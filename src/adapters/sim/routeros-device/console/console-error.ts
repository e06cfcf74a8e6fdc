/** A line that the console refuses, or a command of it that failed, in the console's own words. */
export class ConsoleError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ConsoleError'
  }
}

/** The connection ends without an answer, before or after the effect of a command. No script can catch that. */
export class ConnectionLost extends Error {
  readonly how: 'end' | 'reset'

  constructor(how: 'end' | 'reset') {
    super('connection lost')
    this.name = 'ConnectionLost'
    this.how = how
  }
}
