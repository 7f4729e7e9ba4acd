import { parseArgs } from 'node:util';

import { createEmulator } from './server.js';

const usage =
  'Usage: main.js --state FILE [--host ADDRESS] [--port N] [--operation-delay-ms N] [--moderation-delay-ms N] [--bleed-off-scale X] [--quota-scale X]';

function wholeNumber(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value))
    throw new Error(`--${name}: expected a whole number, got "${value}". ${usage}`);
  return Number(value);
}

function positive(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,6}(\.\d{1,6})?$/.test(value))
    throw new Error(`--${name}: expected a number, got "${value}". ${usage}`);
  return Number(value);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      state: { type: 'string' },
      host: { type: 'string' },
      port: { type: 'string' },
      'operation-delay-ms': { type: 'string' },
      'moderation-delay-ms': { type: 'string' },
      'bleed-off-scale': { type: 'string' },
      'quota-scale': { type: 'string' },
    },
  });
  if (values.state === undefined) throw new Error(`--state: expected a file name. ${usage}`);
  const port = wholeNumber('port', values.port);
  const operationDelayMs = wholeNumber('operation-delay-ms', values['operation-delay-ms']);
  const moderationDelayMs = wholeNumber('moderation-delay-ms', values['moderation-delay-ms']);
  const bleedOffScale = positive('bleed-off-scale', values['bleed-off-scale']);
  const quotaScale = positive('quota-scale', values['quota-scale']);
  const emulator = await createEmulator({
    stateFile: values.state,
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(port === undefined ? {} : { port }),
    ...(operationDelayMs === undefined ? {} : { operationDelayMs }),
    ...(moderationDelayMs === undefined ? {} : { moderationDelayMs }),
    ...(bleedOffScale === undefined ? {} : { bleedOffScale }),
    ...(quotaScale === undefined ? {} : { quotaScale }),
  });
  process.stdout.write(`${JSON.stringify({ ready: true, url: emulator.url })}\n`);

  const end = () => {
    emulator.close().catch((error: unknown) => {
      process.stderr.write(`The emulator did not close cleanly: ${String(error)}\n`);
      process.exitCode = 1;
    });
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

try {
  await main();
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  const remedy = code === 'EADDRINUSE' ? ' Another program has this port: name another one with --port.' : '';
  process.stderr.write(`The emulator cannot start: ${message}.${remedy}\n`);
  process.exitCode = 1;
}
