import { gateResult, type GateResult } from './gate.js';
import type { PlayReport } from './play.js';

const gate = 'play';

/** The verdict on a headless play: everything that went wrong, worst first. */
export function judgePlay(report: PlayReport): GateResult {
  const { stopped, runtime } = report;
  // The fallback has little memory and no way to say which script ran: its limits are not the game's.
  if (stopped !== undefined && stopped.why !== 'error' && runtime === 'luau-web') {
    return gateResult(
      gate,
      'inconclusive',
      `This machine's Luau (luau-web) could not play the place to its end (${stopped.why}). ` +
        'Run "graveshift tools install" once for luau-kit, and play again',
    );
  }
  const findings = [
    ...stoppedFindings(report),
    ...errorFindings(report),
    ...scenarioFindings(report),
    ...nightFindings(report),
    ...hostileFindings(report),
  ];
  if (findings.length > 0) {
    return gateResult(
      gate,
      'fail',
      `${findings.length} ${findings.length === 1 ? 'problem' : 'problems'} in play; ${played(report)}`,
      findings,
    );
  }
  if (report.scenarios?.length === 0) {
    return gateResult(
      gate,
      'inconclusive',
      `The place's scripts ran without an error, but nobody said how this ${report.subject} is played: ` +
        'put a scenario at tests/graveshift/play/NAME.play.luau (docs/headless-play.md)',
    );
  }
  const lacking = report.notSimulated.length;
  const note =
    lacking === 0
      ? ''
      : `; not simulated: ${report.notSimulated.slice(0, 5).join(', ')}${lacking > 5 ? ` and ${lacking - 5} more` : ''}`;
  return gateResult(
    gate,
    'pass',
    `${played(report)}, no script error, no leak, nothing won by a cheater${note}`,
  );
}

function stoppedFindings({ stopped }: PlayReport): string[] {
  if (stopped === undefined) return [];
  switch (stopped.why) {
    case 'timeout':
      return [`A script does not come to an end (an endless loop?): ${stopped.message}`];
    case 'memory':
      return [`The place's scripts take all memory: ${stopped.message}`];
    case 'error':
    case 'crashed':
      return [`The play broke off: ${stopped.message}`];
  }
}

const errorFindings = ({ errors }: PlayReport): string[] =>
  errors.map(({ side, message, during, count, traceback }) => {
    const times = count === 1 ? '' : ` (${count} times)`;
    const stack = traceback.slice(1, 4).join(' < ');
    return `script error on the ${side} in ${during}${times}: ${message}${stack === '' ? '' : `; called from ${stack}`}`;
  });

const scenarioFindings = ({ scenarios = [] }: PlayReport): string[] =>
  scenarios.flatMap(({ name, passed, problem, expectations, hostile }) => [
    ...(passed ? [] : [`${name}: ${problem ?? 'failed'}`]),
    ...(passed && expectations === 0 ? [`${name} expects nothing: use play.expect`] : []),
    ...hostile.gains.map((gain) => `${name}: a cheater won: ${gain}`),
  ]);

function nightFindings({ nights, idle, leaks, subject }: PlayReport): string[] {
  const unreachable = [
    ...(nights?.unreachablePrompts ?? []),
    ...(subject === 'night' ? (idle?.unreachablePrompts ?? []) : []),
  ];
  return [
    ...unreachable.map((prompt) => `nobody can reach the prompt ${prompt}`),
    ...leaks.map(({ what, counts }) => `${what} grow with every night: ${counts.join(', ')}`),
    ...(nights === undefined ? [] : outcomeFindings(nights.nights)),
  ];
}

/** One of the bots that know how to play must live through one of the nights. How many do is the balance's question. */
function outcomeFindings(nights: NonNullable<PlayReport['nights']>['nights']): string[] {
  if (nights.length === 0) return [];
  const unfinished = nights.filter(({ outcome }) => outcome === 'unfinished').length;
  if (unfinished > 0) return [`${unfinished} of ${nights.length} nights did not end`];
  const skilled = nights.flatMap(({ survivors }) => survivors.filter(({ skill }) => skill !== 'novice'));
  const lived = skilled.some(({ survived }) => survived);
  return lived ? [] : [`no average or expert bot survived any of ${nights.length} nights`];
}

function hostileFindings({ hostile }: PlayReport): string[] {
  if (hostile === undefined) return [];
  return [
    ...hostile.gains.map((gain) => `a cheater won: ${gain}`),
    ...(hostile.threads > mostThreadsLeft
      ? [
          `a cheater leaves ${hostile.threads} waiting threads behind: answer remotes without waiting, and limit their rate`,
        ]
      : []),
  ];
}

/** Some threads wait in any game; a remote that starts one a call leaves hundreds. */
const mostThreadsLeft = 50;

function played({ nights, scenarios }: PlayReport): string {
  const parts: string[] = [];
  if (nights !== undefined) {
    const survivors = nights.nights.flatMap((night) => night.survivors);
    const alive = survivors.filter(({ survived }) => survived).length;
    parts.push(`${nights.nights.length} nights played, ${alive} of ${survivors.length} bots survived`);
  }
  if (scenarios !== undefined) {
    parts.push(`${scenarios.filter(({ passed }) => passed).length} of ${scenarios.length} scenarios passed`);
  }
  return parts.length === 0 ? 'nothing was played to its end' : parts.join(', ');
}
