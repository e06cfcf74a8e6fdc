/** What a btrfs pool has besides its subvolumes. */
export class BtrfsState {
  /** Text of `scrub-status`; `''`: none was started. */
  scrub = ''
  /** Error counters by name, such as `corruption-errors`; those that are missing stand at 0. */
  readonly errors = new Map<string, number>()
  /** Further file systems that the device knows, for names that are there twice. Nothing can be made on them. */
  readonly others: { readonly label: string; readonly uuid: string }[] = []
}
