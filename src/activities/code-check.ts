import type { ProjectChanges } from '../adapters/git/index.js';
import { testsMount } from '../adapters/luau/index.js';
import type { CodeActivities, WorkSubject, WrittenCode } from '../domain/activities.js';
import type { ArtifactStore } from '../domain/artifact.js';
import { canonicalJson } from '../domain/canonical-json.js';
import { changeSetDigest, changeSetSchema, type ChangeSet } from '../domain/change-set.js';
import type { CodeFinding } from '../domain/code-finding.js';
import type { CodeReport } from '../domain/code-report.js';
import { nightDesignSchema } from '../domain/night-design-schema.js';
import { parseInput } from '../domain/parse-input.js';
import type { ProjectFiles, ProjectSnapshot } from '../domain/project.js';
import {
  checkSources,
  type CodeGateInput,
  type CodeGateResult,
  type CodeGateTools,
} from './code-gate/index.js';
import { codeReportPage, reportPath } from './code-gate/report-page.js';
import { readCommit } from './support/read-commit.js';
import { activitySignal } from './support/context.js';

export type CodeCheckDependencies = {
  artifacts: ArtifactStore;
  /** `GitProjects` is both. */
  git: ProjectFiles & Pick<ProjectChanges, 'visitBlobs'>;
  tools: CodeGateTools;
};

/** Of seeded mistakes that the tests of generated logic have to notice. */
const leastKilled = 0.6;

export function createCodeCheckActivities({
  artifacts,
  git,
  tools,
}: CodeCheckDependencies): Pick<CodeActivities, 'checkCode'> {
  const putText = (text: string, mediaType = 'application/json') =>
    artifacts.put(new TextEncoder().encode(text), mediaType);
  const getJson = async (ref: Parameters<ArtifactStore['get']>[0]): Promise<unknown> =>
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await artifacts.get(ref)));

  async function readChanges(changeSet: ChangeSet): Promise<CodeGateInput['changes']> {
    const written = await Promise.all(
      Object.entries(changeSet.files).map(async ([path, ref]) => [path, await artifacts.get(ref)] as const),
    );
    return new Map([...written, ...changeSet.removals.map((path) => [path, null] as const)]);
  }

  async function inputFor(
    project: ProjectSnapshot,
    subject: WorkSubject,
    changes: CodeGateInput['changes'],
  ): Promise<CodeGateInput> {
    const design =
      subject.kind === 'night'
        ? parseInput(nightDesignSchema, 'the night design', await getJson(subject.design))
        : undefined;
    return { ...(await gateInput(git, project, changes)), ...(design && { map: design.map }) };
  }

  /** The change set with the page about its checks: what is committed says how it was looked at. */
  async function withPage(changeSet: ChangeSet, report: CodeReport): Promise<WrittenCode> {
    const path = reportPath(report.subject);
    const page = await putText(codeReportPage(report), 'text/markdown; charset=utf-8');
    const extended: ChangeSet = {
      files: { ...changeSet.files, [path]: page },
      removals: changeSet.removals.filter((removed) => removed !== path),
    };
    return {
      changeSet: await putText(canonicalJson(extended)),
      digest: changeSetDigest(extended),
      files: Object.keys(extended.files).length,
    };
  }

  return {
    async checkCode({ project, subject, changeSet: changeSetRef }) {
      const changeSet = parseInput(changeSetSchema, 'the change set', await getJson(changeSetRef));
      const input = await inputFor(project, subject, await readChanges(changeSet));
      const signal = activitySignal();
      const result = await checkSources(input, tools, signal === undefined ? {} : { signal });
      const report = reportOf(nameOf(subject), changeSet, result, tools);
      return {
        gates: result.gates,
        report: await putText(canonicalJson(report)),
        written: await withPage(changeSet, report),
      };
    },
  };
}

/** A change over the project's base commit, by the project's rules. */
async function gateInput(
  git: CodeCheckDependencies['git'],
  project: ProjectSnapshot,
  changes: CodeGateInput['changes'],
): Promise<CodeGateInput> {
  const { rojoProject } = project.target;
  const { coverage, security } = project.config.gates;
  const [base, rojoText] = await Promise.all([
    readCommit(git, project.name, project.baseCommit, activitySignal()),
    git.read(project.name, project.baseCommit, rojoProject),
  ]);
  return {
    base,
    changes,
    rojoProject: { path: rojoProject, text: new TextDecoder().decode(rojoText) },
    tests: [testsMount],
    rules: {
      coverage,
      mutants: leastKilled,
      allowedAssets: new Set(security.allowedAssets),
      allowedHosts: security.allowedHosts,
    },
  };
}

/** The same gate for code that is not a change set yet. A tool that is missing is said here: nothing could be repaired. */
export function createFileCheck({
  git,
  tools,
}: Pick<CodeCheckDependencies, 'git' | 'tools'>): (
  project: ProjectSnapshot,
  files: ReadonlyMap<string, string>,
  signal?: AbortSignal,
) => Promise<CodeFinding[]> {
  return async (project, files, signal) => {
    const encoder = new TextEncoder();
    const changes = new Map([...files].map(([path, text]) => [path, encoder.encode(text)]));
    const input = await gateInput(git, project, changes);
    const { findings } = await checkSources(input, tools, signal === undefined ? {} : { signal });
    return findings;
  };
}

function nameOf(subject: WorkSubject): string {
  switch (subject.kind) {
    case 'night':
      return `night ${subject.night}`;
    case 'feature':
      return `feature ${subject.feature}`;
    case 'content':
      return `content ${subject.content}`;
  }
}

function reportOf(
  subject: string,
  changeSet: ChangeSet,
  { checks, tests, coverage, mutants }: CodeGateResult,
  { luau }: CodeGateTools,
): CodeReport {
  return {
    version: 1,
    subject,
    changeSet: changeSetDigest(changeSet),
    tools: [...new Set([luau.runtime.name, ...(luau.checker ? [luau.checker.version] : [])])],
    checks,
    ...(tests && { tests }),
    ...(coverage && { coverage }),
    ...(mutants && { mutants }),
  };
}
