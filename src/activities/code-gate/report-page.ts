import { generatedMark } from '../../adapters/luau/index.js';
import { describeCodeFinding } from '../../domain/code-finding.js';
import type { CodeReport, FileCoverage } from '../../domain/code-report.js';

/** Where a work's page is in the project: `night 3` → `docs/graveshift/checks/night-3.md`. */
export function reportPath(subject: string): string {
  return `docs/graveshift/checks/${subject.replace(/[^a-z0-9]+/gi, '-').toLowerCase()}.md`;
}

/** Findings of one check that a page shows; the report in the store has all. */
const shownFindings = 50;

/** Text as Markdown shows it: findings quote code. */
function plain(text: string): string {
  return text
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\\`*_[\]|<>~&]/g, (character) => `\\${character}`);
}

/** A page about the checks for those who review the commit. Equal reports, equal bytes: it is part of what is committed. */
export function codeReportPage({ subject, tools, checks, coverage = [], mutants = [] }: CodeReport): string {
  const rows = checks.map(
    ({ gate: { gate, verdict, summary } }) => `| ${gate} | ${verdict} | ${plain(summary)} |`,
  );
  const found = checks.filter(({ findings }) => findings.length > 0);
  const lists = found.map(({ gate, findings }) => {
    const shown = findings.slice(0, shownFindings).map((finding) => {
      const mark = finding.severity === 'warning' ? 'warning: ' : '';
      return `- ${mark}${plain(describeCodeFinding(finding))}`;
    });
    const rest = findings.length - shown.length;
    return `### ${gate.gate}\n\n${[...shown, ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n')}\n`;
  });
  const survived = mutants.filter(({ end }) => end === 'survived').length;
  return [
    `<!-- ${generatedMark}: the next check of the same work overwrites it. -->`,
    '',
    `# Checks of ${plain(subject)}`,
    '',
    `Looked at by ${plain(tools.join(', '))}.`,
    '',
    '| check | verdict | |',
    '| --- | --- | --- |',
    ...rows,
    '',
    ...(lists.length > 0 ? ['## Findings', '', ...lists] : []),
    ...(coverage.length > 0 ? ['## Lines that tests run', '', ...coverageTable(coverage), ''] : []),
    ...(mutants.length > 0
      ? [`Of ${mutants.length} seeded mistakes the tests noticed ${mutants.length - survived}.`, '']
      : []),
  ].join('\n');
}

function coverageTable(files: readonly FileCoverage[]): string[] {
  return [
    '| module | lines | run | |',
    '| --- | ---: | ---: | ---: |',
    ...files.map(({ file, lines, covered }) => {
      const share = lines === 0 ? 100 : Math.floor((covered / lines) * 100);
      return `| ${plain(file)} | ${lines} | ${covered} | ${share} % |`;
    }),
  ];
}
