/**
 * The fault matrix as Markdown: a row for each call, a column for each fault. For a call that changes something the number
 * beside the outcome is what was made in the end.
 * @param {import('./fault-table.d.mts').FaultCell[]} cells
 */
export function renderFaultTable(cells) {
  const calls = [...new Set(cells.map(({ call }) => call))];
  const faults = [...new Set(cells.map(({ fault }) => fault))];
  const rows = calls.map((call) => {
    const own = cells.filter((cell) => cell.call === call);
    const [{ retry, through }] = own;
    return [
      `\`${call}\``,
      through === 'client' ? 'no pipeline yet' : `\`${through}\``,
      retry,
      ...faults.map((fault) => cellText(own.find((cell) => cell.fault === fault))),
    ];
  });
  const line = (texts) => `| ${texts.join(' | ')} |`;
  const head = ['call', 'made by', 'retry', ...faults];
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function cellText(cell) {
  if (cell === undefined) return '–';
  const text = cell.retry === 'safe' ? cell.outcome : `${cell.outcome} ${cell.effects}`;
  return cell.broken.length === 0 ? text : `**${text}**`;
}

/** Puts the table between the page's markers; throws where the page lacks them. */
export function insertFaultTable(page, table) {
  const between = /(<!-- faults -->)[^]*(<!-- \/faults -->)/;
  if (!between.test(page)) throw new Error('The page has no markers <!-- faults --> and <!-- /faults -->');
  return page.replace(between, (_, begin, end) => `${begin}\n\n${table}\n\n${end}`);
}
