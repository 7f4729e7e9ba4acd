import { createHmac } from 'node:crypto';

import { GraveshiftError } from '../../domain/failure.js';

/**
 * The key of a secret in the form of Standard Webhooks (https://www.standardwebhooks.com): `whsec_` and the base64 of
 * 24 to 64 bytes.
 *
 * @throws GraveshiftError `AccessDenied` that names the variable, never its value
 */
export function signingKey(secret: string, variable: string): Buffer {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1] ?? '';
  const key = Buffer.from(encoded, 'base64');
  if (key.length >= 24 && key.length <= 64) return key;
  throw new GraveshiftError(
    'AccessDenied',
    `the secret in ${variable} is not "whsec_" and the base64 of 24 to 64 bytes: make one with ` +
      `node -e "console.log('whsec_' + require('node:crypto').randomBytes(32).toString('base64'))"`,
    { details: { variable } },
  );
}

/** The value of the header `webhook-signature`. @param timestamp in seconds since 1970, as in `webhook-timestamp` */
export function signatureOf(key: Buffer, id: string, timestamp: number, body: string): string {
  return `v1,${createHmac('sha256', key)
    .update(`${id}.${String(timestamp)}.${body}`)
    .digest('base64')}`;
}
