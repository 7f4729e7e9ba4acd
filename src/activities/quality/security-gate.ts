import {
  describeFinding,
  findForeignAssets,
  findLoadstring,
  findSecrets,
  findUncheckedRemotes,
  findUnknownHosts,
  looksLikeText,
  makesRequests,
  tokenizeLuau,
  withoutAllowed,
  type Finding,
  type LuauSource,
  type Scan,
} from '../../adapters/quality/index.js';
import { asRojoReads } from '../../adapters/rojo/index.js';
import { gateResult, type GateResult } from '../../domain/gate.js';
import { checkAssets } from './asset-provenance.js';
import type { ReleaseSource } from './release-source.js';

/**
 * Fails by any finding, also where another scan broke; `inconclusive` where there is none and something could not be
 * looked at.
 */
export async function checkSecurity(release: ReleaseSource): Promise<GateResult> {
  const scans = [
    await isolated('secrets', release, scanSecrets),
    await isolated('code', release, scanCode),
    await isolated('assets', release, checkAssets),
  ];
  const findings = scans.flatMap((scan) => scan.findings);
  const unread = scans.flatMap((scan) => scan.unread);
  const looked = scans.map(({ note }) => note).join(', ');
  const rest =
    unread.length === 0 ? '' : `; not looked at: ${unread.map((one) => one.replace(/:.*/s, '')).join(', ')}`;
  if (findings.length > 0) {
    const summary = `${findings.length} findings (${countByRule(findings)}) in ${looked}${rest}`;
    return gateResult('security', 'fail', summary, [...findings.map(describeFinding), ...unread]);
  }
  return unread.length > 0
    ? gateResult('security', 'inconclusive', `Nothing found in ${looked}${rest}`, unread)
    : gateResult('security', 'pass', `Nothing found in ${looked}`);
}

async function isolated(
  what: string,
  release: ReleaseSource,
  scan: (release: ReleaseSource) => Promise<Scan>,
): Promise<Scan> {
  try {
    return await scan(release);
  } catch (error) {
    release.signal?.throwIfAborted();
    const cause = error instanceof Error ? error.message : String(error);
    return { findings: [], unread: [`${what}: ${cause}`], note: `${what} not at all` };
  }
}

async function scanSecrets({ project, content, since, git, signal }: ReleaseSource): Promise<Scan> {
  const findings: Finding[] = [];
  const range = { since, commit: content.commit };
  const { visited, tooLarge } = await git.visitBlobs(
    project.name,
    range,
    ({ object, paths: [path = ''], inTree, bytes }) => {
      if (!looksLikeText(bytes)) return;
      for (const finding of findSecrets(path, new TextDecoder().decode(bytes))) {
        findings.push(
          inTree
            ? finding
            : { ...finding, message: `${finding.message} in the history, blob ${object.slice(0, 12)}` },
        );
      }
    },
    { signal },
  );
  return {
    findings,
    unread: tooLarge.map(({ path, bytes }) => `${path}: ${bytes} bytes are too many to look for secrets in`),
    note: `${visited} versions of files`,
  };
}

type Script = { file: string; source: LuauSource; isCommitted: boolean };

async function scanCode(release: ReleaseSource): Promise<Scan> {
  const { security } = release.project.config.gates;
  const own = release.content.assets.map(({ assetId }) => assetId);
  const allowedAssets = new Set([...security.allowedAssets, ...own]);
  const { scripts, unread } = await readScripts(release);
  const isOnline = scripts.some(({ source }) => makesRequests(source.tokens));
  const findings: Finding[] = [];
  let allowed = 0;
  for (const { file, source, isCommitted } of scripts) {
    release.signal?.throwIfAborted();
    const { tokens } = source;
    const found = [
      ...findLoadstring(file, tokens),
      ...findForeignAssets(file, tokens, allowedAssets),
      ...(isOnline ? findUnknownHosts(file, tokens, security.allowedHosts) : []),
      // A library passes arguments on; whoever uses it checks them.
      ...(isCommitted ? findUncheckedRemotes(file, tokens) : []),
    ];
    // A comment in somebody else's model allows nothing: nobody here wrote it.
    const scanned = isCommitted ? withoutAllowed(found, source) : { findings: found, allowed: 0 };
    findings.push(...scanned.findings);
    allowed += scanned.allowed;
  }
  const note = allowed === 0 ? '' : ` (${allowed} findings allowed by comments)`;
  return { findings, unread, note: `${scripts.length} scripts${note}` };
}

/** The commit's Luau, and the place's scripts that came from elsewhere: models, packages. */
async function readScripts({
  luau,
  instances,
  signal,
}: ReleaseSource): Promise<{ scripts: Script[]; unread: string[] }> {
  const committed = await luau();
  const known = new Set([...committed.values()].map(withoutMark));
  const foreign = new Map<string, string>();
  const unread: string[] = [];
  try {
    for (const { path, source } of await instances()) {
      const isForeign = source !== undefined && !known.has(withoutMark(source)) && !foreign.has(source);
      if (isForeign) foreign.set(source, path);
    }
  } catch (error) {
    signal?.throwIfAborted();
    unread.push(`the place: ${error instanceof Error ? error.message : String(error)}`);
  }
  const scripts = [
    ...[...committed].map(([file, text]) => ({ file, source: tokenizeLuau(text), isCommitted: true })),
    ...[...foreign].map(([text, path]) => ({
      file: `place:${path}`,
      source: tokenizeLuau(text),
      isCommitted: false,
    })),
  ];
  return { scripts, unread };
}

const withoutMark = (text: string) => asRojoReads(text).replace(/^\uFEFF/, '');

function countByRule(findings: readonly Finding[]): string {
  const counts = new Map<string, number>();
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return [...counts].map(([rule, count]) => `${count} ${rule}`).join(', ');
}
