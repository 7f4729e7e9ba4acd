import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

import { execa } from 'execa';

import type { SigningKey } from '../../adapters/ssh-signature/index.js';
import { parseSshPublicKey } from '../../domain/ssh-public-key.js';
import type { Variables } from '../context.js';

/** `name`: the key in words, for the person who signs. */
export type FoundKey = { key: SigningKey; name: string };

type Place = { cwd: string; env: Variables };

/** As `ssh` itself looks for identities. */
const usualFiles = ['id_ed25519', 'id_ed25519_sk', 'id_ecdsa', 'id_ecdsa_sk', 'id_rsa'];

/**
 * The key to sign with: the one that is named, else the first that is the approver's of Git's signing key, the agent's
 * keys, and the usual files in `~/.ssh`. `tried` says where it looked, for when there is none.
 */
export async function findSigningKey(
  options: Place & { named: string | undefined; keys: readonly string[] },
): Promise<{ found?: FoundKey; tried: string[] }> {
  const { named, keys, cwd } = options;
  if (named !== undefined) {
    const file = path.resolve(cwd, named);
    return { found: { key: { file }, name: file }, tried: [file] };
  }
  const theirs = new Set(keys.map((key) => parseSshPublicKey(key)?.fingerprint));
  const tried: string[] = [];
  for (const look of [gitKeys, agentKeys, usualKeys]) {
    const { place, candidates } = await look(options);
    const found = candidates.find(({ text }) => {
      const fingerprint = parseSshPublicKey(text)?.fingerprint;
      return fingerprint !== undefined && theirs.has(fingerprint);
    });
    if (found) return { found, tried };
    tried.push(candidates.length === 0 ? `${place}: no key` : `${place}: another key`);
  }
  return { tried };
}

type Looked = { place: string; candidates: (FoundKey & { text: string })[] };

async function gitKeys({ cwd, env }: Place): Promise<Looked> {
  const place = "Git's user.signingkey";
  const ask = async (...args: string[]) => (await output('git', ['config', ...args], { cwd, env })).trim();
  const value = (await ask('gpg.format')) === 'ssh' ? await ask('--type=path', 'user.signingkey') : '';
  if (value === '') return { place, candidates: [] };
  const literal = value.replace(/^key::/, '');
  if (parseSshPublicKey(literal)) {
    return { place, candidates: [{ key: { publicKey: literal }, name: place, text: literal }] };
  }
  const file = path.resolve(cwd, value);
  const text = await publicPartOf(file);
  return {
    place,
    candidates: text === undefined ? [] : [{ key: { file }, name: `${place} (${file})`, text }],
  };
}

async function agentKeys({ cwd, env }: Place): Promise<Looked> {
  const listed = await output('ssh-add', ['-L'], { cwd, env });
  const lines = listed.split('\n').filter((line) => parseSshPublicKey(line) !== undefined);
  return {
    place: 'the SSH agent',
    candidates: lines.map((text) => ({ key: { publicKey: text }, name: 'a key of the SSH agent', text })),
  };
}

async function usualKeys({ env }: Place): Promise<Looked> {
  const folder = path.join(env.HOME ?? env.USERPROFILE ?? homedir(), '.ssh');
  const files = usualFiles.map((name) => path.join(folder, name));
  const candidates = await Promise.all(
    files.map(async (file) => {
      const text = await publicPartOf(file);
      return text === undefined ? [] : [{ key: { file }, name: file, text }];
    }),
  );
  return { place: folder, candidates: candidates.flat() };
}

/** The public key that lies beside a private one; of a `.pub` the file itself. */
async function publicPartOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file.endsWith('.pub') ? file : `${file}.pub`, 'utf8');
  } catch {
    // Not there, or not to be read: not a key to sign with.
    return undefined;
  }
}

/** What a program printed; nothing where it is not there or did not succeed. */
async function output(program: string, args: string[], { cwd, env }: Place): Promise<string> {
  const result = await execa(program, args, {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    timeout: 5000,
    stdin: 'ignore',
  });
  return result.failed ? '' : result.stdout;
}
