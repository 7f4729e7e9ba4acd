import { GraveshiftError } from '../domain/failure.js';
import type { PortChoice } from '../stack/index.js';
import { requireFreePort } from '../stack/index.js';

/** The usual ports where they are free, others where they are not: a demo does not care. */
export async function portsThatAreFree<Name extends string>(
  usual: Readonly<Record<Name, number>>,
): Promise<Record<Name, PortChoice>> {
  const names = Object.keys(usual) as Name[];
  const choices = await Promise.all(names.map(async (name) => [name, await choose(usual[name])] as const));
  return Object.fromEntries(choices) as Record<Name, PortChoice>;
}

async function choose(port: number): Promise<PortChoice> {
  try {
    await requireFreePort({ port, purpose: 'demo', flag: '--home' });
    return port;
  } catch (error) {
    if (error instanceof GraveshiftError && error.kind === 'InvalidInput') return 'auto';
    throw error;
  }
}
