import { codeMarkdown, plainMarkdown, tableMarkdown } from './markdown.js';
import type { RunFacts } from './run-facts.js';

/** A commit that the bad release has and the good one has not. */
export type CulpritCommit = {
  commit: string;
  subject: string;
  author: string;
  files: string[];
  runId?: string;
};

/** A run whose commits are among them, as somebody asked for it. */
export type CulpritRun = { runId: string; pipeline: string; requestedBy: string; input: unknown };

/** A generated thing that is new in the bad release, with what would make it again. */
export type CulpritAsset = {
  /** Such as `night 3`. */
  of: string;
  id: string;
  generator: string;
  /** Version of the generator or model, recipe, seed, prompt: what its provenance holds of them. */
  origin: Record<string, string | number>;
};

/** What lies between the two releases. */
export type Culprits = {
  commits: CulpritCommit[];
  /** Of them all; the list may be shorter. */
  commitsTotal: number;
  runs: CulpritRun[];
  assets: CulpritAsset[];
};

type Suspicion = { facts: RunFacts };

/** The section of the post-mortem: commits, the runs that made them, and what was generated. */
export function renderCulprits(incident: Culprits & { badRun?: Suspicion }): string[] {
  const { commits, commitsTotal, runs, assets } = incident;
  if (commitsTotal === 0) return ['No commit lies between the two releases: look outside of the code.'];
  const ranked = rankCommits(incident);
  const more =
    commitsTotal > commits.length ? [`The newest ${commits.length} of ${commitsTotal} commits.`, ''] : [];
  return [
    ...more,
    ...tableMarkdown(
      ['commit', 'subject', 'by', 'files', 'why first'],
      ranked.map(({ commit, named }) => [
        codeMarkdown(commit.commit.slice(0, 9)),
        plainMarkdown(commit.subject),
        plainMarkdown(commit.author),
        showFiles(commit.files),
        named.length === 0 ? '' : `an error names ${named.map(codeMarkdown).join(', ')}`,
      ]),
    ),
    ...(runs.length === 0 ? [] : ['', '### Runs that made them', '']),
    ...runs.map(
      ({ runId, pipeline, requestedBy, input }) =>
        `- ${codeMarkdown(runId)} (${pipeline}), asked for by ${plainMarkdown(requestedBy)} with ${codeMarkdown(shorten(JSON.stringify(input), 400))}`,
    ),
    ...(assets.length === 0 ? [] : ['', '### Generated assets that are new', '']),
    ...(assets.length === 0
      ? []
      : tableMarkdown(
          ['of', 'asset', 'generator', 'origin'],
          assets.map(({ of, id, generator, origin }) => [
            plainMarkdown(of),
            codeMarkdown(id),
            codeMarkdown(generator),
            Object.entries(origin)
              .map(([name, value]) => `${name} ${plainMarkdown(String(value))}`)
              .join(', '),
          ]),
        )),
  ];
}

/** Commits that changed a file which a new error names come first; else the newest. */
export function rankCommits({
  commits,
  badRun,
}: Pick<Culprits, 'commits'> & { badRun?: Suspicion }): { commit: CulpritCommit; named: string[] }[] {
  const errors = (badRun?.facts.watch?.newErrors ?? []).map(({ message }) => message);
  const words = new Set(errors.flatMap((message) => message.split(/[^\p{L}\p{N}_-]+/u)));
  const ranked = commits.map((commit) => {
    const modules = commit.files
      .map((file) => moduleOf(file))
      .filter((name) => name !== '' && words.has(name));
    return { commit, named: [...new Set(modules)] };
  });
  return [
    ...ranked.filter(({ named }) => named.length > 0),
    ...ranked.filter(({ named }) => named.length === 0),
  ];
}

/** What Roblox calls a script in a stack trace: `src/server/Stalker.server.luau` is `Stalker`. */
function moduleOf(file: string): string {
  const match = /([^/]+?)(?:\.(?:server|client|spec))?\.luau?$/.exec(file);
  if (match?.[1] !== 'init') return match?.[1] ?? '';
  return file.split('/').at(-2) ?? '';
}

const shownFiles = 6;

function showFiles(files: readonly string[]): string {
  const shown = files.slice(0, shownFiles).map(codeMarkdown).join(', ');
  return files.length > shownFiles ? `${shown} and ${files.length - shownFiles} more` : shown;
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
