import { rankCommits } from './culprits.js';
import { codeMarkdown, plainMarkdown } from './markdown.js';
import { impact, type PostMortem } from './post-mortem.js';

/** Where the post-mortem was committed. */
export type PostMortemPage = { path: string; commit: string; branch: string };

/** The issue for whoever mends it, as Markdown: what is known in short, and the shortest way back to production. */
export function renderFixIssue(incident: PostMortem, page: PostMortemPage, mainBranch: string): string {
  const { environment, place, reason, bad, good, project } = incident;
  const broken = bad?.tag ?? 'the last version';
  const [suspect] = rankCommits(incident);
  return `${[
    `# Fix ${environment}/${place}: ${plainMarkdown(broken)} was rolled back`,
    '',
    `${plainMarkdown(reason)}. Players have ${codeMarkdown(good.tag)} again; what ${plainMarkdown(broken)} brought is not live.`,
    '',
    ...impact(incident).map((line) => `- ${line}`),
    ...(suspect
      ? [
          `- First candidate of ${incident.commitsTotal}: ${codeMarkdown(suspect.commit.commit.slice(0, 9))} ${plainMarkdown(suspect.commit.subject)}`,
        ]
      : []),
    '',
    `Post-mortem: ${codeMarkdown(page.path)} in ${codeMarkdown(page.commit.slice(0, 9))} on ${codeMarkdown(page.branch)}${page.branch === mainBranch ? '' : ` (merge it: ${codeMarkdown(mainBranch)} could not be pushed to)`}.`,
    '',
    '## Fast track',
    '',
    ...fastTrack(incident, mainBranch),
    '',
    '## Done when',
    '',
    `- [ ] a test fails on ${codeMarkdown(bad?.commit.slice(0, 9) ?? 'the bad version')} and passes on the fix`,
    `- [ ] ${environment}/${place} of ${project} was watched with the fix and kept`,
    '- [ ] the post-mortem says the cause',
  ].join('\n')}\n`;
}

/** Reverted work comes back by its commits, so that the fix is the only thing that is new. */
function fastTrack(
  { bad, good, project, environment, place, commitsTotal }: PostMortem,
  mainBranch: string,
): string[] {
  const branch = `fix/${environment}-${place}-${(bad ?? good).tag.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-')}`;
  const bringBack =
    bad === undefined || commitsTotal === 0
      ? []
      : [
          `git cherry-pick ${good.commit.slice(0, 12)}..${bad.commit.slice(0, 12)}   # all that was taken back, or only what you need`,
        ];
  return [
    `Branch from ${codeMarkdown(mainBranch)}: it holds what players have (${codeMarkdown(good.tag)}, ${codeMarkdown(good.commit.slice(0, 12))}) and the reverts.`,
    '',
    '```sh',
    `git fetch origin && git switch -c ${branch} origin/${mainBranch}`,
    ...bringBack,
    `# mend it, add the test, commit, push, and merge into ${mainBranch}`,
    `graveshift night N --project ${project}   # stages ${mainBranch} with night N: the one to make again`,
    `graveshift deploy --project ${project} --to ${environment} --place ${place} --by NAME`,
    '```',
    '',
    'The deploy takes what staging holds, runs the staging tests and the gates, asks for the same approvals as ever, and watches. Nothing is skipped: the fast track is short because the change is small.',
  ];
}
