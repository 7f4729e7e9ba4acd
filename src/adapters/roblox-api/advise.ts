import type { CodeFinding } from '../../domain/code-finding.js';
import type { LuauChecker } from '../../domain/luau-tools.js';
import type { RobloxDefinitions } from './definitions.js';
import { removedMembers } from './known-deprecations.js';
import type { ApiClass, RobloxApi } from './model.js';

/** Luau's words for a member that is not there, of a class and of the kinds of enums. */
const unknownMember = /^Key '([^']+)' not found in (?:external type|class) '([^']+)'/;
const unknownName =
  /(?:class|service|Unknown type|unknown class|Instance\.new: class|GetService:)\s*'([^']+)'/i;

/** The checker, with advice on what it finds; the API is read when there is something to say. */
export function withAdvice(
  checker: LuauChecker,
  { readApi }: Pick<RobloxDefinitions, 'readApi'>,
): LuauChecker {
  let api: Promise<RobloxApi> | undefined;
  return {
    name: checker.name,
    version: checker.version,
    check: async (request, signal) => {
      const findings = await checker.check(request, signal);
      if (!findings.some(wantsAdvice)) return findings;
      api ??= readApi();
      return adviseOnApi(findings, await api);
    },
  };
}

const wantsAdvice = ({ check, fix }: CodeFinding): boolean => check === 'types' && fix === undefined;

/**
 * Adds to findings of the type check what a person would say: what took the place of a member that is gone, or the
 * name that was meant. Findings that have a fix, or need none, are passed on.
 */
export function adviseOnApi(findings: readonly CodeFinding[], api: RobloxApi): CodeFinding[] {
  return findings.map((finding) => {
    const advice = wantsAdvice(finding) ? adviceFor(finding.message, api) : undefined;
    return advice === undefined ? finding : { ...finding, fix: advice };
  });
}

function adviceFor(message: string, api: RobloxApi): string | undefined {
  const [, member, owner] = unknownMember.exec(message) ?? [];
  if (member !== undefined && owner !== undefined) return adviceOnMember(member, owner, api);
  const name = unknownName.exec(message)?.[1];
  return name === undefined
    ? undefined
    : meant(name, message.includes('ervice') ? api.services : classNames(api));
}

function adviceOnMember(member: string, owner: string, api: RobloxApi): string | undefined {
  const enumName = /^Enum(\w+)_INTERNAL$/.exec(owner)?.[1];
  if (enumName !== undefined) {
    return meant(
      member,
      api.enums.find(({ name }) => name === enumName)?.items.map(({ name }) => name) ?? [],
    );
  }
  if (owner === 'Enums')
    return meant(
      member,
      api.enums.map(({ name }) => name),
    );
  const lineage = lineageOf(api, owner);
  const removed = lineage
    .map(({ name }) => removedMembers[name]?.[member])
    .find((advice) => advice !== undefined);
  if (removed !== undefined) return /^[A-Za-z]+$/.test(removed) ? `use ${removed}` : removed;
  return meant(
    member,
    lineage.flatMap(({ members }) => members.map(({ name }) => name)),
  );
}

function lineageOf(api: RobloxApi, name: string | undefined): ApiClass[] {
  const found = api.classes.find((candidate) => candidate.name === name);
  return found === undefined ? [] : [found, ...lineageOf(api, found.superclass)];
}

const classNames = (api: RobloxApi): string[] => api.classes.map(({ name }) => name);

/** The nearest name: other case, or at most a third of the letters wrong and never more than three. */
function meant(name: string, candidates: readonly string[]): string | undefined {
  const most = Math.min(3, Math.floor(name.length / 3));
  let best: { name: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance <= most && distance < (best?.distance ?? Infinity)) best = { name: candidate, distance };
  }
  return best === undefined ? undefined : `did you mean ${best.name}?`;
}

/** Letters put in, taken out, changed, or swapped with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? at(i - 2, j - 2) + 1 : Infinity;
      row.push(Math.min(changed, swapped, at(i - 1, j) + 1, at(i, j - 1) + 1));
    }
  }
  return at(a.length, b.length);
}
