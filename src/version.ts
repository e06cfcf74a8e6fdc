/** Set when the bundle is built; a checkout that runs from source has none. */
declare const RDS_CSI_VERSION: string | undefined

export const version: string = typeof RDS_CSI_VERSION === 'string' ? RDS_CSI_VERSION : '0.0.0-source'
