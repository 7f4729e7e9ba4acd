import Module, { type ManifoldToplevel } from 'manifold-3d';

/** The solid modelling library Manifold, compiled to WebAssembly. */
export type GeometryKernel = ManifoldToplevel;

/** Loads a kernel of its own: some 20 ms, and memory that is kept until it is collected. */
export async function loadGeometryKernel(): Promise<GeometryKernel> {
  const kernel = await Module();
  kernel.setup();
  return kernel;
}

/** A kernel that is loaded when it is first asked for, and kept. */
export type KernelHolder = {
  load(): Promise<GeometryKernel>;
  /** Drops the kernel with all its memory: after a trap WebAssembly cannot be trusted. The next call loads another. */
  discard(): void;
};

export function holdGeometryKernel(): KernelHolder {
  let loading: Promise<GeometryKernel> | undefined;
  return {
    async load() {
      loading ??= loadGeometryKernel();
      try {
        return await loading;
      } catch (error) {
        loading = undefined;
        throw error;
      }
    },
    discard() {
      loading = undefined;
    },
  };
}
