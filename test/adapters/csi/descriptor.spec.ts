import { type DescEnum, type DescMessage, getOption, hasOption } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import {
  alpha_enum,
  alpha_field,
  alpha_method,
  ControllerServiceCapability_RPC_TypeSchema,
  csi_secret,
  CreateVolumeRequestSchema,
  file_csi_v1_csi,
  GetCapacityResponseSchema,
  ListVolumesResponse_VolumeStatusSchema,
  NodeGetVolumeStatsResponseSchema,
  NodePublishVolumeRequestSchema,
  NodeServiceCapability_RPC_TypeSchema,
  VolumeCapability_AccessMode_ModeSchema,
  VolumeCapabilitySchema,
  VolumeConditionSchema,
  VolumeHealthErrorTypeSchema,
} from '../../../src/adapters/csi/gen/csi/v1/csi_pb.ts'

const numbers = (message: DescMessage) => Object.fromEntries(message.fields.map(({ name, number }) => [name, number]))
const values = (enumeration: DescEnum) =>
  Object.fromEntries(enumeration.values.map(({ name, number }) => [name, number]))

function allMessages(messages: readonly DescMessage[] = file_csi_v1_csi.messages): readonly DescMessage[] {
  return messages.flatMap(message => [message, ...allMessages(message.nestedMessages)])
}

describe('the wire contract', () => {
  it('has the five services of CSI 1.13 with all their methods', () => {
    const services = file_csi_v1_csi.services.map(({ typeName, methods }) => [typeName, methods.length])
    expect(Object.fromEntries(services)).toEqual({
      'csi.v1.Identity': 3,
      'csi.v1.Controller': 17,
      'csi.v1.Node': 10,
      'csi.v1.GroupController': 4,
      'csi.v1.SnapshotMetadata': 2,
    })
  })

  it('keeps the published field numbers', () => {
    expect(numbers(CreateVolumeRequestSchema)).toEqual({
      name: 1,
      capacity_range: 2,
      volume_capabilities: 3,
      parameters: 4,
      secrets: 5,
      volume_content_source: 6,
      accessibility_requirements: 7,
      mutable_parameters: 8,
    })
    expect(numbers(NodePublishVolumeRequestSchema)).toMatchObject({
      staging_target_path: 3,
      target_path: 4,
      readonly: 6,
    })
    expect(VolumeCapabilitySchema.oneofs.map(({ name, fields }) => [name, fields.map(field => field.name)])).toEqual([
      ['access_type', ['block', 'mount']],
    ])
  })

  it('keeps the published enum numbers', () => {
    expect(values(VolumeCapability_AccessMode_ModeSchema)).toMatchObject({
      SINGLE_NODE_WRITER: 1,
      MULTI_NODE_MULTI_WRITER: 5,
      SINGLE_NODE_SINGLE_WRITER: 6,
      SINGLE_NODE_MULTI_WRITER: 7,
    })
    expect(values(ControllerServiceCapability_RPC_TypeSchema)).toMatchObject({
      EXPAND_VOLUME: 9,
      GET_VOLUME: 12,
      GET_VOLUME_HEALTH: 16,
      LIST_VOLUME_HEALTH: 17,
    })
    expect(values(VolumeHealthErrorTypeSchema)).toMatchObject({ DEGRADED: 1, INACCESSIBLE: 2, DATA_LOSS: 3 })
  })

  it('still has the volume condition of 1.12 where 1.12 had it', () => {
    expect(numbers(VolumeConditionSchema)).toEqual({ abnormal: 1, message: 2 })
    expect(numbers(NodeGetVolumeStatsResponseSchema)['volume_condition']).toBe(2)
    expect(numbers(ListVolumesResponse_VolumeStatusSchema)['volume_condition']).toBe(2)
    expect(values(ControllerServiceCapability_RPC_TypeSchema)['VOLUME_CONDITION']).toBe(11)
    expect(values(NodeServiceCapability_RPC_TypeSchema)['VOLUME_CONDITION']).toBe(4)
  })

  it('keeps the published numbers of its options', () => {
    expect([csi_secret.number, alpha_field.number, alpha_enum.number, alpha_method.number]).toEqual([
      1059, 1060, 1060, 1060,
    ])
    const minimum = GetCapacityResponseSchema.fields.find(field => field.name === 'minimum_volume_size')!
    expect(hasOption(minimum, alpha_field)).toBe(true)
  })

  it('marks every field named secrets as secret and no other', () => {
    const fields = allMessages().flatMap(message => message.fields)
    const marked = fields.filter(field => getOption(field, csi_secret))
    expect(marked).toEqual(fields.filter(field => field.name === 'secrets'))
    expect(marked.length).toBe(22)
  })
})
