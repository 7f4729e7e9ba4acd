/** Variables whose values must never be seen: keys, tokens, passwords, webhooks; names of files that hold them may. */
const secretName = /(KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS|WEBHOOK)(_[A-Z0-9_]+)?$/;
/** A value shorter than this is no secret, and replacing it would garble ordinary words. */
const shortestSecret = 8;

/** Cuts the values of secret environment variables, and credentials in URLs, out of a text. */
export function createRedactor(env: Readonly<Record<string, string | undefined>>): (text: string) => string {
  const secrets = Object.entries(env)
    .filter(
      ([name, value]) =>
        secretName.test(name) && !name.endsWith('_FILE') && (value?.length ?? 0) >= shortestSecret,
    )
    .map(([, value]) => value?.trim() ?? '')
    // A secret that contains another one goes first, or its rest would stay.
    .sort((a, b) => b.length - a.length);
  return (text) =>
    secrets
      .reduce((result, secret) => result.replaceAll(secret, '[redacted]'), text)
      .replace(/(\w+:\/\/)[^/@\s:]+:[^/@\s]+@/g, '$1[redacted]@');
}
