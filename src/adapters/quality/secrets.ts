import type { Finding } from './finding.js';

/** A kind of secret by the shape that its issuer documents. */
type SecretPattern = { kind: string; pattern: RegExp };

/** Each takes time in proportion to the text: models hold megabytes of Base64 on one line. */
const patterns: readonly SecretPattern[] = [
  { kind: 'a Roblox account cookie', pattern: /_\|WARNING:-DO-NOT-SHARE[^|\r\n]{0,300}\|_[\w.+/=-]{20,}/g },
  // Base64 of random bytes and of a JWT, whose header begins with {"alg":
  { kind: 'a Roblox Open Cloud key', pattern: /ZXlKaGJHY2lPa(?<=[A-Za-z0-9+/]{33})[A-Za-z0-9+/]{80,}/g },
  { kind: 'a GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255})\b/g },
  { kind: 'a GitLab token', pattern: /\bglpat-[\w-]{20,}/g },
  { kind: 'an AWS access key id', pattern: /\b(?:AKIA|ASIA|ABIA|ACCA)(?![A-Z2-7]*EXAMPLE\b)[A-Z2-7]{16}\b/g },
  {
    kind: 'a Slack token',
    pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{32,}/g,
  },
  {
    kind: 'a Slack webhook',
    pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9/]{20,}/g,
  },
  {
    kind: 'a Discord webhook',
    pattern: /discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d{17,20}\/[\w-]{50,}/g,
  },
  { kind: 'a Discord bot token', pattern: /\b[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}/g },
  { kind: 'a Google API key', pattern: /\bAIza[\w-]{35}\b/g },
  { kind: 'a key of an AI service', pattern: /\bsk-(?:ant-|proj-|svcacct-)?[\w-]{32,}/g },
  { kind: 'a private key', pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/g },
];

const secretName =
  '(?:api[_-]?key|access[_-]?key|private[_-]?key|secret|token|password|passwd|credential|cookie)';
const secretValue = '([A-Za-z0-9+/_.=~-]{20,200})';

/** `api_key = "…"`, `"token": "…"`, and whole lines `SECRET=…` or `token: …`; the value decides. */
const assignments: readonly RegExp[] = [
  new RegExp(
    `${secretName}\\w{0,40}["'\\]]*\\s*(?::\\s*\\w{1,40}\\s*)?[:=]\\s*["'\`]${secretValue}["'\`]`,
    'gi',
  ),
  new RegExp(
    `^[ \\t]*(?:export[ \\t]+)?[\\w.-]{0,60}${secretName}[\\w.-]{0,60}(?:=|:[ \\t]+)${secretValue}[ \\t]*$`,
    'gim',
  ),
];
const placeholder = /example|placeholder|change-?me|your[_-]|redacted|dummy|x{6}|0{6}|1234567/i;

/** English words in a name have about 3; random base64 of 20 characters and more has above 3.7. */
const leastEntropy = 3.6;
/** Random hexadecimal digits have at most 4 bits each, and in 32 of them rarely below 3.2. */
const leastHexEntropy = 3;

export function looksLikeText(bytes: Uint8Array): boolean {
  // As Git tells it.
  return !bytes.subarray(0, 8000).includes(0);
}

/** Secrets in a text, by kind and place; what they are is never said. */
export function findSecrets(file: string, text: string): Finding[] {
  const found = patterns.flatMap(({ kind, pattern }) =>
    [...text.matchAll(pattern)].map(({ index }) => ({ kind, index })),
  );
  for (const match of assignments.flatMap((pattern) => [...text.matchAll(pattern)])) {
    const value = match[1] ?? '';
    const index = match.index + match[0].lastIndexOf(value);
    const isKnown = found.some((other) => Math.abs(other.index - index) < value.length + 40);
    if (!isKnown && isRandom(value)) found.push({ kind: 'what looks like a secret', index });
  }
  return found
    .sort((a, b) => a.index - b.index)
    .map(({ kind, index }) => ({
      file,
      ...positionOf(text, index),
      rule: 'secret',
      message: kind,
      fix: 'revoke it where it was issued, then read it at run time from a secret store',
    }));
}

function isRandom(value: string): boolean {
  if (placeholder.test(value) || !/[0-9]/.test(value) || !/[A-Za-z]/.test(value)) return false;
  return /^[0-9a-f]+$/i.test(value) ? entropy(value) >= leastHexEntropy : entropy(value) >= leastEntropy;
}

/** Shannon's entropy in bits per character. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => {
    const share = count / value.length;
    return sum - share * Math.log2(share);
  }, 0);
}

function positionOf(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index);
  return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') };
}
