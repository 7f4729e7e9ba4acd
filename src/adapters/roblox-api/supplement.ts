/**
 * What `@rbxts/types` lacks, or says in a way that Luau has no word for. Lines are those of a definition file; one for
 * a member that upstream has takes its place.
 */
export type Supplement = {
  members: Readonly<Record<string, Readonly<Record<string, string>>>>;
  globals: Readonly<Record<string, string>>;
  aliases: Readonly<Record<string, string>>;
};

/** Services that a place has from its start, as properties: `game.Players`. */
const rootServices = [
  'Lighting',
  'MaterialService',
  'Players',
  'ReplicatedFirst',
  'ReplicatedStorage',
  'ServerScriptService',
  'ServerStorage',
  'SoundService',
  'StarterGui',
  'StarterPack',
  'StarterPlayer',
  'Teams',
  'TextChatService',
  'Workspace',
];

const child = (name: string, className = name) => [name, `${name}: ${className}`] as const;
const negated = (name: string) => ({ __unm: `function __unm(self): ${name}` });

export const supplement: Supplement = {
  members: {
    Object: {
      // Upstream leaves it to TypeScript's users: each class may have its own.
      Changed: 'Changed: RBXScriptSignal<any>',
      GetPropertyChangedSignal:
        'function GetPropertyChangedSignal(self, property: string): RBXScriptSignal<()>',
    },
    Instance: {
      // A copy is what the original is; the new solver takes type parameters only through an alias.
      Clone: 'Clone: CloneFunction',
      GetAttributeChangedSignal:
        'function GetAttributeChangedSignal(self, attribute: string): RBXScriptSignal<()>',
      GetStyledPropertyChangedSignal:
        'function GetStyledPropertyChangedSignal(self, property: string): RBXScriptSignal<()>',
    },
    // The checker tells by the name which service it is.
    ServiceProvider: {
      GetService: 'function GetService(self, className: string): Instance',
      FindService: 'function FindService(self, className: string): Instance?',
    },
    DataModel: Object.fromEntries(rootServices.map((name) => child(name))),
    // Children that the engine itself makes, under these names.
    Player: Object.fromEntries([
      child('PlayerGui'),
      child('Backpack'),
      child('PlayerScripts'),
      child('StarterGear'),
    ]),
    StarterPlayer: Object.fromEntries([child('StarterPlayerScripts'), child('StarterCharacterScripts')]),
    TweenService: { SmoothDamp: 'SmoothDamp: SmoothDampFunction' },
    MarketplaceService: {
      // What comes back depends on the second argument: https://create.roblox.com/docs/reference/engine/classes/MarketplaceService#GetProductInfo
      GetProductInfo: 'function GetProductInfo(self, assetId: number, infoType: EnumInfoType?): any',
    },
    ContextActionService: {
      // Empty, not nil, where nothing is bound: the fields must be looked at.
      GetBoundActionInfo: 'function GetBoundActionInfo(self, actionName: string): any',
    },
    // https://create.roblox.com/docs/reference/engine/datatypes/Vector3#math-operations and the pages of the others
    Vector2: negated('Vector2'),
    Vector3: negated('Vector3'),
    Vector2int16: negated('Vector2int16'),
    Vector3int16: negated('Vector3int16'),
    UDim: negated('UDim'),
    UDim2: negated('UDim2'),
  },
  globals: {
    game: 'game: DataModel',
    workspace: 'workspace: Workspace',
    // The checker knows of each script where it is.
    script: 'script: LuaSourceContainer',
    shared: 'shared: any',
    Instance:
      'Instance: { new: (className: string, parent: Instance?) -> Instance, fromExisting: <T>(existingInstance: T) -> T }',
    // https://create.roblox.com/docs/reference/engine/libraries/task
    task: `task: { ${[
      'spawn: <A..., R...>(functionOrThread: ((A...) -> R...) | thread, A...) -> thread',
      'defer: <A..., R...>(functionOrThread: ((A...) -> R...) | thread, A...) -> thread',
      'delay: <A..., R...>(duration: number?, functionOrThread: ((A...) -> R...) | thread, A...) -> thread',
      'wait: (duration: number?) -> number',
      'cancel: (thread: thread) -> ()',
      'synchronize: () -> ()',
      'desynchronize: () -> ()',
    ].join(', ')} }`,
    // Luau's own functions, which a declaration replaces whole, and the engine's:
    // https://create.roblox.com/docs/reference/engine/libraries/debug
    debug: `debug: { ${[
      'info: ((thread: thread, level: number, options: string) -> ...any) & ((level: number, options: string) -> ...any) & ((func: (...any) -> ...any, options: string) -> ...any)',
      'traceback: ((message: string?, level: number?) -> string) & ((thread: thread, message: string?, level: number?) -> string)',
      'profilebegin: (label: string) -> ()',
      'profileend: () -> ()',
      'getmemorycategory: () -> string',
      'setmemorycategory: (tag: string) -> string',
      'resetmemorycategory: () -> ()',
      'dumpcodesize: () -> ()',
    ].join(', ')} }`,
    // https://create.roblox.com/docs/reference/engine/libraries/utf8
    utf8: `utf8: { ${[
      'char: (...number) -> string',
      'charpattern: string',
      'codes: (str: string) -> ((string, number) -> (number, number), string, number)',
      'codepoint: (str: string, i: number?, j: number?) -> ...number',
      'len: (s: string, i: number?, j: number?) -> (number?, number?)',
      'offset: (s: string, n: number?, i: number?) -> number?',
      'graphemes: (str: string, i: number?, j: number?) -> (() -> (number, number))',
      'nfcnormalize: (str: string) -> string',
      'nfdnormalize: (str: string) -> string',
    ].join(', ')} }`,
    // https://create.roblox.com/docs/reference/engine/globals/LuaGlobals#collectgarbage: only "count" is allowed
    collectgarbage: 'function collectgarbage(operation: string): number',
    // https://create.roblox.com/docs/reference/engine/globals/RobloxGlobals
    stats: 'function stats(): Stats',
    printidentity: 'function printidentity(prefix: string?): ()',
    ypcall: 'function ypcall(f: (...any) -> ...any, ...: any): (boolean, ...any)',
  },
  aliases: {
    CloneFunction: '<T>(self: T) -> T',
    SmoothDampFunction:
      '<T>(self: TweenService, current: T, target: T, velocity: T, smoothTime: number, maxSpeed: number?, dt: number?) -> (T, T)',
  },
};
