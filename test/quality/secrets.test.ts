import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { describeFinding, findSecrets } from '../../src/adapters/quality/index.js';

/** Made when the test runs: a repository with something of this shape in it would be stopped by other scanners. */
const bytesOf = (count: number) =>
  Buffer.concat([1, 2].map((part) => createHash('sha512').update(`${part}`).digest())).subarray(0, count);
const hex = (bytes: number) => bytesOf(bytes).toString('hex');
const base64 = (bytes: number) => bytesOf(bytes).toString('base64');
const capitals = (count: number) =>
  hex(count)
    .toUpperCase()
    .replaceAll(/[0189]/g, 'A')
    .slice(0, count);
const jwt = Buffer.from(`{"alg":"RS256","kid":"${hex(8)}"}`).toString('base64url');

const secrets: [string, string][] = [
  [
    'a Roblox account cookie',
    `_|WARNING:-DO-NOT-SHARE-THIS.--Sharing-this-will-allow-someone-to-log-in.|_${hex(80)}`,
  ],
  ['a Roblox Open Cloud key', base64(48) + Buffer.from(`${jwt}.${hex(60)}`).toString('base64')],
  ['a GitHub token', ['ghp', hex(18)].join('_')],
  ['a GitHub token', ['github', 'pat', hex(20)].join('_')],
  ['an AWS access key id', `AKIA${capitals(16)}`],
  ['a Slack token', ['xoxb', hex(12)].join('-')],
  ['a Slack webhook', ['https://hooks.slack.com', 'services', 'T0', 'B0', hex(12)].join('/')],
  ['a Discord webhook', ['https://discord.com/api', 'webhooks', '123456789012345678', hex(34)].join('/')],
  ['a private key', ['-----BEGIN OPENSSH', 'PRIVATE KEY-----'].join(' ')],
  ['what looks like a secret', `api_key = "${base64(30)}"`],
  ['what looks like a secret', `local sessionToken: string = "${hex(20)}"`],
  ['what looks like a secret', `export STUDIO_TOKEN=${base64(30)}`],
  ['what looks like a secret', `{"clientSecret": "${base64(24)}"}`],
];

describe('findSecrets', () => {
  it.each(secrets)('finds %s, and never says it', (kind, text) => {
    const found = findSecrets('src/Keys.luau', `local first = 1\n  ${text}\n`);
    expect(found.map(({ message, line }) => [message, line])).toEqual([[kind, 2]]);
    const said = found.map(describeFinding).join('\n');
    expect(said).toMatch(/^src\/Keys\.luau:2:\d+ secret: /);
    for (const part of text.split(/["\s/|]/).filter((piece) => piece.length >= 20))
      expect(said).not.toContain(part);
  });

  it.each([
    'local token = HttpService:GetSecret("stripe_key_for_production_1")',
    'password = "your-password-goes-here-1"',
    'secret = "the quick brown fox jumps over"',
    'local tokenAccessGrantedForPlayers2 = currentPlayerSessionState2',
    'export ROBLOX_API_KEY=$KEY_FROM_THE_VAULT_OF_PRODUCTION_1',
    '"integrity": "sha512-Lx2VYfSc4w1WYQ0Pn9DUbVnr0gD5mQmM1s0u3v2kS1+3/0="',
    'AKIAIOSFODNN7EXAMPLE',
    '_|WARNING:-DO-NOT-SHARE-THIS is how a cookie begins',
    `commit = "${'a1b2c3d4'.repeat(5)}"`,
  ])('takes %j for none', (text) => {
    expect(findSecrets('README.md', text)).toEqual([]);
  });
});
