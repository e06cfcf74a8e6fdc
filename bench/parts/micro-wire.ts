import { type MessageInitShape, create } from '@bufbuild/protobuf'
import { Controller, type ListVolumesResponseSchema } from '../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { serviceDefinition } from '../../src/adapters/csi/service-definition.ts'
import { encodeSentence, SentenceReader } from '../../src/adapters/routeros/api/wire-codec.ts'
import type { Piece } from './timing.ts'

const VOLUMES = 10_000
const PAGE = 500
/** As much as TLS hands on at once. */
const CHUNK = 16 * 1024

const idOf = (volume: number): string => `pvc-3f1c7e0a-0000-4000-8000-${String(volume).padStart(12, '0')}`

/** The row of one disk, as a listing of the appliance has it. */
const rowOf = (volume: number): readonly string[] => [
  '!re',
  `=slot=pvc-${String(volume).padStart(26, 'a')}`,
  '=type=file',
  `=comment=rds-csi/1 owner=6f1d2c3b-8a94-4e57-b0c1-5d2e7f8a9b30 id=${idOf(volume)} name=${idOf(volume)} created=1764000000`,
  '=size=1073741824',
  `=file-path=/storage-pool/volumes/${idOf(volume)}.img`,
  '=nvme-tcp-export=true',
  '=nvme-tcp-server-port=4420',
  `=nvme-tcp-server-nqn=nqn.2000-02.com.mikrotik:${idOf(volume)}`,
  '.tag=17',
]

const ROWS = Array.from({ length: VOLUMES }, (_, volume) => rowOf(volume))
const LISTING = Buffer.concat(ROWS.map(encodeSentence))
const chunks = Array.from({ length: Math.ceil(LISTING.length / CHUNK) }, (_, at) =>
  LISTING.subarray(at * CHUNK, (at + 1) * CHUNK),
)

function decodeListing(): void {
  const reader = new SentenceReader()
  let sentences = 0
  for (const chunk of chunks) sentences += reader.push(chunk).length
  if (sentences !== VOLUMES) throw new Error(`${sentences} sentences were read`)
}

function encodeListing(): void {
  for (const row of ROWS) encodeSentence(row)
}

export const wire: readonly Piece[] = [
  { text: 'RouterOS wire: decode 10,000 disks', amount: LISTING.length, of: 'bytes', run: decodeListing },
  { text: 'RouterOS wire: encode as many', amount: LISTING.length, of: 'bytes', run: encodeListing },
]

type Listing = MessageInitShape<typeof ListVolumesResponseSchema>

const listingOf = (volumes: number): Listing => ({
  entries: Array.from({ length: volumes }, (_, volume) => ({
    volume: { volumeId: idOf(volume), capacityBytes: 1n << 30n },
    status: { publishedNodeIds: ['node-a'] },
  })),
  nextToken: '',
})

const codec = serviceDefinition(Controller)[Controller.method.listVolumes.localName]
if (codec === undefined) throw new Error('ListVolumes is not there')
const { responseSerialize, responseDeserialize } = codec

function encodingOf(volumes: number, text: string): Piece {
  const listing = listingOf(volumes)
  return { text, amount: volumes, of: 'volumes', run: () => responseSerialize(listing) }
}

const encoded = responseSerialize(create(Controller.method.listVolumes.output, listingOf(VOLUMES)))

export const listings: readonly Piece[] = [
  encodingOf(VOLUMES, `ListVolumes: encode 10,000 (${(encoded.length / 1e6).toFixed(2)} MB)`),
  encodingOf(PAGE, 'ListVolumes: encode a page of 500'),
  { text: 'ListVolumes: decode 10,000', amount: VOLUMES, of: 'volumes', run: () => responseDeserialize(encoded) },
]
