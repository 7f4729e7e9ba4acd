import { releaseVersionSchema } from './release.js';

/** Players' first release: there is a public game from here on (semver.org, question "How do I know when to release 1.0.0"). */
const firstVersion = '1.0.0';

/** Orders versions as semver.org does. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [partsOf(left), partsOf(right)];
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/** The version after the highest of these: minor where the release adds a night, patch where it does not. */
export function nextVersion(taken: readonly string[], addsNight: boolean): string {
  const highest = [...taken].sort(compareVersions).at(-1);
  if (highest === undefined) return firstVersion;
  const { major, minor, patch } = partsOf(highest);
  return addsNight ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

/** Name of the release's tag in Git: `v1.4.0`, or `lobby-v1.4.0` for a place other than `start`. */
export function releaseTag(placeName: string, version: string): string {
  return placeName === 'start' ? `v${version}` : `${placeName}-v${version}`;
}

/** The version that a tag of this form names for the place, whoever made it. */
export function versionOfTag(placeName: string, tag: string): string | undefined {
  const prefix = releaseTag(placeName, '');
  const version = tag.startsWith(prefix) ? tag.slice(prefix.length) : '';
  return releaseVersionSchema.safeParse(version).success ? version : undefined;
}

function partsOf(version: string): { major: number; minor: number; patch: number } {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return { major, minor, patch };
}
