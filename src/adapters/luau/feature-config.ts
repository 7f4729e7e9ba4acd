import type { PlannedFeature } from '../../domain/feature/plan.js';

/** What `Features/<id>/Config.luau` holds: the type `Config` of the kind's rules. */
export function featureConfig({ id, spec, seed, spots, extraSpots, models }: PlannedFeature): object {
  const place = { near: spec.near, spots, extraSpots, models };
  switch (spec.feature) {
    case 'collectible': {
      const { item, value, respawnSeconds, colour } = spec;
      return { ...place, item, value, respawnSeconds, colour };
    }
    case 'door': {
      const { colour, openSeconds, keepsKey } = spec;
      return { ...place, colour, openSeconds, keepsKey };
    }
    case 'shop': {
      const { keeper, items, welcomeCoins, limit } = spec;
      return { ...place, keeper, items, welcomeCoins, limit };
    }
    case 'npc': {
      const { name, greeting, topics, farewell, colour } = spec;
      return { ...place, name, greeting, topics, farewell, colour };
    }
    case 'quest': {
      const { title, giver, item, reward, repeatMinutes } = spec;
      return { ...place, id, title, giver, item, reward, repeatMinutes };
    }
    case 'weather': {
      const { dayMinutes, startHour, weathers, changeSeconds } = spec;
      return { ...place, seed, dayMinutes, startHour, weathers, changeSeconds };
    }
    case 'safe-zone': {
      const { radius, healPerSecond, colour } = spec;
      return { ...place, radius, healPerSecond, colour };
    }
    case 'trap': {
      const { style, damage, rearmSeconds, radius } = spec;
      return { ...place, style, damage, rearmSeconds, radius };
    }
    case 'chase': {
      const { creature, speed, sight, giveUpSeconds, damage, reward } = spec;
      return { ...place, creature, speed, sight, giveUpSeconds, damage, reward };
    }
    case 'leaderboard': {
      const { stat, size, refreshSeconds } = spec;
      return { ...place, stat, size, refreshSeconds };
    }
  }
}
