import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  getOption,
  type Message,
  setExtension,
  toBinary,
} from '@bufbuild/protobuf'
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldOptionsSchema,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt'
import { describe, expect, it } from 'vitest'
import {
  CreateVolumeRequestSchema,
  csi_secret,
  file_csi_v1_csi,
  GetPluginInfoResponseSchema,
  ProbeResponseSchema,
  TopologyRequirementSchema,
  VolumeCapability_AccessMode_Mode,
} from '../../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { redact } from '../../../src/adapters/csi/redact.ts'

const CANARY = 'canary-7f3a'

describe('a redacted message', () => {
  it('shows what is set, with names of enums and exact big numbers', () => {
    const request = create(CreateVolumeRequestSchema, {
      name: 'pvc-1',
      capacityRange: { requiredBytes: 9_007_199_254_740_993n },
      volumeCapabilities: [
        {
          accessType: { case: 'mount', value: { fsType: 'ext4', mountFlags: ['noatime'] } },
          accessMode: { mode: VolumeCapability_AccessMode_Mode.SINGLE_NODE_WRITER },
        },
      ],
      parameters: { fsType: 'xfs' },
    })
    expect(redact(CreateVolumeRequestSchema, request)).toEqual({
      name: 'pvc-1',
      capacity_range: { required_bytes: '9007199254740993' },
      volume_capabilities: [
        { mount: { fs_type: 'ext4', mount_flags: ['noatime'] }, access_mode: { mode: 'SINGLE_NODE_WRITER' } },
      ],
      parameters: { fsType: 'xfs' },
    })
  })

  it('shows neither keys nor values of secrets', () => {
    const request = create(CreateVolumeRequestSchema, { name: 'a', secrets: { [CANARY]: CANARY } })
    const shown = redact(CreateVolumeRequestSchema, request)
    expect(shown).toEqual({ name: 'a', secrets: '***' })
  })

  it('hides every secret field of every request of the interface', () => {
    const inputs = file_csi_v1_csi.services.flatMap(service => service.methods.map(method => method.input))
    const withSecrets = inputs.filter(input => input.fields.some(field => getOption(field, csi_secret)))
    expect(withSecrets.length).toBeGreaterThan(15)
    for (const input of withSecrets) {
      const message = create(input, { secrets: { [CANARY]: CANARY } })
      expect(JSON.stringify(redact(input, message))).toBe('{"secrets":"***"}')
    }
  })

  it('hides secrets in nested messages, lists and maps', () => {
    const shown = JSON.stringify(redact(...nestedSecrets()))
    expect(shown).not.toContain(CANARY)
    expect(JSON.parse(shown)).toEqual({
      single: { token: '***', label: 'seen' },
      many: [{ token: '***' }, { label: 'seen' }],
      named: { one: { token: '***' } },
      raw: '3 bytes',
    })
  })

  it('does not show fields that it does not know', () => {
    const unknown = toBinary(
      GetPluginInfoResponseSchema,
      create(GetPluginInfoResponseSchema, { vendorVersion: CANARY }),
    )
    const probe = fromBinary(ProbeResponseSchema, unknown)
    expect(probe.$unknown?.length).toBe(1)
    expect(JSON.stringify(redact(ProbeResponseSchema, probe))).toBe('{}')
  })

  it('is bounded in each text and in all', () => {
    const long = create(CreateVolumeRequestSchema, { name: 'x'.repeat(100_000) })
    expect(JSON.stringify(redact(CreateVolumeRequestSchema, long)).length).toBeLessThan(400)
    const segments = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`key-${n}`, '']))
    const many = create(TopologyRequirementSchema, { requisite: Array.from({ length: 500 }, () => ({ segments })) })
    const text = JSON.stringify(redact(TopologyRequirementSchema, many))
    expect(text.length).toBeLessThan(20_000)
    expect(text).toContain('more')
  })

  it('keeps a key named __proto__ as a plain key', () => {
    const parameters = JSON.parse('{"__proto__":"x"}') as Record<string, string>
    const shown = redact(CreateVolumeRequestSchema, create(CreateVolumeRequestSchema, { parameters }))
    expect(JSON.stringify(shown)).toBe('{"parameters":{"__proto__":"x"}}')
  })
})

const { STRING, BYTES, MESSAGE } = FieldDescriptorProto_Type
const { OPTIONAL, REPEATED } = FieldDescriptorProto_Label

/** CSI has no secret below the top level today, so this builds a message of its own that has. */
function nestedSecrets(): [DescMessage, Message] {
  const options = create(FieldOptionsSchema)
  setExtension(options, csi_secret, true)
  const inner = { type: MESSAGE, typeName: '.test.Inner' }
  const file = create(FileDescriptorProtoSchema, {
    name: 'test.proto',
    package: 'test',
    syntax: 'proto3',
    messageType: [
      {
        name: 'Inner',
        field: [
          { name: 'token', number: 1, type: STRING, label: OPTIONAL, options },
          { name: 'label', number: 2, type: STRING, label: OPTIONAL },
        ],
      },
      {
        name: 'Outer',
        field: [
          { ...inner, name: 'single', number: 1, label: OPTIONAL },
          { ...inner, name: 'many', number: 2, label: REPEATED },
          { name: 'named', number: 3, type: MESSAGE, typeName: '.test.Outer.NamedEntry', label: REPEATED },
          { name: 'raw', number: 4, type: BYTES, label: OPTIONAL },
        ],
        nestedType: [
          {
            name: 'NamedEntry',
            options: { mapEntry: true },
            field: [
              { name: 'key', number: 1, type: STRING, label: OPTIONAL },
              { ...inner, name: 'value', number: 2, label: OPTIONAL },
            ],
          },
        ],
      },
    ],
  })
  const schema = createFileRegistry(file, () => undefined).getMessage('test.Outer')!
  const value = {
    single: { token: CANARY, label: 'seen' },
    many: [{ token: CANARY }, { label: 'seen' }],
    named: { one: { token: CANARY } },
    raw: new Uint8Array(3),
  }
  return [schema, create(schema, value)]
}
