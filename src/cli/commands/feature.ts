import { describeModelPlan, planForModel } from '../../domain/feature/model-plan.js';
import { featureInputSchema, wishOf } from '../../domain/feature/request.js';
import { describePlan } from '../../domain/feature/plan.js';
import { featurePlanOf } from '../../domain/feature/preview.js';
import { parseInput } from '../../domain/parse-input.js';
import { announceStart } from '../announce-start.js';
import {
  type CommandKit,
  type CommonFlags,
  printData,
  withConnection,
  withExamples,
} from '../command-kit.js';
import { withClient } from '../connect.js';
import { exitCodes } from '../exit-codes.js';
import { preparePipeline, startPipeline } from '../pipelines.js';
import { readInput } from '../read-input.js';
import { userName } from '../user-name.js';

type FeatureFlags = CommonFlags & {
  spec?: string;
  name?: string;
  generator?: string;
  seed?: string;
  project?: string;
  environment?: string;
  place?: string;
  id?: string;
  by?: string;
  reason?: string;
  dryRun?: true;
  watch?: true;
};

export function addFeature({ program, context, exitWith }: CommandKit): void {
  const command = withConnection(program.command('feature'))
    .description('add a feature to the game, from plain words: planned, made, tested, committed and staged')
    .argument('[words]', 'what to make, in plain English: features, counts, colours, prices, times, places')
    .option(
      '--spec <json>',
      'a feature with its options instead of words: JSON, @FILE, or - for standard input',
    )
    .option(
      '--name <id>',
      'names the feature: the same name again replaces it (default: made from the words)',
    )
    .option(
      '--generator <who>',
      'who writes the code: "templates" (default), or "model", a language model of graveshift.json for what no template covers',
    )
    .option('--seed <n>', 'another seed sets things up elsewhere (default: 1)')
    .option('--project <name>', 'a registered project (default: the only one)')
    .option('--environment <name>', 'an environment of graveshift.json (default: staging)')
    .option('--place <name>', 'a place of that environment (default: start)')
    .option('--id <workflow-id>', 'workflow id (default: PROJECT/feature-NAME)')
    .option('--by <name>', "who asks (default: Git's user.name, else the account)")
    .option('--reason <text>', 'why, for the record')
    .option('--dry-run', 'only show what was understood and what would be made; spends nothing')
    .option('--watch', 'stay and show the run until it ends; exits as "watch" does')
    .action(async (words: string | undefined, flags: FeatureFlags) => {
      const { name, generator, seed, project, environment, place, reason } = flags;
      const input = {
        ...(words !== undefined && { request: words }),
        ...(flags.spec !== undefined && { spec: await readInput(flags.spec, context) }),
        ...(name !== undefined && { id: name }),
        ...(generator !== undefined && { generator }),
        ...(seed !== undefined && { seed: Number(seed) }),
        ...(project !== undefined && { project }),
        ...(environment !== undefined && { environment }),
        ...(place !== undefined && { place }),
        ...(reason !== undefined && { reason }),
      };
      if (flags.dryRun) {
        const wish = parseInput(featureInputSchema, 'the input of feature', input);
        if (wish.generator === 'model') {
          const plan = planForModel(wishOf(wish));
          printData(context, flags, plan, () => describeModelPlan(plan).join('\n'));
          exitWith(exitCodes.ok);
          return;
        }
        const plan = featurePlanOf(wish);
        printData(context, flags, plan, () => describePlan(plan).join('\n'));
        exitWith(exitCodes.ok);
        return;
      }
      const requestedBy = flags.by ?? (await userName(context.cwd));
      const request = preparePipeline('feature', input, requestedBy);
      await withClient(context, flags, async (connected) => {
        const run = await startPipeline(connected, request, { id: flags.id });
        exitWith(await announceStart(context, connected, run, flags));
      });
    });
  withExamples(
    command,
    'graveshift feature "a shop where players buy candles with coins, near the chapel"',
    'graveshift feature "three red doors and a leaderboard" --dry-run',
    'graveshift feature --spec \'{"feature":"trap","count":6}\' --name trap-bridge --watch',
    'graveshift feature "a lift that players call with a bell" --generator model --watch',
    'graveshift feature "20 gold coins to collect" --json | jq -r .workflowId',
  );
}
