import {
  createNightPlayer,
  proveBalance,
  type BalanceIndex,
  type BalanceProgram,
} from '../adapters/balance/index.js';
import type { PlayActivities } from '../domain/activities.js';
import type { ArtifactRef, ArtifactStore } from '../domain/artifact.js';
import { botsDigest, heldOutBots, standardParty, tuningBots } from '../domain/balance-bots.js';
import { renderBalanceSvg } from '../domain/balance-picture.js';
import { balanceGate } from '../domain/balance-verdict.js';
import type { BalanceSettings } from '../domain/balance.js';
import { canonicalJson, digestOf } from '../domain/canonical-json.js';
import type { LuauRuntime } from '../domain/luau-tools.js';
import type { NightDesign } from '../domain/night.js';
import { nightDesignSchema } from '../domain/night-design-schema.js';
import { parseInput } from '../domain/parse-input.js';
import { activitySignal } from './support/context.js';

export type BalanceActivities = Pick<PlayActivities, 'balanceNight'>;

export type BalanceDependencies = {
  artifacts: ArtifactStore;
  index: BalanceIndex;
  runtime: LuauRuntime;
  /** The Luau that is played. */
  readProgram: () => Promise<BalanceProgram>;
  /** Never play more than these, whatever a project says: for a machine that is only tried out. */
  mostNights?: number | undefined;
  /** Milliseconds of one proof; a night beyond is not begun. */
  budgetMs?: number;
};

/** Raised when a proof of the same inputs would come out differently: what was proved before is proved again. */
const proofVersion = 1;
const defaultBudgetMs = 10 * 60_000;

/** Proves that a night is as hard as its difficulty says, by bots that play its rules. */
export function createBalanceActivities(dependencies: BalanceDependencies): BalanceActivities {
  const { artifacts, index, runtime, mostNights } = dependencies;
  const put = (text: string, mediaType: string) => artifacts.put(new TextEncoder().encode(text), mediaType);

  return {
    async balanceNight({ project, design: ref }) {
      const signal = activitySignal();
      const given = await readDesign(artifacts, ref);
      const program = await dependencies.readProgram();
      const settings = limited(project.config.balance, mostNights);
      const key = digestOf({
        version: proofVersion,
        design: digestOf(given),
        settings,
        party: standardParty,
        rules: program.digest,
        bots: [botsDigest(tuningBots), botsDigest(heldOutBots)],
        runtime: runtime.name,
      });
      const known = await index.find(key);
      if (known !== undefined && (await isIntact(artifacts, known))) {
        const { key: _, ...result } = known;
        return result;
      }

      const { report, design, tuned, findings } = await proveBalance(given, {
        settings,
        play: createNightPlayer(runtime, program),
        runtime: runtime.name,
        rules: program.digest,
        budgetMs: dependencies.budgetMs ?? defaultBudgetMs,
        parallel: runtime.parallel,
        signal,
      });
      const result = {
        design: tuned ? await put(canonicalJson(design), 'application/json') : ref,
        gate: balanceGate(report, findings),
        report: await put(canonicalJson(report), 'application/json'),
        picture: await put(renderBalanceSvg(report, design.difficulty.durationSeconds), 'image/svg+xml'),
        tuned,
      };
      // A proof that ran out of time may do better on another day.
      if (report.nights === settings.nights) await index.record({ key, ...result });
      return result;
    },
  };
}

async function readDesign(artifacts: ArtifactStore, ref: ArtifactRef): Promise<NightDesign> {
  const text = new TextDecoder().decode(await artifacts.get(ref));
  return parseInput(nightDesignSchema, 'the night design', JSON.parse(text));
}

function limited(settings: BalanceSettings, most: number | undefined): BalanceSettings {
  return { ...settings, nights: Math.min(settings.nights, most ?? settings.nights) };
}

async function isIntact(
  artifacts: ArtifactStore,
  { design, report, picture }: { design: ArtifactRef; report: ArtifactRef; picture: ArtifactRef },
): Promise<boolean> {
  const there = await Promise.all([design, report, picture].map((ref) => artifacts.has(ref)));
  return there.every(Boolean);
}
