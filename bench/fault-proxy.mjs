import { once } from 'node:events';
import { createServer, request as send } from 'node:http';

import { faultHeader } from '../dist/emulator/index.js';

/** What passes by itself: none of them needs a person. */
const faults = [
  'delay:200',
  '429',
  '500-before',
  '500-after',
  'cut-before',
  'cut-after',
  'html-502',
  'malformed-json',
];

/**
 * Stands before the emulator, asks it for a fault in a share of the calls, and writes down what passed. The same calls
 * in the same order get the same faults.
 */
export async function startFaultProxy({ url, share, cleanUp }) {
  const calls = [];
  const random = randomNumbers(1);
  const server = createServer((request, response) => {
    const fault = random() < share ? faults[Math.floor(random() * faults.length)] : undefined;
    const call = { at: Date.now(), method: request.method, path: request.url, fault, status: undefined };
    calls.push(call);
    const onward = send(
      new URL(request.url, url),
      {
        method: request.method,
        headers: { ...request.headers, ...(fault && { [faultHeader]: fault }) },
        agent: false,
      },
      (answer) => {
        call.status = answer.statusCode;
        response.writeHead(answer.statusCode, answer.headers);
        answer.on('error', () => response.destroy());
        answer.pipe(response);
      },
    );
    // The emulator cut the connection: so do we.
    onward.on('error', () => request.socket.destroy());
    request.on('error', () => onward.destroy());
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp.add(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, calls };
}

/** A linear congruential generator (Numerical Recipes): which call gets which fault need only be spread out. */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
