import type { RobloxApi } from './model.js';

/** What words of a request lead to; a model that is told these writes fewer members that do not exist. */
const topics: readonly (readonly [words: RegExp, names: readonly string[]])[] = [
  [
    /\b(door|gate|lever|button|chest|open|press|hold|use|interact|pick)/i,
    ['ProximityPrompt', 'ClickDetector'],
  ],
  [/\b(door|gate|lift|elevator|move|slide|swing|open|fade|animate)/i, ['TweenService', 'TweenInfo', 'Tween']],
  [/\b(sound|music|noise|scream|whisper|ambience|hear)/i, ['Sound', 'SoundService']],
  [
    /\b(light|lamp|torch|flicker|dark|fog|weather|day|dusk|dawn)/i,
    ['Lighting', 'PointLight', 'SpotLight', 'Atmosphere'],
  ],
  [
    /\b(npc|enemy|monster|chase|walk|patrol|follow|path)/i,
    ['PathfindingService', 'Path', 'PathWaypoint', 'Animator', 'AnimationTrack'],
  ],
  [/\b(see|sight|shoot|aim|look|ray)/i, ['WorldRoot', 'RaycastParams', 'RaycastResult', 'Camera']],
  [/\b(touch|trap|zone|area|inside|near|push|physics)/i, ['BasePart', 'OverlapParams', 'Debris']],
  [/\b(shop|buy|sell|robux|purchase|product|pass)/i, ['MarketplaceService']],
  [
    /\b(save|load|persist|progress|score|leaderboard|rank|coins?|currency)/i,
    ['DataStoreService', 'DataStore', 'OrderedDataStore', 'IntValue'],
  ],
  [/\b(queue|match|across servers|global)/i, ['MemoryStoreService', 'MessagingService']],
  [/\b(teleport|lobby|travel)/i, ['TeleportService', 'TeleportOptions']],
  [/\b(chat|say|dialogue|talk|caption)/i, ['TextChatService', 'TextChatMessage', 'BillboardGui']],
  [
    /\b(hud|screen|menu|gui|ui|timer|text|caption|dialogue)/i,
    ['ScreenGui', 'TextLabel', 'TextButton', 'Frame'],
  ],
  [
    /\b(key|keyboard|controller|gamepad|input|press|sprint)/i,
    ['UserInputService', 'ContextActionService', 'InputObject'],
  ],
  [/\b(particle|smoke|fire|glow|highlight|effect)/i, ['ParticleEmitter', 'Highlight']],
  [/\b(tool|item|weapon|inventory|equip|carry)/i, ['Tool', 'Backpack']],
  [/\b(team|hunters?|survivors?)/i, ['Teams', 'Team']],
];

/** What nearly every feature touches. */
const everyday = ['Players', 'Player', 'Humanoid', 'RemoteEvent', 'Model', 'CollectionService', 'RunService'];

/** Classes and value types that a request in plain words will need: those it names, by topic, and the everyday ones. */
export function relevantClasses(request: string, api: RobloxApi): string[] {
  const known = new Set(api.classes.map(({ name }) => name));
  const written = request.match(/\b[A-Z]\w{3,}\b/g) ?? [];
  const named = written.filter((word) => known.has(word));
  const byTopic = topics.filter(([words]) => words.test(request)).flatMap(([, names]) => names);
  return [...new Set([...named, ...byTopic, ...everyday])];
}
