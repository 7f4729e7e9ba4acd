import type { InputProblem } from '../failure.js';
import type { ContentKind } from './config.js';
import { presets, type PresetKind } from './presets.js';
import type { ContentRequest, RequestedKind } from './request.js';
import type { ContentRule } from './rule.js';

/** A kind before its meshes are planned. */
export type DraftKind = Omit<ContentKind, 'variations' | 'radius'> & Pick<PresetKind, 'recipe' | 'share'>;

type Draft = {
  kinds: DraftKind[];
  keepClear: { x: number; z: number; radius: number }[];
  neverJoined: { first: string; second: string }[];
  problems: InputProblem[];
};

const unlimited = 100_000;
const usualSlope = 30;

function draftKind(kind: PresetKind): DraftKind {
  return {
    maximum: unlimited,
    biomes: [],
    near: [],
    neverNear: [],
    maxSlope: usualSlope,
    yaw: 'any',
    parts: 1,
    ...kind,
  };
}

/** The preset's kinds with what the request changes: first `without`, then `kinds`, then `rules`, each in its order. */
export function resolveKinds(request: ContentRequest): Draft {
  const preset = presets[request.contentType];
  const draft: Draft = {
    kinds: preset.kinds
      .filter(({ name }) => !request.without.includes(name))
      .map((kind) => draftKind(withoutMissing(kind, request.without))),
    keepClear: [],
    neverJoined: [...(preset.tiles?.neverJoined ?? [])],
    problems: [],
  };
  const known = preset.kinds.map(({ name }) => name);
  request.without.forEach((name, index) => {
    if (!known.includes(name)) draft.problems.push(unknownKind(`without[${index}]`, name, known));
  });
  request.kinds.forEach((kind, index) => applyKind(draft, kind, `kinds[${index}]`));
  request.rules.forEach((rule, index) => applyRule(draft, request, rule, `rules[${index}]`));
  return draft;
}

/** What stands near a kind that was left out stands anywhere. */
function withoutMissing(kind: PresetKind, without: readonly string[]): PresetKind {
  const stays = ({ kind: other }: { kind: string }) => !without.includes(other);
  return {
    ...kind,
    ...(kind.near && { near: kind.near.filter(stays) }),
    ...(kind.neverNear && { neverNear: kind.neverNear.filter(stays) }),
  };
}

function applyKind(draft: Draft, wanted: RequestedKind, field: string): void {
  const { name, recipe, ...changes } = wanted;
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const present = draft.kinds.find((kind) => kind.name === name);
  if (present) {
    Object.assign(present, given, recipe && { recipe });
    return;
  }
  if (recipe === undefined) {
    const known = draft.kinds.map((kind) => kind.name).join(', ');
    draft.problems.push({
      field: `${field}.recipe`,
      value: 'nothing',
      remedy: `"${name}" is not in the preset (${known}): a kind of your own needs a recipe`,
    });
    return;
  }
  const added: PresetKind = { name, recipe, share: 2, pattern: 'random', density: 1, spacing: 0 };
  draft.kinds.push({ ...draftKind(added), ...given });
}

function applyRule(draft: Draft, request: ContentRequest, rule: ContentRule, field: string): void {
  const names = draft.kinds.map(({ name }) => name);
  const find = (name: string): DraftKind | undefined => {
    const kind = draft.kinds.find((one) => one.name === name);
    if (kind === undefined) draft.problems.push(unknownKind(field, name, names));
    return kind;
  };
  /** The named kind, or all of them. */
  const each = (name: string | undefined): DraftKind[] => {
    if (name === undefined) return draft.kinds;
    const kind = find(name);
    return kind === undefined ? [] : [kind];
  };
  switch (rule.rule) {
    case 'spacing':
      for (const kind of each(rule.kind)) kind.spacing = rule.studs;
      return;
    case 'density':
      for (const kind of each(rule.kind)) kind.density = rule.density;
      return;
    case 'slope':
      for (const kind of each(rule.kind)) kind.maxSlope = rule.degrees;
      return;
    case 'at-most':
      for (const kind of each(rule.kind)) kind.maximum = rule.count;
      return;
    case 'clusters':
      for (const kind of each(rule.kind)) {
        kind.pattern = 'clusters';
        kind.cluster = { size: rule.size, radius: rule.studs };
      }
      return;
    case 'only-in':
      for (const kind of each(rule.kind)) kind.biomes = rule.biomes;
      return;
    case 'near':
    case 'never-near': {
      const [kind, other] = [find(rule.kind), find(rule.of)];
      if (!kind || !other) return;
      const list = rule.rule === 'near' ? 'near' : 'neverNear';
      kind[list] = [
        ...kind[list].filter((one) => one.kind !== rule.of),
        { kind: rule.of, within: rule.studs },
      ];
      return;
    }
    case 'keep-clear':
      draft.keepClear.push({ x: rule.x, z: rule.z, radius: rule.studs });
      return;
    case 'never-joined': {
      const rooms = presets[request.contentType].tiles?.kinds.map(({ name }) => name) ?? [];
      const strange = [rule.kind, rule.of].find((name) => !rooms.includes(name));
      if (strange === undefined) draft.neverJoined.push({ first: rule.kind, second: rule.of });
      else draft.problems.push(unknownRoom(field, strange, request.contentType, rooms));
    }
  }
}

function unknownKind(field: string, name: string, known: readonly string[]): InputProblem {
  return { field, value: `"${name}"`, remedy: `expected one of the kinds: ${known.join(', ')}` };
}

function unknownRoom(
  field: string,
  name: string,
  contentType: string,
  rooms: readonly string[],
): InputProblem {
  const remedy =
    rooms.length === 0
      ? `${contentType} has no rooms: leave the rule out, or ask for "dungeon-rooms" or "ruins"`
      : `expected rooms: ${rooms.join(', ')}`;
  return { field, value: `"${name}"`, remedy };
}
