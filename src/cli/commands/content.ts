import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { contentInputSchema, requestOf } from '../../domain/content/input.js';
import { planContent } from '../../domain/content/plan.js';
import { contentTypes } from '../../domain/content/request.js';
import { describeContent, refuseBrokenLayout } from '../../domain/content/verdict.js';
import { parseInput } from '../../domain/parse-input.js';
import { seasonSchema } from '../../domain/project.js';
import { layOutContent, readContentProgram, renderContentSvg } from '../../adapters/content/index.js';
import { createLuauTools } from '../../adapters/luau-tools/index.js';
import { resolveCache } from '../../stack/home.js';
import { announceStart } from '../announce-start.js';
import {
  type CommandKit,
  type CommonFlags,
  printData,
  withConnection,
  withExamples,
} from '../command-kit.js';
import { withClient } from '../connect.js';
import type { CliContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { preparePipeline, startPipeline } from '../pipelines.js';
import { readInput } from '../read-input.js';
import { userName } from '../user-name.js';

type ContentFlags = CommonFlags & {
  variations?: string;
  rule: string[];
  without: string[];
  spec?: string;
  name?: string;
  seed?: string;
  size?: string;
  project?: string;
  environment?: string;
  place?: string;
  id?: string;
  by?: string;
  reason?: string;
  planOnly?: true;
  map?: string;
  watch?: true;
};

const each = (value: string, all: string[]): string[] => [...all, value];

export function addContent({ program, context, exitWith }: CommandKit): void {
  const command = withConnection(program.command('content'))
    .description(
      'add procedural content: variations, a seeded generator and a content manager, proved and staged',
    )
    .argument('<type>', `one of: ${contentTypes.join(', ')}`)
    .option('--variations <n>', 'meshes, shared out among the kinds (default: 12)')
    .option('--rule <rule>', 'such as "dead-tree spacing 8"; may be given again (docs/content.md)', each, [])
    .option('--without <kind>', "a kind of the type's preset to leave out; may be given again", each, [])
    .option('--size <width>x<depth>', 'the area in studs (default: 512x512)')
    .option('--seed <n>', 'another seed lays it out otherwise (default: 1)')
    .option('--name <id>', 'names the content: the same name again replaces it (default: the type)')
    .option('--spec <json>', 'the whole request: JSON, @FILE, or - for standard input; flags go over it')
    .option('--project <name>', 'a registered project (default: the only one)')
    .option('--environment <name>', 'an environment of graveshift.json (default: staging)')
    .option('--place <name>', 'a place of that environment (default: start)')
    .option('--id <workflow-id>', 'workflow id (default: PROJECT/content-NAME)')
    .option('--by <name>', "who asks (default: Git's user.name, else the account)")
    .option('--reason <text>', 'why, for the record')
    .option('--plan-only', 'lay it out on this machine and say what would be made; spends nothing')
    .option('--map <file>', 'with --plan-only: write the map to this SVG file')
    .option('--watch', 'stay and show the run until it ends; exits as "watch" does')
    .action(async (contentType: string, flags: ContentFlags) => {
      const input = await inputOf(contentType, flags, context);
      if (flags.planOnly) {
        await showPlan(input, flags, context);
        exitWith(exitCodes.ok);
        return;
      }
      const requestedBy = flags.by ?? (await userName(context.cwd));
      const request = preparePipeline('proceduralContent', input, requestedBy);
      await withClient(context, flags, async (connected) => {
        const run = await startPipeline(connected, request, { id: flags.id });
        exitWith(await announceStart(context, connected, run, flags));
      });
    });
  withExamples(
    command,
    'graveshift content forest --variations 12 --rule "dead-tree spacing 8" --watch',
    'graveshift content graveyard --seed 7 --plan-only --map graveyard.svg',
    'graveshift content dungeon-rooms --name crypt --size 384x384 --rule "hall never beside hall"',
    'graveshift content forest --spec @forest.json --json | jq -r .workflowId',
  );
}

async function inputOf(
  contentType: string,
  flags: ContentFlags,
  context: CliContext,
): Promise<Record<string, unknown>> {
  const { variations, seed, size, name, project, environment, place, reason } = flags;
  const spec = flags.spec === undefined ? {} : await readInput(flags.spec, context);
  const list = (field: string): unknown[] => {
    const value = spec[field];
    return Array.isArray(value) ? value : [];
  };
  return {
    ...spec,
    contentType,
    ...(flags.rule.length > 0 && { rules: [...list('rules'), ...flags.rule] }),
    ...(flags.without.length > 0 && { without: [...list('without'), ...flags.without] }),
    ...(variations !== undefined && { variationCount: asNumber(variations) }),
    ...(seed !== undefined && { seed: asNumber(seed) }),
    ...(size !== undefined && { area: { ...(spec.area as object | undefined), ...asArea(size) } }),
    ...(name !== undefined && { id: name }),
    ...(project !== undefined && { project }),
    ...(environment !== undefined && { environment }),
    ...(place !== undefined && { place }),
    ...(reason !== undefined && { reason }),
  };
}

/** The plan as the pipeline makes it, with a season of defaults: only the words for mesh generators differ. */
async function showPlan(input: unknown, flags: ContentFlags, context: CliContext): Promise<void> {
  const request = requestOf(parseInput(contentInputSchema, 'the input of proceduralContent', input));
  const plan = planContent(request, seasonSchema.parse({}));
  const luau = await createLuauTools({ env: context.env, cacheDirectory: resolveCache(context.env) });
  try {
    const layout = await layOutContent(luau.runtime, await readContentProgram(), plan.config);
    refuseBrokenLayout(plan, layout);
    if (flags.map !== undefined) {
      await writeFile(path.resolve(context.cwd, flags.map), renderContentSvg(plan.config, layout));
    }
    printData(context, flags, { plan, report: layout.report }, () => {
      const said = describeContent(plan, layout).slice(0, -1);
      return [...said, ...(flags.map === undefined ? [] : [`the map: ${flags.map}`])].join('\n');
    });
  } finally {
    await luau.close();
  }
}

/** What is no number goes on as it is: the input's check says what was expected. */
function asNumber(text: string): number | string {
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? text : number;
}

function asArea(text: string): { width: number | string; depth: number | string } {
  const [width = text, depth = text] = text.split('x');
  return { width: asNumber(width), depth: asNumber(depth) };
}
