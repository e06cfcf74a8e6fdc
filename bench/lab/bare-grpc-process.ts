/** Identity/Probe on a gRPC server without anything of ours around it: no log line, no metric, no deadline. */
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { Identity } from '../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { serviceDefinition } from '../../src/adapters/csi/service-definition.ts'

const [socket] = process.argv.slice(2)
const server = new Server()
server.addService(serviceDefinition(Identity), {
  probe: (_call: unknown, answer: (error: null, response: object) => void) => answer(null, { ready: true }),
})
server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), error => {
  if (error !== null) throw error
})
process.once('SIGTERM', () => server.forceShutdown())
