const MAX_FOLDER = 200
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/** What is wrong with a folder on the appliance (`/pool/folder`), or undefined. Nothing in it can change a command. */
export function folderProblem(folder: string): string | undefined {
  if (!folder.startsWith('/')) return 'must start with /'
  if (folder.length > MAX_FOLDER) return `is longer than ${MAX_FOLDER} characters`
  const segments = folder.slice(1).split('/')
  return segments.every(segment => SEGMENT.test(segment))
    ? undefined
    : 'may have only names of letters, digits, ".", "_" and "-" between slashes, beginning with a letter or digit'
}

/** True if the path is the folder itself or lies below it. Both are checked folders; `/a/bc` is not inside `/a/b`. */
export const isInside = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)
