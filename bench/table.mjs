/**
 * @param {string} machine
 * @param {import('./measure-all.mjs').Result[]} results
 */
export function renderTable(machine, results) {
  const rows = results.map(({ name, value, unit, goal, holds }) => [
    name,
    value === null ? '–' : String(value),
    unit,
    goal,
    value === null ? 'not measured' : holds ? 'holds' : 'MISSED',
  ]);
  const head = ['bench', 'value', 'unit', 'goal', ''];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((cells) => cells[column].length)),
  );
  const line = (cells) =>
    cells
      .map((cell, column) => (column === 1 ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd();
  const detailed = rows.flatMap((cells, index) => [
    line(cells),
    ...results[index].detail.split('\n').map((text) => `    ${text}`),
  ]);
  return `${[machine, line(head), ...detailed].join('\n')}\n`;
}
