/** What a failed TLS handshake with RouterOS usually means, by the code that Node gives it. */
const MEANINGS: readonly (readonly [code: RegExp, meaning: string])[] = [
  [
    // Without a certificate RouterOS offers anonymous Diffie-Hellman alone, which proves nothing and Node does not speak.
    /HANDSHAKE_FAILURE/,
    'the device and this program have no way of encryption in common: the service has no certificate, most likely ' +
      '(on the device: /ip/service/set api-ssl,www-ssl certificate=…)',
  ],
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/,
    'the port speaks no TLS: it is that of the plain service, most likely',
  ],
  [
    /PROTOCOL_VERSION/,
    'the device offers no TLS 1.2 (on the device: /ip/service/set api-ssl,www-ssl tls-version=only-1.2)',
  ],
]

const CLOSED_EARLY = 'before secure TLS connection was established'

/** The error with what it means for whoever runs the appliance; as it is where that is not known. */
export function explainTls(error: Error & { readonly code?: string }): Error {
  const { code = '' } = error
  if (error.message.includes(CLOSED_EARLY)) {
    const text =
      'the device closed the connection at once: the service is full (max-sessions), or does not admit this host ' +
      '(available-from)'
    return new Error(text, { cause: error })
  }
  const meaning = MEANINGS.find(([known]) => known.test(code))?.[1]
  return meaning === undefined ? error : new Error(meaning, { cause: error })
}
