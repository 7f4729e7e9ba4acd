import { digestOf } from './canonical-json.js';

export const botSkills = ['novice', 'average', 'expert'] as const;
export type BotSkill = (typeof botSkills)[number];

/** What makes a bot good or bad at surviving; `luau/balance/Skill.luau` says what each number means. */
type SkillNumbers = {
  reactionSeconds: number;
  viewDegrees: number;
  viewStuds: number;
  hearStuds: number;
  glanceSeconds: number;
  fearStuds: number;
  nerveStuds: number;
  calmSeconds: number;
  foresight: number;
  hideShare: number;
  hideStuds: number;
  patienceSeconds: number;
  lapsesPerMinute: number;
  lapseSeconds: number;
  caution: number;
  wanderShare: number;
  lootStuds: number;
  lightShare: number;
  helpShare: number;
  healBelow: number;
};

export type BotSet = {
  name: 'tuning' | 'held-out';
  policy: 'planner' | 'drifter';
  /** What one has seen, all know. */
  sharesFinds: boolean;
  skills: Record<BotSkill, SkillNumbers>;
};

/** The bots that a night is tuned with. */
export const tuningBots: BotSet = {
  name: 'tuning',
  policy: 'planner',
  sharesFinds: false,
  skills: {
    novice: {
      lightShare: 0.8,
      helpShare: 0.5,
      foresight: 5,
      reactionSeconds: 1.4,
      viewDegrees: 70,
      viewStuds: 36,
      hearStuds: 10,
      glanceSeconds: 9,
      fearStuds: 26,
      nerveStuds: 14,
      calmSeconds: 3,
      hideShare: 0.2,
      hideStuds: 60,
      patienceSeconds: 4,
      lapsesPerMinute: 5,
      lapseSeconds: 4,
      caution: 0,
      wanderShare: 0.6,
      lootStuds: 24,
      healBelow: 40,
    },
    average: {
      lightShare: 0.5,
      helpShare: 0.7,
      foresight: 8,
      reactionSeconds: 1.05,
      viewDegrees: 75,
      viewStuds: 48,
      hearStuds: 14,
      glanceSeconds: 5,
      fearStuds: 34,
      nerveStuds: 20,
      calmSeconds: 4,
      hideShare: 0.35,
      hideStuds: 80,
      patienceSeconds: 6,
      lapsesPerMinute: 4,
      lapseSeconds: 3,
      caution: 6,
      wanderShare: 0.4,
      lootStuds: 28,
      healBelow: 60,
    },
    expert: {
      lightShare: 0.3,
      helpShare: 0.9,
      foresight: 11,
      reactionSeconds: 0.7,
      viewDegrees: 80,
      viewStuds: 60,
      hearStuds: 18,
      glanceSeconds: 2.5,
      fearStuds: 42,
      nerveStuds: 26,
      calmSeconds: 5,
      hideShare: 0.5,
      hideStuds: 110,
      patienceSeconds: 8,
      lapsesPerMinute: 2,
      lapseSeconds: 2,
      caution: 14,
      wanderShare: 0.2,
      lootStuds: 32,
      healBelow: 75,
    },
  },
};

/**
 * The bots that the verdict is by: another policy, other numbers, and never shown to the tuning, so that a night which
 * merely suits the tuning's bots is found out.
 */
export const heldOutBots: BotSet = {
  name: 'held-out',
  policy: 'drifter',
  sharesFinds: false,
  skills: {
    novice: {
      lightShare: 0.8,
      helpShare: 0.5,
      foresight: 6,
      reactionSeconds: 1.3,
      viewDegrees: 65,
      viewStuds: 38,
      hearStuds: 8,
      glanceSeconds: 8,
      fearStuds: 24,
      nerveStuds: 13,
      calmSeconds: 2.5,
      hideShare: 0.3,
      hideStuds: 50,
      patienceSeconds: 5,
      lapsesPerMinute: 6,
      lapseSeconds: 4.5,
      caution: 1,
      wanderShare: 0.4,
      lootStuds: 20,
      healBelow: 50,
    },
    average: {
      lightShare: 0.5,
      helpShare: 0.7,
      foresight: 10,
      reactionSeconds: 0.95,
      viewDegrees: 72,
      viewStuds: 50,
      hearStuds: 13,
      glanceSeconds: 4.5,
      fearStuds: 32,
      nerveStuds: 18,
      calmSeconds: 3.5,
      hideShare: 0.5,
      hideStuds: 75,
      patienceSeconds: 7,
      lapsesPerMinute: 5,
      lapseSeconds: 3.2,
      caution: 5,
      wanderShare: 0.2,
      lootStuds: 24,
      healBelow: 65,
    },
    expert: {
      lightShare: 0.3,
      helpShare: 0.9,
      foresight: 14,
      reactionSeconds: 0.55,
      viewDegrees: 78,
      viewStuds: 58,
      hearStuds: 17,
      glanceSeconds: 2.8,
      fearStuds: 40,
      nerveStuds: 24,
      calmSeconds: 4.5,
      hideShare: 0.6,
      hideStuds: 100,
      patienceSeconds: 9,
      lapsesPerMinute: 2.2,
      lapseSeconds: 2.2,
      caution: 10,
      wanderShare: 0.08,
      lootStuds: 28,
      healBelow: 70,
    },
  },
};

/** Names a set exactly: a report says by which bots it was found. Their code is part of the rules' digest. */
export function botsDigest(bots: BotSet): string {
  return digestOf(bots);
}

/** Four survivors: what a server of friends is, with one who knows the game and one who does not. */
export const standardParty: readonly BotSkill[] = ['novice', 'average', 'average', 'expert'];
