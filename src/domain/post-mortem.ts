import { renderCulprits, type Culprits } from './culprits.js';
import type { GateResult } from './gate.js';
import type { PlaceRelease, PostMortemInput } from './deploy-activities.js';
import { codeMarkdown, plainMarkdown, tableMarkdown } from './markdown.js';
import type { RunFacts } from './run-facts.js';
import type { TimelineEntry } from './timeline.js';

export type PostMortem = Culprits & {
  project: string;
  environment: string;
  place: string;
  reason: string;
  requestedBy: string;
  runId: string;
  workflowId: string;
  /** When the rollback was asked for: ISO 8601, UTC. */
  startedAt: string;
  bad?: PlaceRelease;
  good: PlaceRelease;
  /** The run that published the bad release; `missing` says why its history cannot be read. */
  badRun?: { workflowId: string; entries: TimelineEntry[]; facts: RunFacts; missing?: string };
  rollback: { timeline: PostMortemInput['timeline']; facts: RunFacts };
  approvals: { by: string; at: string }[];
  gates: GateResult[];
};

export const postMortemFolder = 'docs/post-mortems';

/** Name of the page, without folder and ending. */
export function postMortemName({
  startedAt,
  environment,
  place,
  bad,
  good,
}: Pick<PostMortem, 'startedAt' | 'environment' | 'place' | 'bad' | 'good'>): string {
  const tag = (bad ?? good).tag.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-');
  return `${startedAt.slice(0, 10)}-${environment}-${place}-${tag}`.slice(0, 120);
}

/** The page, as Markdown: what is known is filled in, what only people know is asked. */
export function renderPostMortem(incident: PostMortem): string {
  const { bad, good, environment, place } = incident;
  const sections = [
    [
      `# ${environment}/${place}: ${plainMarkdown(bad?.tag ?? 'an unknown version')} rolled back to ${plainMarkdown(good.tag)}`,
    ],
    summary(incident),
    ['## Impact', '', ...impact(incident).map((line) => `- ${line}`)],
    ['## What was rolled back', '', ...releases(incident)],
    ['## Timeline', '', 'Times are UTC.', '', ...timeline(incident)],
    ['## Culprit candidates', '', ...renderCulprits(incident)],
    ['## What to look at', '', ...questions(incident).map((line, index) => `${index + 1}. ${line}`)],
    ['## Action items', '', ...actionItems(incident).map((line) => `- [ ] ${line} (owner: , due: )`)],
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function summary({
  reason,
  requestedBy,
  startedAt,
  bad,
  good,
  runId,
  environment,
  place,
}: PostMortem): string[] {
  const from = bad === undefined ? '' : `${codeMarkdown(bad.tag)} (version ${bad.version}) was taken back: `;
  return [
    `${from}${environment}/${place} holds the bytes of ${codeMarkdown(good.tag)} again, by run ${codeMarkdown(runId)}.`,
    '',
    `- Asked for by ${plainMarkdown(requestedBy)} at ${showTime(startedAt)}`,
    `- Reason: ${plainMarkdown(reason)}`,
  ];
}

/** Figures that were measured, and a plain word for what nobody measured. */
export function impact({ bad, badRun, rollback }: PostMortem): string[] {
  const facts = badRun?.facts;
  const from = facts?.published?.at ?? bad?.releasedAt;
  const until = rollback.facts.published?.at;
  const watch = facts?.watch;
  return [
    from !== undefined && until !== undefined
      ? `Live for ${showMinutes(Date.parse(until) - Date.parse(from))}: from ${showTime(from)} to ${showTime(until)}`
      : `How long it was live is not known: the history has no time of ${from === undefined ? 'its publish' : 'the rollback’s publish'}`,
    facts?.forecast
      ? `When it was published ${players(facts.forecast)} were there`
      : 'How many players were there when it was published is not known',
    rollback.facts.restarted
      ? `The rollback closed ${rollback.facts.restarted.servers} servers with ${rollback.facts.restarted.players} players`
      : 'The rollback closed no servers that it knows of',
    ...(watch?.signals ?? [])
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ signal, verdict, summary: words }) => `${signal}: ${verdict}, ${plainMarkdown(words)}`),
    ...(watch?.newErrors ?? []).map(
      ({ message, count }) => `New error, ${count} times: ${codeMarkdown(message)}`,
    ),
    ...(watch ? [] : ['It was not watched to an end: errors and crashes are in the Creator Hub, not here']),
  ];
}

function releases({ bad, good, approvals, gates, environment }: PostMortem): string[] {
  const row = (name: string, read: (release: PlaceRelease) => string): string[] => [
    name,
    bad === undefined ? 'not known' : read(bad),
    read(good),
  ];
  return [
    ...tableMarkdown(
      ['', 'rolled back', 'back to'],
      [
        row('tag', ({ tag }) => codeMarkdown(tag)),
        row('version of the place', ({ version }) => String(version)),
        row('released', ({ releasedAt }) => showTime(releasedAt)),
        row('commit', ({ commit }) => codeMarkdown(commit)),
        row('place file (SHA-256)', ({ place }) => codeMarkdown(place.sha256)),
        row('manifest', ({ manifest }) => (manifest === undefined ? 'none' : codeMarkdown(manifest))),
        row('run', ({ runId }) => codeMarkdown(runId)),
      ],
    ),
    '',
    approvals.length === 0
      ? `Nobody’s approval before ${environment} is on record.`
      : `Approved by ${approvals.map(({ by, at }) => `${plainMarkdown(by)} (${showTime(at)})`).join(', ')}.`,
    ...gates
      .filter(({ verdict }) => verdict !== 'pass')
      .map(
        ({ gate, verdict, summary: words }) =>
          `Gate ${codeMarkdown(gate)} was ${verdict}: ${plainMarkdown(words)}.`,
      ),
  ];
}

function timeline({ badRun, rollback }: PostMortem): string[] {
  const before =
    badRun === undefined
      ? ['The run that published it is not known.']
      : badRun.missing === undefined
        ? tableMarkdown(
            ['when', 'what'],
            badRun.entries.map(({ at, what }) => [at.slice(0, 23).replace('T', ' '), plainMarkdown(what)]),
          )
        : [plainMarkdown(badRun.missing)];
  const after = rollback.timeline.map(({ at, what }) => [plainMarkdown(at), plainMarkdown(what)]);
  return [
    `### The release${badRun === undefined ? '' : `: ${codeMarkdown(badRun.workflowId)}`}`,
    '',
    ...before,
    '',
    '### The rollback',
    '',
    ...tableMarkdown(['when', 'what'], after),
  ];
}

function questions({ bad, badRun, gates, startedAt, environment }: PostMortem): string[] {
  const published = badRun?.facts.published?.at ?? bad?.releasedAt;
  const open = gates.filter(({ verdict }) => verdict !== 'pass').map(({ gate }) => codeMarkdown(gate));
  const noticed =
    published === undefined
      ? ''
      : `, ${showMinutes(Date.parse(startedAt) - Date.parse(published))} after the publish`;
  return [
    `Why did the tests on staging not show it? ${open.length === 0 ? 'Every gate passed.' : `Not passed: ${open.join(', ')}.`}`,
    `Who or what noticed it${noticed}, and which signal could have said it sooner?`,
    `What did players lose, and does ${environment} need more than the old version: data stores, purchases, a word to them?`,
    'Which of the candidates brought it, and would a smaller release have shown it?',
    'What in the rollback was slow, or done by hand, or not as in the last drill?',
  ];
}

function actionItems({ bad, badRun }: PostMortem): string[] {
  const errors = badRun?.facts.watch?.newErrors ?? [];
  return [
    'Answer the questions above',
    `Find the cause${errors[0] ? ` of ${codeMarkdown(errors[0].message)}` : ''} among the candidates`,
    `Add a test that fails on ${codeMarkdown(bad?.commit.slice(0, 9) ?? 'the bad version')} and passes on the fix`,
    'Deploy the fix by the fast track in the issue',
    'Change the gate, the threshold or the drill that would have caught it',
  ];
}

function players({ servers, players: count }: { servers: number; players: number }): string {
  return `${count} players on ${servers} servers`;
}

export function showTime(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

function showMinutes(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
