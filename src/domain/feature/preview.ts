import { seasonSchema } from '../project.js';
import { analyseRequest, ruleAnalyser } from './analyse.js';
import { planFeatures, type FeaturePlan } from './plan.js';
import { wishOf, type FeatureInput } from './request.js';

/**
 * The plan as the built-in rules make it, for a project whose season is not known: ids, options and spots are as they
 * will be, meshes may be other variants. Spends nothing and asks nobody.
 * @throws GraveshiftError `InvalidInput` when nothing was understood
 */
export function featurePlanOf(input: FeatureInput): FeaturePlan {
  const wish = wishOf(input);
  return planFeatures({
    wish,
    ...(wish.request !== undefined && {
      analysed: { analysis: analyseRequest(wish.request), analyser: ruleAnalyser.name },
    }),
    season: seasonSchema.parse({}),
  });
}
