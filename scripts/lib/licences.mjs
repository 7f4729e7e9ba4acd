/** SPDX identifiers that put no condition on the games and services that Graveshift's users make with it. */
export const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  // Its conditions are for changes to the package's own files, and we make none.
  'MPL-2.0',
  'Python-2.0',
  'Unlicense',
]);

/**
 * Whether an SPDX expression can be met with allowed licences only: `OR` needs one side, `AND` both, `WITH` adds
 * permissions. What is no such expression is not allowed.
 */
export function isAllowed(expression) {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let position = 0;
  const next = () => tokens[position];

  const single = () => {
    const token = tokens[position++];
    if (token === '(') {
      const inner = either();
      if (tokens[position++] !== ')') throw new SyntaxError('expected )');
      return inner;
    }
    if (token === undefined || !/^[\w.+-]+$/.test(token)) throw new SyntaxError('expected a licence');
    if (next() === 'WITH') position += 2;
    return allowed.has(token);
  };
  const both = () => {
    let value = single();
    while (next() === 'AND' && ++position) value = single() && value;
    return value;
  };
  const either = () => {
    let value = both();
    while (next() === 'OR' && ++position) value = both() || value;
    return value;
  };

  try {
    const value = either();
    return position === tokens.length && value;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/**
 * Splits packages into those whose licence is fine, by itself or by a written exception, and those that need a person.
 * @param {Record<string, { licenses?: string | string[] }>} packages by `name@version`, as license-checker finds them
 * @param {{ package: string, licence: string, reason: string }[]} exceptions `*` at the end of a name stands for
 * the platforms that a package is made for. An exception holds only for the licence that it was granted for.
 */
export function judgeLicences(packages, exceptions) {
  const accepted = new Map();
  const refused = [];
  for (const [id, { licenses }] of Object.entries(packages)) {
    // A star marks a licence that was read from the package's text and not from its manifest.
    const licence = [licenses ?? 'UNKNOWN'].flat().join(' AND ').replace(/\*/g, '');
    const name = id.slice(0, id.lastIndexOf('@'));
    const fine = isAllowed(licence) || exceptions.some((exception) => covers(exception, name, licence));
    if (fine) accepted.set(licence, (accepted.get(licence) ?? 0) + 1);
    else refused.push({ id, licence });
  }
  return { accepted, refused };
}

function covers(exception, name, licence) {
  const matches = exception.package.endsWith('*')
    ? name.startsWith(exception.package.slice(0, -1))
    : name === exception.package;
  return matches && exception.licence === licence;
}
