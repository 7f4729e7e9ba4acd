import { type Program, row, typeError } from '../program.js';

const part = 'local part = Instance.new("Part")';

export const wrongCalls: readonly Program[] = [
  row('a wrong argument', `${part}\npart:SetAttribute(5, true)`, typeError(3, "'string'")),
  row('a string for a number', 'task.wait("1")', typeError(2, "'number?'")),
  row('too many arguments', `${part}\npart:Destroy(true)`, typeError(3, 'Argument count mismatch')),
  row('too few arguments', `${part}\npart:IsDescendantOf()`, typeError(3, 'Argument count mismatch')),
  row('a dot for a colon', `${part}\npart.Destroy()`, typeError(3, /with self|Argument count mismatch/)),
  row('a number in place of a Vector3', `${part}\npart.Position = 5`, typeError(3, "'Vector3'")),
  row(
    'a tween of a table',
    'game:GetService("TweenService"):Create({}, TweenInfo.new(1), {})',
    typeError(2, "'Instance'"),
  ),
  row(
    'a raycast without a direction',
    'workspace:Raycast(Vector3.zero)',
    typeError(2, 'Argument count mismatch'),
  ),
  row(
    'parameters of a cast as a table',
    'workspace:Raycast(Vector3.zero, Vector3.one, {})',
    typeError(2, 'RaycastParams'),
  ),
  row(
    'a player’s name for the player',
    'Instance.new("RemoteEvent"):FireClient("Builder", 1)',
    typeError(2, "'Player'"),
  ),
  row('a position for a pivot', 'Instance.new("Model"):PivotTo(Vector3.zero)', typeError(2, "'CFrame'")),
  row(
    'an animation’s id for the animation',
    'Instance.new("Animator"):LoadAnimation("rbxassetid://1")',
    typeError(2, "'Animation'"),
  ),
  row(
    'a spawned call’s wrong argument',
    'task.spawn(function(n: number) print(n) end, "one")',
    typeError(2, 'number'),
  ),
  row(
    'a data store’s name as a number',
    'game:GetService("DataStoreService"):GetDataStore(5)',
    typeError(2, "'string'"),
  ),
  row(
    'a prompt’s time as a string',
    'Instance.new("ProximityPrompt").HoldDuration = "1"',
    typeError(2, "'number'"),
  ),
];
