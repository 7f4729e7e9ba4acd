/** A feature as a good model would write it: a bell that tells everybody who rang it, not too often. */
const server = 'src/server/Custom/Bell';
const tests = 'tests/graveshift/custom/Bell';

const rules = `--!strict
-- When a bell may ring, and how often it rang. Pure: the clock is passed in.

export type BellRules = {
	ring: () -> boolean,
	rings: () -> number,
}

local BellRules = {}

-- A bell that stays silent for \`pauseSeconds\` after each ring.
function BellRules.new(pauseSeconds: number, now: () -> number): BellRules
	local rings = 0
	local readyAt = 0
	return {
		ring = function()
			local time = now()
			if time < readyAt then
				return false
			end
			readyAt = time + pauseSeconds
			rings += 1
			return true
		end,
		rings = function()
			return rings
		end,
	}
end

return table.freeze(BellRules)
`;

const spec = `--!strict
local ServerScriptService = game:GetService("ServerScriptService")

local BellRules = require(ServerScriptService.Server.Custom.Bell.BellRules)
local Testing = require(script.Parent.Parent.Parent.Testing)

local describe, expect, it = Testing.describe, Testing.expect, Testing.it

return describe("BellRules", function()
	it("rings, and stays silent for its pause", function()
		local time = 0
		local bell = BellRules.new(5, function()
			return time
		end)
		expect(bell.rings()).toBe(0)
		expect(bell.ring()).toBe(true)
		time = 4.9
		expect(bell.ring()).toBe(false)
		expect(bell.rings()).toBe(1)
		time = 5
		expect(bell.ring()).toBe(true)
		expect(bell.rings()).toBe(2)
	end)
end)
`;

const start = `--!strict
-- Puts the bell into the world.

local Workspace = game:GetService("Workspace")

local BellRules = require(script.Parent.BellRules)

local PAUSE_SECONDS = 5

local Server = {}

function Server.start()
	local rules = BellRules.new(PAUSE_SECONDS, os.clock)
	local bell = Instance.new("Part")
	bell.Name = "Bell"
	bell.Anchored = true
	bell.Position = Vector3.new(0, 3, -12)

	local prompt = Instance.new("ProximityPrompt")
	prompt.Name = "Ring"
	prompt.ActionText = "Ring"
	prompt.ObjectText = "Bell"
	prompt.Triggered:Connect(function(player)
		if rules.ring() then
			bell:SetAttribute("Rings", rules.rings())
			bell:SetAttribute("RungBy", player.Name)
		end
	end)
	prompt.Parent = bell
	bell.Parent = Workspace
end

return table.freeze(Server)
`;

const play = `--!strict
-- Somebody rings the bell; ringing again at once does nothing.

return function(play)
	local alice = play.join("average")
	local bell = play.waitFor("Workspace.Bell")
	play.trigger(alice, "Ring")
	play.expect("it rang", bell:GetAttribute("Rings") == 1)
	play.triggerFromAfar(alice, "Ring")
	play.wait(1)
	play.expect("it does not ring for a cheater", bell:GetAttribute("Rings") == 1)
end
`;

export const bell: Readonly<Record<string, string>> = {
  [`${server}/Server.luau`]: start,
  [`${server}/BellRules.luau`]: rules,
  [`${tests}/BellRules.spec.luau`]: spec,
  'tests/graveshift/play/bell.play.luau': play,
};

/** The same with a mistake that a type check finds. */
export const brokenBell = {
  ...bell,
  [`${server}/Server.luau`]: start.replace('prompt.ActionText = "Ring"', 'prompt.ActionTxt = "Ring"'),
};
