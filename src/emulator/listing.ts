import { Refusal } from './refusal.js';

export type Row = Record<string, unknown>;

/** `uptime`, or `uptime desc`: one field, as the server management service sorts. */
export function sortRows<Each extends Row>(rows: Each[], orderBy: string | undefined): Each[] {
  if (orderBy === undefined) return rows;
  const [field = '', direction = 'asc', ...rest] = orderBy.trim().split(/\s+/);
  if (
    rest.length > 0 ||
    !['asc', 'desc'].includes(direction) ||
    (rows[0] !== undefined && !(field in rows[0]))
  ) {
    throw new Refusal(400, `OrderBy: expected a field, such as "createTime desc", got "${orderBy}".`);
  }
  const sign = direction === 'desc' ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare(a[field], b[field]));
}

/** Conditions on fields, joined by `&&`: `status == "active" && occupancy > 0 && severity in [2, 3]`. */
export function filterRows<Each extends Row>(rows: Each[], filter: string | undefined): Each[] {
  if (filter === undefined || filter.trim() === '') return rows;
  const conditions = filter.split('&&').map((text) => parseCondition(text));
  return rows.filter((row) => conditions.every(({ field, holds }) => holds(row[field])));
}

function parseCondition(text: string): { field: string; holds: (value: unknown) => boolean } {
  const [, field, operator, literal] = /^\s*(\w+)\s*(<=|>=|==|<|>|\bin\b)\s*(.+?)\s*$/.exec(text) ?? [];
  const expected = literal === undefined ? undefined : parseLiteral(literal);
  if (field === undefined || expected === undefined || (operator === 'in') !== Array.isArray(expected)) {
    throw new Refusal(400, `Filter: expected a condition such as status == "active", got "${text.trim()}".`);
  }
  if (Array.isArray(expected)) return { field, holds: (value) => expected.includes(value) };
  switch (operator as '<' | '<=' | '>' | '>=' | '==') {
    case '<':
      return { field, holds: (value) => compare(value, expected) < 0 };
    case '<=':
      return { field, holds: (value) => compare(value, expected) <= 0 };
    case '>':
      return { field, holds: (value) => compare(value, expected) > 0 };
    case '>=':
      return { field, holds: (value) => compare(value, expected) >= 0 };
    case '==':
      return { field, holds: (value) => value === expected };
  }
}

function parseLiteral(text: string): unknown {
  try {
    return JSON.parse(text.startsWith("'") ? `"${text.slice(1, -1)}"` : text) as unknown;
  } catch {
    return undefined;
  }
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [JSON.stringify(a ?? ''), JSON.stringify(b ?? '')];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A page whose token is the index of its first row. */
export function pageOf<Each>(
  rows: readonly Each[],
  size: number,
  token: string | undefined,
): { page: Each[]; start: number; next: string | undefined } {
  if (token !== undefined && !/^\d{0,9}$/.test(token)) throw new Refusal(400, 'The page token is not valid.');
  const start = Number(token ?? 0);
  const end = start + size;
  return { page: rows.slice(start, end), start, next: end < rows.length ? String(end) : undefined };
}
