import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { createFileArtifactStore } from '../../adapters/artifacts/index.js';
import { writeFileAtomically } from '../../adapters/files/write-atomically.js';
import type { GraveshiftClient, RunSummary } from '../../client.js';
import { GraveshiftError } from '../../domain/failure.js';
import { candidateSchema } from '../candidate.js';
import {
  type CommandKit,
  type CommonFlags,
  printData,
  withConnection,
  withExamples,
} from '../command-kit.js';
import { withClient } from '../connect.js';
import { runFileName } from '../run-file-name.js';
import { findStudio, openInStudio } from '../studio.js';

type OpenFlags = CommonFlags & { launch: boolean };

export function addOpen({ program, context }: CommandKit): void {
  const command = withConnection(program.command('open'))
    .description("open a run's place file in Roblox Studio where there is one; else print its path")
    .argument('<run>')
    .option('--no-launch', 'only write the file and print its path')
    .action(async (run: string, flags: OpenFlags) => {
      await withClient(context, flags, async ({ client, settings, home }) => {
        const summary = await client.describe(run);
        const sha256 = await placeOf(client, run, summary);
        const artifacts = createFileArtifactStore({ directory: settings.store });
        const folder = path.join(home, 'places');
        await mkdir(folder, { recursive: true });
        // Studio saves into the file that it opened: the store's own bytes must not be that file.
        const file = path.join(folder, `${runFileName(summary)}.rbxl`);
        await writeFileAtomically(file, await artifacts.get({ sha256 }));
        const studio = flags.launch ? await findStudio(context.env) : undefined;
        if (studio) {
          await openInStudio(studio, file);
          context.say('opened in Roblox Studio');
        } else if (flags.launch) {
          context.say('no Roblox Studio on this machine: open the file where there is one');
        }
        printData(context, flags, { file, placeSha256: sha256, opened: studio !== undefined }, () => file);
      });
    });
  withExamples(command, 'graveshift open demo/night-3', 'graveshift open demo/night-3 --no-launch');
}

const stagedSchema = z.object({ placeSha256: z.string() });

/** The place that was staged, or that waits to be approved. */
async function placeOf(client: GraveshiftClient, run: string, summary: RunSummary): Promise<string> {
  if (summary.status !== 'RUNNING') {
    const end = await client.end(run);
    const staged = end.outcome === 'succeeded' ? stagedSchema.safeParse(end.result) : undefined;
    if (staged?.success) return staged.data.placeSha256;
  }
  const candidate = candidateSchema.safeParse((await client.approvals(run)).candidate);
  if (candidate.success) return candidate.data.place.sha256;
  throw new GraveshiftError(
    'InvalidInput',
    `${run} has no place file ${summary.status === 'RUNNING' ? 'yet: it comes with the approval' : ': it ended before one was proposed'}`,
    { details: { run } },
  );
}
