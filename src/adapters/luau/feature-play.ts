import type { PlannedFeature } from '../../domain/feature/plan.js';
import { luauString } from './luau-literal.js';
import { relocate, replaceLine } from './templates.js';

/** The scenario of headless play that proves a feature: the kind's own, told which one it is about. */
export function featurePlay(
  feature: Pick<PlannedFeature, 'id'>,
  template: string,
  instance: readonly string[],
): string {
  const named = replaceLine(template, /^local ID = ".*"$/, `local ID = ${luauString(feature.id)}`);
  return relocate(named, 'Features', instance);
}
