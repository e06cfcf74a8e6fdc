/** Why the driver cannot serve yet, in words for people; undefined once it can. Answers at once. */
export type ReadyCheck = () => string | undefined
export const ReadyCheck = Symbol.for('ReadyCheck')
