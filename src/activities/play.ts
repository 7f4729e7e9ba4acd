import type { PlayActivities } from '../domain/activities.js';
import type { ArtifactStore } from '../domain/artifact.js';
import { canonicalJson } from '../domain/canonical-json.js';
import { gateResult } from '../domain/gate.js';

export type PlayDependencies = { artifacts: ArtifactStore };

export function createPlayActivities({ artifacts }: PlayDependencies): PlayActivities {
  const put = (text: string, mediaType: string) => artifacts.put(new TextEncoder().encode(text), mediaType);
  const notPlayed = (gate: string) => gateResult(gate, 'inconclusive', 'Nobody has played this yet');
  return {
    async balanceNight({ design }) {
      const report = await put(canonicalJson({ version: 1, design: design.sha256 }), 'application/json');
      return { design, gate: notPlayed('balance'), report, picture: report, tuned: false };
    },
    async playPlace({ place }) {
      const report = await put(canonicalJson({ version: 1, place: place.sha256 }), 'application/json');
      return { gate: notPlayed('play'), report };
    },
  };
}
