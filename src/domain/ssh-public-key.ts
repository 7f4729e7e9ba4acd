import { sha256 } from '@noble/hashes/sha2.js';

/** What OpenSSH signs with. Certificates are left out: whom they stand for is another file's business. */
const keyTypes = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
] as const;

export type SshPublicKey = {
  /** Type and key without the comment: equal for equal keys. */
  line: string;
  /** As `ssh-keygen -l` prints it: `SHA256:` and 43 characters. */
  fingerprint: string;
};

const shape = /^([a-z0-9@.-]+) +([A-Za-z0-9+/]+={0,2})(?: [^\n\r]*)?$/;

/** Reads one line of an `authorized_keys` file without options (RFC 4253, section 6.6); undefined when it is none. */
export function parseSshPublicKey(text: string): SshPublicKey | undefined {
  const [, type = '', base64 = ''] = shape.exec(text.trim()) ?? [];
  if (!keyTypes.some((known) => known === type)) return undefined;
  const blob = decodeBase64(base64);
  if (!blob || !nameInside(blob, type)) return undefined;
  return {
    line: `${type} ${base64}`,
    fingerprint: `SHA256:${encodeBase64(sha256(blob)).replace(/=+$/, '')}`,
  };
}

/** The blob begins with its own type: a 32-bit length and the name, then the numbers of the key. */
function nameInside(blob: Uint8Array, type: string): boolean {
  if (blob.length < 4 + type.length + 32) return false;
  const length = new DataView(blob.buffer).getUint32(0);
  return length === type.length && new TextDecoder().decode(blob.subarray(4, 4 + length)) === type;
}

function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function encodeBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
