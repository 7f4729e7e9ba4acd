/**
 * What a Luau module offers to those who require it: its exported types and the signatures of its functions, without
 * bodies. Read by lines, as StyLua sets them: what is at the top level begins and ends in the first column.
 */
export function describeModule(source: string): string {
  const kept: string[] = [];
  let end: RegExp | undefined;
  for (const line of source.split('\n')) {
    const begins = endOf(line);
    if (end === undefined && begins === undefined) continue;
    kept.push(line);
    end ??= begins;
    if (end?.test(line)) end = undefined;
  }
  return kept.join('\n').trimEnd();
}

/** How the last line of what begins here looks; undefined for what is nobody else's. */
function endOf(line: string): RegExp | undefined {
  if (/^export type .*[{(=]$/.test(line)) return /^[})]|^$/;
  if (/^function \w+[.:](?!_)\w+.*\($/.test(line)) return /^\)/;
  return /^(?:export type |function \w+[.:](?!_))/.test(line) ? /^/ : undefined;
}
