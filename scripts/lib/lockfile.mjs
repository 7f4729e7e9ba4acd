const platforms =
  /-(android|darwin|linux|win32)-(arm64|arm|x64|ia32|ppc64|s390x)(?:-(gnu|musl|gnueabihf|musleabihf|msvc|eabi))?$/;
const libraries = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

/** Optional packages that some package of the lock file names and the lock file does not hold: `name` and `version`. */
export function missingOptionalPackages({ packages }) {
  const wanted = new Map();
  for (const { optionalDependencies } of Object.values(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
      const held = Object.keys(packages).some((key) => key.endsWith(`node_modules/${name}`));
      if (!held) wanted.set(name, version);
    }
  }
  return [...wanted].map(([name, version]) => ({ name, version }));
}

/** Adds what is missing, marked for its platform by its name, so that other platforms never ask for it. */
export function completeLockfile(lockfile) {
  const added = [];
  for (const { name, version } of missingOptionalPackages(lockfile)) {
    const [, os, cpu, suffix] = platforms.exec(name) ?? [];
    if (os === undefined || !/^\d+\.\d+\.\d+/.test(version)) {
      throw new Error(
        `${name}@${version}: its name or version does not say for which platform it is; add it by hand`,
      );
    }
    const libc = libraries[suffix];
    lockfile.packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...(libc !== undefined && { libc: [libc] }),
      optional: true,
      os: [os],
    };
    added.push(`${name}@${version}`);
  }
  const [[root, ours], ...others] = Object.entries(lockfile.packages);
  lockfile.packages = {
    [root]: ours,
    ...Object.fromEntries(others.sort(([a], [b]) => a.localeCompare(b, 'en'))),
  };
  return added;
}
