import { type Program, row, typeError } from '../program.js';

const part = 'local part = Instance.new("Part")';
const anyone = 'local player = game:GetService("Players"):GetPlayers()[1]';

export const wrongMembers: readonly Program[] = [
  row('a method that does not exist', `${part}\npart:Explode()`, typeError(3, "'Explode' not found")),
  row('a property that does not exist', `${part}\nprint(part.Colour)`, typeError(3, "'Colour' not found")),
  row('a misspelt property', `${part}\npart.Anchord = true`, typeError(3, 'did you mean Anchored?')),
  row(
    'a property of another class',
    'local sound = Instance.new("Sound")\nsound.Anchored = true',
    typeError(3, "'Anchored' not found"),
  ),
  row(
    'an event that does not exist',
    `${part}\npart.OnTouch:Connect(print)`,
    typeError(3, "'OnTouch' not found"),
  ),
  row('a lower-case method of 2014', `${part}\npart:clone()`, typeError(3, "'clone' not found")),
  row(
    'a member that is gone',
    'game:GetService("Lighting").Technology = "Future"',
    typeError(2, "'Technology' not found"),
  ),
  row(
    'a method on the class instead of an object',
    'Vector3.Lerp(Vector3.zero, Vector3.one, 1)',
    typeError(2, 'Lerp'),
  ),
  row(
    'a child that the source map does not have',
    'print(workspace.Campfire.Smoke)',
    typeError(2, "'Smoke' not found"),
  ),
  row(
    'a service’s child that is not there',
    'print(game.ReplicatedStorage.Config)',
    typeError(2, "'Config' not found"),
  ),
  row(
    'a humanoid by its name alone',
    `${anyone}\nlocal character = player.Character or player.CharacterAdded:Wait()\ncharacter.Humanoid.Health = 0`,
    typeError(4, "'Humanoid' not found"),
  ),
  row(
    'a write to a read-only property',
    'Instance.new("Part").ClassName = "Wedge"',
    typeError(2, 'ClassName'),
  ),
  row(
    'a write to what only Studio may write',
    'game:GetService("Players").MaxPlayers = 5\nworkspace.StreamingEnabled = false',
    typeError(2, 'MaxPlayers'),
    typeError(3, 'StreamingEnabled'),
  ),
];
