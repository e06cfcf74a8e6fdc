import type { Menu } from '../command.ts'
import { RestError } from './rest-answer.ts'

/** Where a path leads: the deepest menu on it, and the names left behind that. */
export interface Place {
  /** Such as `/disk`; undefined at the root. */
  readonly menu: Menu | undefined
  readonly left: readonly string[]
}

/** The menus and commands of a device as the REST API sees them, with its words for those that are not there. */
export class CommandPaths {
  readonly #menus: ReadonlyMap<string, Menu>
  readonly #above: ReadonlySet<string>

  constructor(menus: ReadonlyMap<string, Menu>) {
    this.#menus = menus
    this.#above = new Set([...menus.keys()].flatMap(pathsAbove))
  }

  place(segments: readonly string[]): Place {
    let path = ''
    let depth = 0
    while (depth < segments.length && this.#isMenu(`${path}/${segments[depth]}`)) {
      path = `${path}/${segments[depth]}`
      depth += 1
    }
    return { menu: this.#menus.get(path), left: segments.slice(depth) }
  }

  /** The menu that a path is, with a command that it must have. Throws `RestError`. */
  menu(segments: readonly string[], command: string): Menu {
    const { menu, left } = this.place(segments)
    if (left.length > 0) throw notThere(left)
    if (menu === undefined || !has(menu, command)) throw new RestError(400, 'no such command')
    return menu
  }

  /** The menu and the record that a path names, by its `*id` or by its name. Throws `RestError`. */
  record({ menu, left }: Place, command: string): { readonly menu: Menu; readonly reference: string } {
    const [reference = '', ...more] = left
    if (menu === undefined || !has(menu, command) || reference === '' || more.length > 0) throw notThere(left)
    if (has(menu, reference)) throw new RestError(400, 'no such command')
    // An asterisk sent as %2A; and a name where records have none (seen on 7.23.7).
    const isNoName = /^%2a/i.test(reference) || (menu.named === undefined && !reference.startsWith('*'))
    if (isNoName) throw new RestError(400, 'no such command prefix')
    return { menu, reference }
  }

  /** The path of the command that a path is, and its name. Throws `RestError`. */
  command(segments: readonly string[]): { readonly path: string; readonly name: string } {
    const { menu, left } = this.place(segments)
    const [name = '', ...more] = left
    if (menu === undefined || !has(menu, name) || more.length > 0) throw notThere(left)
    return { path: `${menu.path}/${name}`, name }
  }

  #isMenu(path: string): boolean {
    return this.#menus.has(path) || this.#above.has(path)
  }
}

function has({ commands }: Menu, command: string): boolean {
  return Object.hasOwn(commands, command)
}

/** `no such command or directory (x)`: x is the first name on the path that is not there (manual). */
export function notThere([first]: readonly string[]): RestError {
  return new RestError(400, first === undefined ? 'no such command' : `no such command or directory (${first})`)
}

function pathsAbove(path: string): string[] {
  const parts = path.split('/').slice(1, -1)
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
}
