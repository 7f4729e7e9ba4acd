import type { GateRow } from './can-deploy.js';

const heads = ['gate', 'policy', 'verdict', 'blocks', 'summary'] as const;

/** The matrix as aligned text for a terminal, or as Markdown for a run's details and a release. No line break at its end. */
export function renderGateTable(rows: readonly GateRow[], format: 'text' | 'markdown'): string {
  const cells = rows.map(({ gate, policy, verdict, blocks, summary }) =>
    [gate, policy, verdict, blocks ? 'yes' : 'no', summary].map((cell) => oneLine(cell)),
  );
  switch (format) {
    case 'text': {
      const widths = heads.map((head, column) =>
        Math.max(head.length, ...cells.map((row) => row[column]?.length ?? 0)),
      );
      return [heads, ...cells]
        .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
        .map((line) => line.trimEnd())
        .join('\n');
    }
    case 'markdown': {
      const lines = cells.map((row) => `| ${row.map(escapeMarkdown).join(' | ')} |`);
      return [`| ${heads.join(' | ')} |`, `|${' --- |'.repeat(heads.length)}`, ...lines].join('\n');
    }
  }
}

/** Summaries and ticks hold what tools and people wrote; neither may break the table nor steer a terminal. */
function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return text.replaceAll(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
}

function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\|`*_<>[\]]/g, String.raw`\$&`);
}
