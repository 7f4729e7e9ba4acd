import http2 from 'node:http2';

/** Service whose health the Temporal frontend reports. */
const frontendService = 'temporal.api.workflowservice.v1.WorkflowService';
/** `HealthCheckResponse{status: SERVING}`: field 1, varint 1. */
const serving = Buffer.from([0x08, 0x01]);

/**
 * Asks the standard gRPC health service (grpc.health.v1) whether the Temporal frontend serves. One call on a
 * connection of its own: the SDK's client keeps reconnecting in the background, which a start-up check must not.
 */
export async function isTemporalServing(address: string, timeoutMs: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const session = http2.connect(`http://${address}`);
    const timer = setTimeout(() => settle(false), timeoutMs);
    const settle = (answer: boolean) => {
      clearTimeout(timer);
      session.destroy();
      resolve(answer);
    };
    session.on('error', () => settle(false));
    const request = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const received: Buffer[] = [];
    request.on('error', () => settle(false));
    request.on('data', (chunk: Buffer) => received.push(chunk));
    request.on('end', () => settle(Buffer.concat(received).subarray(5).equals(serving)));
    request.end(healthRequest());
  });
}

/** A gRPC frame (flag, length, message) with `HealthCheckRequest{service}`: field 1, a string under 128 bytes. */
function healthRequest(): Buffer {
  const name = Buffer.from(frontendService);
  const message = Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(message.length, 1);
  return Buffer.concat([frame, message]);
}
