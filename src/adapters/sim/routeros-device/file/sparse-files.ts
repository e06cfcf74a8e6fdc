import { mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { copySparse } from './sparse-copy.ts'
import type { WrittenPieces } from './written-pieces.ts'

/**
 * The real bytes behind `/file`: sparse files below one folder of this machine, under the same names. Done
 * synchronously, so that model and bytes never differ between two commands; a sparse file takes microseconds.
 */
export class SparseFiles {
  readonly #folder: string

  /** @param folder is made when it is not there */
  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
  }

  /** Where the bytes of a file of the device are; the name is one that `isFileName` lets pass. */
  locate(name: string): string {
    return join(this.#folder, name)
  }

  makeDirectory(name: string): void {
    mkdirSync(this.locate(name), { recursive: true })
  }

  /** Makes an empty file, or empties the one that is there. */
  create(name: string, contents = ''): void {
    writeFileSync(this.locate(name), contents)
  }

  /** Makes a file with the bytes that another one has now. */
  copy(from: { readonly name: string; readonly written: WrittenPieces }, to: string): void {
    copySparse(this.locate(from.name), this.locate(to), from.written)
  }

  /**
   * Gives a file its size, in bytes. Where this machine's file system takes no file that long the file stays shorter:
   * its readers take the missing bytes for zeros, as they are in a sparse file.
   */
  resize(name: string, size: number): void {
    try {
      truncateSync(this.locate(name), size)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EFBIG')) throw error
    }
  }

  rename(from: string, to: string): void {
    renameSync(this.locate(from), this.locate(to))
  }

  /** Removes a file or a whole directory. */
  remove(name: string): void {
    rmSync(this.locate(name), { recursive: true, force: true })
  }
}
