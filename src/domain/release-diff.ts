import { canonicalJson } from './canonical-json.js';
import { countLineChanges, type LineChanges } from './line-changes.js';
import type { ReleaseContent } from './release.js';

/** An instance of a place with all that is set on it. */
export type DetailedInstance = {
  /** Names from below the DataModel, joined by `/`. */
  path: string;
  className: string;
  /** Of scripts only. */
  source?: string;
  /** Without a script's source. */
  properties: Record<string, unknown>;
};

/** What is compared of a release. What was only staged has no manifest: its assets and config are not known. */
export type ReleaseSide = {
  instances: readonly DetailedInstance[];
  sealed?: Pick<ReleaseContent, 'assets' | 'config'>;
};

export type ChangeKind = 'added' | 'removed' | 'changed';

export type ReleaseDiff = {
  scripts: ({ kind: ChangeKind; path: string; className: string } & LineChanges)[];
  /** Instances other than scripts, and scripts whose class or properties changed. */
  instances: {
    kind: ChangeKind;
    path: string;
    className: string;
    /** Where the class changed. */
    classBefore?: string;
    /** Names of the properties that differ. */
    properties?: string[];
  }[];
  /** By id; absent where one of the two was never sealed. */
  assets?: { kind: ChangeKind; id: string; before?: string; after?: string }[];
  /** By key; absent where one of the two was never sealed. */
  config?: { kind: ChangeKind; key: string; before?: unknown; after?: unknown }[];
};

/** What players of `after` get that those of `before` did not, sorted by path and name. */
export function diffReleases(before: ReleaseSide, after: ReleaseSide): ReleaseDiff {
  const pairs = pairInstances(before.instances, after.instances);
  const diff: ReleaseDiff = {
    scripts: pairs.flatMap(([left, right]) => compareScripts(left, right)),
    instances: pairs.flatMap(([left, right]) => compareInstances(left, right)),
  };
  if (before.sealed && after.sealed) {
    diff.assets = diffAssets(before.sealed.assets, after.sealed.assets);
    diff.config = diffConfig(before.sealed.config, after.sealed.config);
  }
  return diff;
}

type Pair = readonly [DetailedInstance | undefined, DetailedInstance | undefined];

/**
 * Instances of one path belong together. Siblings may share a name: of such, equal ones pair first, then those of one
 * class, and last what is left, so that a small change does not look like a removal and an addition.
 */
function pairInstances(before: readonly DetailedInstance[], after: readonly DetailedInstance[]): Pair[] {
  const left = groupByPath(before);
  const right = groupByPath(after);
  const paths = [...new Set([...left.keys(), ...right.keys()])].sort();
  return paths.flatMap((path) => {
    let olds = left.get(path) ?? [];
    let news = right.get(path) ?? [];
    const pairs: Pair[] = [];
    for (const keyOf of [canonicalJson, (instance: DetailedInstance) => instance.className, () => '']) {
      const rest: DetailedInstance[] = [];
      const waiting = news.map((instance) => ({ key: keyOf(instance), instance }));
      for (const old of olds) {
        const wanted = keyOf(old);
        const index = waiting.findIndex(({ key }) => key === wanted);
        if (index < 0) rest.push(old);
        else pairs.push([old, waiting.splice(index, 1)[0]?.instance]);
      }
      olds = rest;
      news = waiting.map(({ instance }) => instance);
    }
    return [
      ...pairs,
      ...olds.map((old): Pair => [old, undefined]),
      ...news.map((added): Pair => [undefined, added]),
    ];
  });
}

function groupByPath(instances: readonly DetailedInstance[]): Map<string, DetailedInstance[]> {
  const groups = new Map<string, DetailedInstance[]>();
  for (const instance of instances) {
    const group = groups.get(instance.path);
    if (group === undefined) groups.set(instance.path, [instance]);
    else group.push(instance);
  }
  return groups;
}

function compareScripts(
  before: DetailedInstance | undefined,
  after: DetailedInstance | undefined,
): ReleaseDiff['scripts'] {
  const shown = after?.source === undefined ? before : after;
  if (shown?.source === undefined || before?.source === after?.source) return [];
  const kind = before?.source === undefined ? 'added' : after?.source === undefined ? 'removed' : 'changed';
  const lines = countLineChanges(before?.source ?? '', after?.source ?? '');
  return [{ kind, path: shown.path, className: shown.className, ...lines }];
}

function compareInstances(
  before: DetailedInstance | undefined,
  after: DetailedInstance | undefined,
): ReleaseDiff['instances'] {
  if (before && after) {
    const names = new Set([...Object.keys(before.properties), ...Object.keys(after.properties)]);
    const properties = [...names]
      .filter((name) => !isSame(before.properties[name], after.properties[name]))
      .sort();
    const isOtherClass = before.className !== after.className;
    if (properties.length === 0 && !isOtherClass) return [];
    return [
      {
        kind: 'changed',
        path: after.path,
        className: after.className,
        ...(isOtherClass && { classBefore: before.className }),
        ...(properties.length > 0 && { properties }),
      },
    ];
  }
  const shown = after ?? before;
  // Scripts that came or went are among the scripts.
  if (shown === undefined || shown.source !== undefined) return [];
  return [{ kind: after ? 'added' : 'removed', path: shown.path, className: shown.className }];
}

type Assets = ReleaseContent['assets'];

function diffAssets(before: Assets, after: Assets): NonNullable<ReleaseDiff['assets']> {
  const changes = diffRecords(assetIds(before), assetIds(after));
  return changes.map(({ key, ...change }) => ({ id: key, ...change }));
}

function diffConfig(
  before: ReleaseContent['config'],
  after: ReleaseContent['config'],
): NonNullable<ReleaseDiff['config']> {
  return diffRecords(new Map(Object.entries(before)), new Map(Object.entries(after)));
}

/** Several meshes may share a name: then their ids are one value. */
function assetIds(assets: Assets): Map<string, string> {
  const ids = new Map<string, string>();
  for (const { id, assetId } of assets) ids.set(id, ids.has(id) ? `${ids.get(id)}, ${assetId}` : assetId);
  return ids;
}

function diffRecords<Value>(
  before: ReadonlyMap<string, Value>,
  after: ReadonlyMap<string, Value>,
): { kind: ChangeKind; key: string; before?: Value; after?: Value }[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys.flatMap((key) => {
    const left = before.get(key);
    const right = after.get(key);
    if (isSame(left, right)) return [];
    return [
      {
        kind: !before.has(key) ? 'added' : !after.has(key) ? 'removed' : 'changed',
        key,
        ...(left !== undefined && { before: left }),
        ...(right !== undefined && { after: right }),
      },
    ];
  });
}

function isSame(left: unknown, right: unknown): boolean {
  return canonicalJson(left ?? null) === canonicalJson(right ?? null);
}
