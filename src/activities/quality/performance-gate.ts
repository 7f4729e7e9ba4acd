import { isScript } from '../../adapters/rojo/index.js';
import { gateResult, type GateResult } from '../../domain/gate.js';
import type { ReleaseSource } from './release-source.js';

const mebibyte = 1024 * 1024;
const inMiB = (bytes: number) => (bytes / mebibyte).toFixed(bytes < mebibyte ? 3 : 1);

/** Size and number of what the place holds. Server tick and memory exist on live servers only: the watch has limits for them. */
export async function checkPerformance(release: ReleaseSource): Promise<GateResult> {
  const { performance: most } = release.project.config.gates;
  const instances = await release.instances();
  const scripts = instances.filter(isScript).length;
  const place = release.content.place.bytes;
  const assets = await measureAssets(release);
  const figures = [
    { what: 'instances', is: instances.length, most: most.instances, shown: String(instances.length) },
    { what: 'scripts', is: scripts, most: most.scriptCount, shown: String(scripts) },
    { what: 'MiB of place file', is: place / mebibyte, most: most.placeMiB, shown: inMiB(place) },
    {
      what: 'MiB to download',
      is: (place + assets.bytes) / mebibyte,
      most: most.downloadMiB,
      shown: inMiB(place + assets.bytes),
    },
  ];
  const over = figures.filter((figure) => figure.is > figure.most);
  const unknown =
    assets.unknown === 0
      ? ''
      : ` (${assets.unknown} of ${assets.count} assets not counted: their bytes are not in the store)`;
  const summary =
    `${figures.map(({ what, shown, most: limit }) => `${shown} of ${limit} ${what}`).join(', ')}${unknown}; ` +
    'server tick and memory are for the watch (deploy.watch)';
  const findings = over.map(
    ({ what, shown, most: limit }) =>
      `${shown} ${what}, ${limit} at most (fix: make it smaller, or raise it in gates.performance of graveshift.json)`,
  );
  if (over.length > 0) return gateResult('performance', 'fail', summary, findings);
  return gateResult('performance', 'pass', summary);
}

/** Bytes of the meshes that the release loads; equal meshes are loaded once. */
async function measureAssets({ content, artifacts }: ReleaseSource) {
  const hashes = new Set(content.assets.map(({ sha256 }) => sha256));
  let bytes = 0;
  let unknown = 0;
  for (const sha256 of hashes) {
    if (await artifacts.has({ sha256 })) bytes += (await artifacts.get({ sha256 })).byteLength;
    else unknown += 1;
  }
  return { bytes, unknown, count: hashes.size };
}
