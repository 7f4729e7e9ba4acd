/**
 * Deprecated, and not marked so in `@rbxts/types`. Where each stands is named; the pages are those of
 * https://create.roblox.com/docs/reference/engine, whose sources are in the repository Roblox/creator-docs.
 */

/**
 * Tagged "Deprecated" in globals/RobloxGlobals. `tick` is not: its page says that it "isn't officially deprecated".
 * What to use is the page's word, or where it names nothing, the function that does the same.
 */
export const deprecatedGlobals: Readonly<Record<string, string>> = {
  wait: 'task.wait',
  spawn: 'task.spawn',
  delay: 'task.delay',
  elapsedTime: 'os.clock',
  stats: 'game:GetService("Stats")',
  printidentity: '',
  version: '',
  ypcall: 'pcall',
};

/** Class → member → what to use instead. */
export const deprecatedMembers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // classes/RunService: both events' pages send new work to the one that replaces them.
  RunService: { RenderStepped: 'PreRender', Stepped: 'PreSimulation' },
  // The old service's tags are on Instance itself: classes/Instance#AddTag.
  // classes/Humanoid#LoadAnimation and classes/AnimationController#LoadAnimation name the Animator's.
  Humanoid: { LoadAnimation: 'Animator:LoadAnimation' },
  AnimationController: { LoadAnimation: 'Animator:LoadAnimation' },
};

/**
 * The second argument of Instance.new: classes/Instance and the performance note in upstream's own documentation of
 * `InstanceConstructor`. Function → number of the argument → what to do.
 */
export const discouragedArguments: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Instance.new': { '2': 'set Parent last, after the other properties' },
};

/**
 * Gone, or never a script's to use, though code is full of it: class → member → what to do. A checker says that the
 * member is not there; this says what to do about it.
 */
export const removedMembers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // classes/Lighting#Technology is not scriptable and gave way to LightingStyle.
  Lighting: { Technology: 'set LightingStyle (Enum.LightingStyle), or the Rojo project’s $properties' },
  // classes/Workspace#FilteringEnabled: every experience filters; the property does nothing.
  Workspace: { FilteringEnabled: 'leave it out: the server is always authoritative' },
  // Lower-case names of 2014.
  Vector3: {
    magnitude: 'Magnitude',
    unit: 'Unit',
    x: 'X',
    y: 'Y',
    z: 'Z',
    lerp: 'Lerp',
    dot: 'Dot',
    cross: 'Cross',
  },
  Vector2: { magnitude: 'Magnitude', unit: 'Unit', x: 'X', y: 'Y' },
  CFrame: {
    p: 'Position',
    x: 'X',
    y: 'Y',
    z: 'Z',
    lookVector: 'LookVector',
    inverse: 'Inverse',
    lerp: 'Lerp',
    toEulerAnglesXYZ: 'ToEulerAnglesXYZ',
    components: 'GetComponents',
  },
  Instance: {
    remove: 'Destroy',
    Remove: 'Destroy',
    clone: 'Clone',
    children: 'GetChildren',
    getChildren: 'GetChildren',
    findFirstChild: 'FindFirstChild',
    isA: 'IsA',
    className: 'ClassName',
    WaitForChildOfClass: 'WaitForChild, or FindFirstChildOfClass after ChildAdded',
  },
  RBXScriptConnection: { disconnect: 'Disconnect', connected: 'Connected' },
};
