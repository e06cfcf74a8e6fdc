/** Asked under the locks of what is to be removed; throws where it must not be. */
export type Permit = () => Promise<void>

/** For requests: who asks has decided. */
export const permitted: Permit = async () => {}
