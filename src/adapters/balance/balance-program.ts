import type { BotSet, BotSkill } from '../../domain/balance-bots.js';
import { digestOf } from '../../domain/canonical-json.js';
import type { LuauProgram } from '../../domain/luau-tools.js';
import type { NightDesign } from '../../domain/night.js';
import { readLuauFiles } from '../luau/package-files.js';

/** The Luau that balance is proved with: the night's rules as they are emitted, and bots that play them. */
export type BalanceProgram = {
  chunks: ReadonlyMap<string, string>;
  /** Of all that is played: rules, bots, simulator. */
  digest: string;
};

const entry = 'balance/main.luau';
/** What needs the engine is no part of the rules. */
const outside = /\.spec\.luau$|^Engine\/|^Client\//;

/** Reads the rules and the bots from the package. */
export async function readBalanceProgram(): Promise<BalanceProgram> {
  const chunks = new Map<string, string>();
  for (const folder of ['runtime', 'balance']) {
    for (const [path, source] of await readLuauFiles(folder)) {
      if (!outside.test(path)) chunks.set(`${folder}/${path}`, source);
    }
  }
  return { chunks, digest: digestOf([...chunks]) };
}

/** Nights of one design with one set of bots, a seed each. Nothing but this decides what happens in them. */
export function balanceRun(
  { chunks }: BalanceProgram,
  { design, bots, party, seeds }: NightsToPlay,
): Pick<LuauProgram, 'chunks' | 'entry' | 'argument'> {
  const { difficulty, map, theme, seed } = design;
  return {
    chunks,
    entry,
    argument: {
      modules: [...chunks.keys()].filter((name) => name !== entry),
      night: { config: { ...difficulty, theme, seed }, map, assets: { host: 'emulator', assets: {} } },
      bots: { policy: bots.policy, sharesFinds: bots.sharesFinds, skills: bots.skills },
      party,
      seeds,
    },
  };
}

export type NightsToPlay = {
  design: NightDesign;
  bots: BotSet;
  party: readonly BotSkill[];
  seeds: readonly number[];
};
