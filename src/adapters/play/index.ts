export { playLimits, playPlace, readPlaceToPlay, type PlaceToPlay, type PlayRequest } from './play-place.js';
export type { PlayPlan, PlayScenario } from './play-program.js';
