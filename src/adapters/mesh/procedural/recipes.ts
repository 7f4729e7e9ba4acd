import { brute } from './creatures/brute.js';
import { lurker } from './creatures/lurker.js';
import { screamer } from './creatures/screamer.js';
import { shambler } from './creatures/shambler.js';
import { stalker } from './creatures/stalker.js';
import type { Recipe, RecipeCard } from './recipe.js';
import { altar } from './recipes/altar.js';
import { barrel } from './recipes/barrel.js';
import { candles } from './recipes/candles.js';
import { chapel } from './recipes/chapel.js';
import { coffin } from './recipes/coffin.js';
import { crate } from './recipes/crate.js';
import { crypt } from './recipes/crypt.js';
import { deadTree } from './recipes/dead-tree.js';
import { fence } from './recipes/fence.js';
import { gate } from './recipes/gate.js';
import { generator } from './recipes/generator.js';
import { gravestone } from './recipes/gravestone.js';
import { house } from './recipes/house.js';
import { lamp } from './recipes/lamp.js';
import { lantern } from './recipes/lantern.js';
import { rock } from './recipes/rock.js';
import { scarecrow } from './recipes/scarecrow.js';
import { shed } from './recipes/shed.js';
import { well } from './recipes/well.js';

export const recipes: readonly Recipe[] = [
  house,
  chapel,
  crypt,
  shed,
  deadTree,
  scarecrow,
  well,
  gate,
  fence,
  lamp,
  lantern,
  candles,
  coffin,
  altar,
  gravestone,
  barrel,
  crate,
  rock,
  generator,
  shambler,
  stalker,
  lurker,
  screamer,
  brute,
];

/** What the procedural generator can make. */
export const proceduralRecipes: readonly RecipeCard[] = recipes.map(
  ({ name, role, description, defaultSizeStuds, parameters }) => ({
    name,
    role,
    description,
    defaultSizeStuds,
    parameters,
  }),
);
