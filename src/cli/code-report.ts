import { createFileArtifactStore } from '../adapters/artifacts/index.js';
import { codeReportSchema, type CodeReport } from '../domain/code-report.js';
import { GraveshiftError } from '../domain/failure.js';
import { candidateSchema } from './candidate.js';
import type { Connected } from './connect.js';
import type { Colors } from './context.js';
import { renderGates } from './test/gate-run.js';
import { plainText } from './view/text.js';

/**
 * The report of a run's checks, from the store.
 * @throws GraveshiftError `InvalidInput` where the run has none yet, or its store is another machine's
 */
export async function readCodeReport({ client, settings }: Connected, run: string): Promise<CodeReport> {
  const { candidate } = await client.approvals(run);
  const report = candidateSchema.safeParse(candidate).data?.codeReport;
  if (report === undefined) {
    throw new GraveshiftError(
      'InvalidInput',
      `${run} has no report of its code: its checks have not passed yet, or it writes none. ` +
        'What failed is in "graveshift show RUN"',
    );
  }
  const artifacts = createFileArtifactStore({ directory: settings.store });
  if (!(await artifacts.has(report))) {
    throw new GraveshiftError(
      'InvalidInput',
      `the report of ${run} is in another machine's store; the commit has it as a page in docs/graveshift/checks`,
    );
  }
  return codeReportSchema.parse(JSON.parse(new TextDecoder().decode(await artifacts.get(report))));
}

export function renderCodeReport(
  { subject, tools, checks, coverage = [] }: CodeReport,
  colors: Colors,
): string {
  const gates = checks.map(({ gate }) => gate);
  const lines = [`${plainText(subject)}, looked at by ${plainText(tools.join(', '))}`, ''];
  lines.push(renderGates({ gates, checks }, colors));
  if (coverage.length > 0) lines.push('', 'lines that tests run');
  for (const { file, lines: all, covered } of coverage) {
    lines.push(`  ${String(covered).padStart(5)} of ${String(all).padEnd(5)} ${plainText(file)}`);
  }
  return lines.join('\n');
}
