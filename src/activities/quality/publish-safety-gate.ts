import { gateResult, type GateResult } from '../../domain/gate.js';
import type { ReleaseSource } from './release-source.js';

/**
 * Classes that publishing by Open Cloud does not update, by the name that Roblox's documentation calls them (the
 * usage guide of place publishing): such an instance stays as the last publish from Studio left it.
 */
const notUpdated: Record<string, string> = {
  EditableImage: 'EditableImage',
  EditableMesh: 'EditableMesh',
  PartOperation: 'PartOperation',
  UnionOperation: 'PartOperation',
  NegateOperation: 'PartOperation',
  IntersectOperation: 'PartOperation',
  SurfaceAppearance: 'SurfaceAppearance',
  BaseWrap: 'BaseWrap',
  WrapLayer: 'BaseWrap',
  WrapTarget: 'BaseWrap',
  WrapDeformer: 'BaseWrap',
};

export async function checkPublishSafety(release: ReleaseSource): Promise<GateResult> {
  const accepted = new Set(release.project.config.gates.publishSafety.accept);
  const affected = (await release.instances()).flatMap(({ path, className }) => {
    const family = Object.hasOwn(notUpdated, className) ? notUpdated[className] : undefined;
    return family === undefined ? [] : [{ path, className, family }];
  });
  const blocked = affected.filter(
    ({ className, family }) => !accepted.has(className) && !accepted.has(family),
  );
  const names = [...accepted].sort().join(', ');
  const allowed = affected.length - blocked.length;
  const note = allowed === 0 ? '' : `; ${allowed} accepted by name (${names})`;
  if (blocked.length === 0) {
    return gateResult(
      'publish-safety',
      'pass',
      `Publishing by the API updates everything in the place${note}`,
    );
  }
  return gateResult(
    'publish-safety',
    'fail',
    `${blocked.length} instances that publishing by the API does not update${note}`,
    blocked.map(
      ({ path, className, family }) =>
        `${path} is a ${className} (fix: make it a MeshPart or load it as an asset, or accept it: gates.publishSafety.accept ["${family}"])`,
    ),
  );
}
