import type { ApiClass, ApiMember, RobloxApi } from './model.js';

export type DescribeApiOptions = {
  /** Also what the classes inherit; default true, without `Instance` and `Object`, which everybody knows. */
  inherited?: boolean;
  /** Most characters; whole members are left out beyond it, those of the last class first. Default 12,000. */
  limit?: number;
};

/**
 * Members of classes, value types and enums as plain text for a prompt: one declaration a line, in Luau, without what
 * is deprecated. Names that the engine does not have are said to be unknown.
 */
export function describeApi(
  api: RobloxApi,
  names: readonly string[],
  { inherited = true, limit = 12_000 }: DescribeApiOptions = {},
): string {
  const lines = [...new Set(names)].flatMap((name) => describeName(api, name, inherited));
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > limit) return [...kept, '-- (more is left out)'].join('\n');
    kept.push(line);
  }
  return kept.join('\n');
}

function describeName(api: RobloxApi, name: string, inherited: boolean): string[] {
  const enumName = name.replace(/^Enum\.?/, '');
  const found = api.classes.find((candidate) => candidate.name === name);
  if (found !== undefined) return describeClass(api, found, inherited);
  const items = api.enums.find((candidate) => candidate.name === enumName)?.items;
  if (items !== undefined) {
    const current = items.filter(({ deprecated }) => deprecated === undefined);
    return [`Enum.${enumName}: ${current.map((item) => item.name).join(', ')}`];
  }
  return [`${name}: unknown to the engine`];
}

function describeClass(api: RobloxApi, found: ApiClass, inherited: boolean): string[] {
  const ancestors = inherited ? ancestorsOf(api, found) : [];
  const parent = found.superclass === undefined ? '' : ` extends ${found.superclass}`;
  const notes = [
    ...(api.services.includes(found.name) ? [`game:GetService("${found.name}")`] : []),
    ...(api.creatable.includes(found.name) ? [`Instance.new("${found.name}")`] : []),
    ...(found.deprecated === undefined ? [] : [deprecationNote(found.deprecated)]),
  ];
  const heading = `${found.kind} ${found.name}${parent}${notes.length === 0 ? '' : ` -- ${notes.join(', ')}`}`;
  const constructors = api.globals.filter(({ name }) => name === found.name);
  return [
    heading,
    ...constructors.map(({ declaration }) => `  ${declaration}`),
    ...[found, ...ancestors].flatMap(({ members }) => members.flatMap(describeMember)),
  ];
}

function ancestorsOf(api: RobloxApi, found: ApiClass): ApiClass[] {
  const parent = api.classes.find(({ name }) => name === found.superclass);
  const isKnown = parent === undefined || parent.name === 'Instance' || parent.name === 'Object';
  return isKnown ? [] : [parent, ...ancestorsOf(api, parent)];
}

function describeMember({ name, declaration, kind, access, deprecated }: ApiMember): string[] {
  if (deprecated !== undefined || name.startsWith('__')) return [];
  const text = declaration.replaceAll(/\bEnum(?=[A-Z]\w)/g, 'Enum.');
  return [`  ${text}${kind === 'property' && access === 'read' ? ' -- read-only' : ''}`];
}

const deprecationNote = (use: string): string => (use === '' ? 'deprecated' : `deprecated: use ${use}`);
